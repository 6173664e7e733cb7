/* SPDX-License-Identifier: MIT */
/* The types of uses. They are deduplicated separately: a struct that is incomplete where it is used
 * must not become the complete one of the package that defines it. */
#include "packages/packages.h"
#include "types/writer_p.h"

#include <dwarf.h>

/* The DIE of a function's declaration is its type; a variable's refers to it. */
static bool use_type_id(struct writer *writer, struct stamp_use *use)
{
    Dwarf_Die die = use->die, peeled;
    if (!use->is_macro)
        return dwarf_tag(&die) == DW_TAG_subprogram ? writer_id(writer, &die, &use->type)
                                                    : writer_type_id(writer, &die, &use->type);
    /* typeof of a _Noreturn function is a qualified type. */
    if (stamp_use_is_function(use) && dwarf_peel_type(&die, &peeled) == 0)
        die = peeled;
    return writer_id(writer, &die, &use->type);
}

/* Writes the types, then one VAR for each use: after the deduplication, it refers to the use's
 * type. */
static bool use_types_write(struct writer *writer, const struct completions *completions)
{
    struct stamp_uses *uses = &writer->stamp->uses;
    for (size_t i = 0; i < uses->count; i++)
        if (!use_type_id(writer, &uses->items[i]))
            return false;
    if (!kinds_write_queue(writer))
        return false;
    for (size_t i = 0; i < uses->count; i++)
        if (!writer_added(
                writer, btf__add_var(writer->btf, "use", BTF_VAR_STATIC, (int)uses->items[i].type),
                0))
            return false;
    if (!writer_deduplicate(writer, completions))
        return false;
    size_t first = btf__type_cnt(writer->btf) - uses->count;
    for (size_t i = 0; i < uses->count; i++) {
        const struct btf_type *var = btf__type_by_id(writer->btf, (uint32_t)(first + i));
        if (!var || !btf_is_var(var))
            return error_set(writer->error, PLUGIN_SYSTEM,
                             "libbpf's deduplication lost the type of a use");
        uses->items[i].type = var->type;
    }
    return true;
}

static int use_by_name_and_type(const void *a, const void *b)
{
    const struct stamp_use *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->type < y->type ? -1 : x->type > y->type;
}

/* Adds one FUNC or VAR for each name and type. */
static bool use_types_add_roots(struct writer *writer, struct btf *types)
{
    struct stamp_uses *uses = &writer->stamp->uses;
    stamp_sort(uses->items, uses->count, sizeof *uses->items, use_by_name_and_type);
    uint32_t previous_type = 0;
    for (size_t i = 0; i < uses->count; i++) {
        struct stamp_use *use = &uses->items[i];
        uint32_t type = use->type;
        if (i && type == previous_type && !strcmp(use->name, use[-1].name)) {
            use->type = use[-1].type;
            continue;
        }
        int added = stamp_use_is_function(use)
                        ? btf__add_func(types, use->name, BTF_FUNC_EXTERN, (int)type)
                        : btf__add_var(types, use->name, BTF_VAR_GLOBAL_EXTERN, (int)type);
        if (!writer_added(writer, added, 0))
            return false;
        previous_type = type;
        use->type = (uint32_t)added;
    }
    return true;
}

/* Copies the types, which keep their ids, without the VARs of the uses; adds the roots; and appends
 * the result to `btf`. */
static bool use_types_copy(struct writer *writer, struct btf *copy, struct btf *btf)
{
    struct stamp_uses *uses = &writer->stamp->uses;
    uint32_t end = btf__type_cnt(writer->btf) - (uint32_t)uses->count;
    for (uint32_t id = 1; id < end; id++)
        if (!writer_added(writer,
                          btf__add_type(copy, writer->btf, btf__type_by_id(writer->btf, id)), id))
            return false;
    if (!use_types_add_roots(writer, copy))
        return false;
    int first = btf__add_btf(btf, copy);
    if (!writer_added(writer, first, 0))
        return false;
    for (size_t i = 0; i < uses->count; i++)
        uses->items[i].type += (uint32_t)first - 1;
    return true;
}

bool use_types_add(struct stamp *stamp, const struct completions *completions, struct btf *btf,
                   struct error *error)
{
    if (!stamp->uses.count)
        return true;
    struct writer writer;
    struct btf *copy = btf__new_empty();
    bool done = writer_init(&writer, stamp, error) && (copy || error_set_no_memory(error));
    if (copy)
        btf__set_pointer_size(copy, stamp->pointer_size);
    done = done && use_types_write(&writer, completions) && use_types_copy(&writer, copy, btf);
    btf__free(copy);
    writer_deinit(&writer);
    return done;
}
