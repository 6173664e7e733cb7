/* SPDX-License-Identifier: MIT */
/* The types that users of a module's symbols need, for tools that read BTF: what C needs to declare
 * and use them (6.7.2.3), that is, what their declarations have by value; of variables of a shared
 * library, also what they point to. Other structs are incomplete. The library reads all types,
 * which are packed. */
#include "src/base/array.h"
#include "src/types/btf_tags.h"
#include "types/copy_p.h"
#include "types/types.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

/* How a type is reached: by pointers of a type that is needed; as a part of one; or as part of a
 * declaration that also needs what it points to. */
enum reach { REACH_NONE, REACH_POINTED_TO, REACH_BY_VALUE, REACH_DECLARED };

struct reached {
    uint32_t id;
    enum reach reach;
};

struct outline {
    const struct btf *types;
    uint8_t *reach;        /* enum reach of each type */
    struct reached *queue; /* in the heap */
    size_t count, capacity;
    bool failed;
};

/* Queues a type, unless it has been reached in this way. */
static void outline_reach(struct outline *outline, uint32_t id, enum reach reach)
{
    if (outline->reach[id] >= reach)
        return;
    outline->reach[id] = (uint8_t)reach;
    struct reached *reached = array_add(NULL, outline->queue, outline->count, outline->capacity);
    if (reached)
        *reached = (struct reached){id, reach};
    outline->failed |= !reached;
}

/* Can an incomplete type stand for it? */
static bool outline_has_tag(const struct btf_type *type)
{
    return btf_is_composite(type) && type->name_off;
}

/* Is the member the pointer to the virtual functions of a class? They are part of it. */
static bool outline_is_virtual(const struct outline *outline, const struct btf_type *type,
                               uint32_t member)
{
    const struct btf_member *members = btf_members(type);
    return !strcmp(btf__name_by_offset(outline->types, members[member].name_off),
                   BTF_VIRTUAL_POINTER);
}

/* Reaches what a type refers to. */
static void outline_follow(struct outline *outline, struct reached reached)
{
    const struct btf_type *type = btf__type_by_id(outline->types, reached.id);
    enum reach reach = reached.reach;
    if (btf_is_ptr(type))
        reach = reach == REACH_DECLARED ? REACH_BY_VALUE : REACH_POINTED_TO;
    if (btf_is_array(type) && reach == REACH_POINTED_TO)
        reach = REACH_BY_VALUE; /* C has no arrays of incomplete types */
    if (btf_is_composite(type)) {
        if (reached.reach == REACH_POINTED_TO && type->name_off)
            return;
        reach = REACH_BY_VALUE;
    }
    uint32_t *reference;
    for (uint32_t i = 0; (reference = copy_reference(type, i)); i++) {
        bool is_virtual = btf_is_composite(type) && outline_is_virtual(outline, type, i);
        outline_reach(outline, *reference, is_virtual ? REACH_DECLARED : reach);
    }
}

/* Is it of a symbol, a probe or an interface, and not of what the module uses? */
static bool outline_is_root(const struct btf_type *type)
{
    if (btf_is_func(type))
        return btf_vlen(type) == BTF_FUNC_GLOBAL; /* its linkage */
    return btf_is_var(type) && type->type && btf_var(type)->linkage != BTF_VAR_GLOBAL_EXTERN;
}

/* Reaches the declaration of a root; of a program's, only what it has by value. */
static void outline_reach_root(struct outline *outline, uint32_t id, bool has_declarations)
{
    const struct btf_type *type = btf__type_by_id(outline->types, id);
    if (has_declarations) {
        outline_reach(outline, id, btf_is_func(type) ? REACH_BY_VALUE : REACH_DECLARED);
        return;
    }
    if (btf_is_func(type))
        type = btf__type_by_id(outline->types, type->type);
    uint32_t *reference;
    for (uint32_t i = 0; (reference = copy_reference(type, i)); i++)
        outline_reach(outline, *reference, REACH_BY_VALUE);
}

/* Is it the alignment of a complete type? What other tags say is for our own tools. */
static bool outline_keeps_tag(const struct outline *outline, const struct btf_type *tag,
                              const bool *is_forward)
{
    const char *text = btf__name_by_offset(outline->types, tag->name_off);
    return outline->reach[tag->type] && !is_forward[tag->type] &&
           !strncmp(text, BTF_ALIGNED, sizeof BTF_ALIGNED - 1);
}

/* Sets the new ids of what was reached, with its alignments, and which structs become incomplete.
 */
static void outline_number(const struct outline *outline, uint32_t *new_ids, bool *is_forward)
{
    uint32_t count = btf__type_cnt(outline->types), next = 1;
    for (uint32_t id = 1; id < count; id++) {
        const struct btf_type *type = btf__type_by_id(outline->types, id);
        is_forward[id] = outline->reach[id] == REACH_POINTED_TO && outline_has_tag(type);
        bool is_kept = btf_is_decl_tag(type) ? outline_keeps_tag(outline, type, is_forward)
                                             : outline->reach[id] != REACH_NONE;
        new_ids[id] = is_kept ? next++ : 0;
    }
}

static struct btf *outline_make(const struct btf *types, bool has_declarations, struct error *error)
{
    uint32_t count = btf__type_cnt(types);
    struct outline outline = {.types = types, .reach = calloc(count, 1)};
    uint32_t *new_ids = calloc(count, sizeof *new_ids);
    bool *is_forward = calloc(count, sizeof *is_forward);
    struct btf *made = NULL;
    outline.failed = !outline.reach || !new_ids || !is_forward;
    for (uint32_t id = 1; !outline.failed && id < count; id++)
        if (outline_is_root(btf__type_by_id(types, id)))
            outline_reach_root(&outline, id, has_declarations);
    while (!outline.failed && outline.count)
        outline_follow(&outline, outline.queue[--outline.count]);
    if (outline.failed) {
        error_set_no_memory(error);
    } else {
        outline_number(&outline, new_ids, is_forward);
        made = copy_types(types, new_ids, is_forward, error);
    }
    free(outline.reach);
    free(outline.queue);
    free(new_ids);
    free(is_forward);
    return made;
}

bool stamp_outline_types(const struct stamp *stamp, struct bytes btf, struct bytes *outline,
                         struct error *error)
{
    struct btf *types = btf__new(btf.data, (uint32_t)btf.size);
    *outline = (struct bytes){0};
    if (!types)
        return error_set_no_memory(error);
    btf__set_pointer_size(types, stamp->pointer_size);
    struct btf *made = outline_make(types, !stamp->is_executable, error);
    bool done = made && (copy_raw(made, outline) || error_set_no_memory(error));
    btf__free(made);
    btf__free(types);
    return done;
}
