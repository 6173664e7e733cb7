/* SPDX-License-Identifier: MIT */
/* What the maintainer promises of types: that they grow, and by which other tag they are known. */
#include "dwarf/die.h"
#include "dwarf/typedefs.h"
#include "src/base/array.h"
#include "src/types/btf.h"
#include "src/types/btf_tags.h"
#include "src/types/growth.h"
#include "src/types/print.h"
#include "types/names_p.h"
#include "types/tags_p.h"

#include <dwarf.h>
#include <stdlib.h>

/* A promise of a type, which any number of files may repeat. */
struct promise {
    const struct stamp_mark *mark; /* the first */
    struct btf_unqualified type;
    const char *text; /* of the tag */
};

struct promises {
    struct stamp *stamp;
    const struct btf *btf;
    struct promise *items;
    size_t count, capacity;
    struct error *error;
};

/* ---- refusals ---- */

/* "cannot keep PLUGIN_GROWS of struct api at api.h:12: WHY". Always returns false. */
static bool promise_refuse(const struct promises *promises, const struct promise *promise,
                           const char *why)
{
    TEXT_AUTO name = {0};
    uint32_t line;
    Dwarf_Die die = promise->mark->die;
    const char *file = die_declared_in(&die, &line);
    if (*promise->type.type.name)
        print_shown(&name, promises->btf, promise->type.id, NULL);
    else
        text_add(&name, "%s", promise->type.typedef_name);
    return error_set(promises->error, PLUGIN_NOT_PLUGIN, "cannot record %s of %s at %s:%u: %s",
                     promise->mark->macro, text_chars(&name), file, line, why);
}

/* ---- the text of a tag ---- */

static bool promise_set_text(const struct promises *promises, struct promise *promise,
                             const char *prefix, const char *name)
{
    TEXT_AUTO text = {0};
    text_add(&text, "%s%s", prefix, name);
    promise->text =
        text.failed ? NULL : arena_strndup(&promises->stamp->arena, text_chars(&text), text.length);
    return promise->text || error_set_no_memory(promises->error);
}

/* Finds the member that tells how long the struct is. */
static bool promise_read_member(const struct promises *promises, struct promise *promise,
                                const char *prefix)
{
    const struct btf_type *type = &promise->type.type;
    for (uint32_t i = 0; i < type->length; i++) {
        struct btf_member member = btf_member(promises->btf, type, i);
        enum btf_kind kind = btf_unqualified(promises->btf, member.type).type.kind;
        if (*member.name && !member.bit_size && member.bit_offset == promise->mark->offset * 8 &&
            (kind == BTF_INT || btf_is_enum(kind)))
            return promise_set_text(promises, promise, prefix, member.name);
    }
    return promise_refuse(promises, promise,
                          "the member is in another struct within it; name one of its own");
}

static bool promise_read_enumerator(const struct promises *promises, struct promise *promise)
{
    TEXT_AUTO why = {0};
    const char *name;
    for (uint32_t i = 0; i < promise->type.type.length; i++) {
        btf_enumerator(promises->btf, &promise->type.type, i, &name);
        if (!strcmp(name, promise->mark->name))
            return promise_set_text(promises, promise, BTF_GROWS_UNTIL, name);
    }
    text_add(&why, "it has no enumerator %s; name one of its own", promise->mark->name);
    return promise_refuse(promises, promise, text_chars(&why));
}

static bool promise_read_alias(const struct promises *promises, struct promise *promise)
{
    Dwarf_Die outside = promise->mark->outside;
    if (!btf_has_members(promise->type.type.kind))
        return promise_refuse(promises, promise, "it is no struct or union");
    int peeled = dwarf_peel_type(&outside, &outside), tag = dwarf_tag(&outside);
    bool is_struct = tag == DW_TAG_structure_type || tag == DW_TAG_class_type;
    if (peeled != 0 || (!is_struct && tag != DW_TAG_union_type) || !dwarf_diename(&outside))
        return promise_refuse(promises, promise, "the other type is no struct or union with a tag");
    if (is_struct != (promise->type.type.kind == BTF_STRUCT))
        return promise_refuse(promises, promise, "one is a struct, the other one is a union");
    die_complete(&outside);
    char *name = name_tag(&outside);
    bool done = name ? promise_set_text(promises, promise, BTF_ALIAS, name)
                     : error_set_no_memory(promises->error);
    free(name);
    return done;
}

/* .BTF does not tell a base from a member. */
static const char *class_obstacle(const struct stamp_mark *mark)
{
    Dwarf_Die type = mark->type;
    if (dwarf_peel_type(&type, &type) != 0)
        return NULL;
    die_complete(&type);
    return die_layout_obstacle(&type);
}

static bool promise_check_growth(const struct promises *promises, const struct promise *promise)
{
    const struct btf_unqualified *type = &promise->type;
    bool is_struct = type->type.kind == BTF_STRUCT;
    if (promise->mark->kind == MARK_GROWS_UNTIL ? !btf_is_enum(type->type.kind)
                                                : !is_struct && !btf_is_enum(type->type.kind))
        return promise_refuse(promises, promise,
                              promise->mark->kind == MARK_GROWS_UNTIL
                                  ? "it is no enum"
                                  : "only structs and enums grow");
    const char *obstacle = is_struct ? class_obstacle(promise->mark) : NULL;
    if (is_struct && !obstacle)
        obstacle = growth_obstacle(promises->btf, type->id);
    if (!obstacle)
        return true;
    TEXT_AUTO why = {0};
    text_add(&why, "it cannot grow: %s", obstacle);
    return promise_refuse(promises, promise, text_chars(&why));
}

static bool promise_read(const struct promises *promises, struct promise *promise)
{
    if (promise->type.type.kind == BTF_FWD)
        return promise_refuse(promises, promise,
                              "its members are unknown; clang++ needs -fstandalone-debug");
    if (promise->mark->kind == MARK_ALIAS)
        return promise_read_alias(promises, promise);
    if (!promise_check_growth(promises, promise))
        return false;
    switch (promise->mark->kind) {
    case MARK_GROWS_SIZED:
        return promise_read_member(promises, promise, BTF_GROWS_SIZED);
    case MARK_GROWS_VERSIONED:
        return promise_read_member(promises, promise, BTF_GROWS_VERSIONED);
    case MARK_GROWS_UNTIL:
        return promise_read_enumerator(promises, promise);
    default:
        return promise_set_text(promises, promise, BTF_GROWS, "");
    }
}

/* ---- the types of a module ---- */

/* Is it what the other file of the module means by the name? */
static bool is_same_type(const struct btf_unqualified *a, const struct btf_unqualified *b)
{
    return a->type.kind == b->type.kind && a->type.size == b->type.size &&
           !*a->type.name == !*b->type.name && !strcmp(tags_type_name(a), tags_type_name(b));
}

/* Adds the promise, unless another file makes it. */
static bool promises_add_one(struct promises *promises, struct promise made)
{
    const struct stamp_mark *mark = made.mark;
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *other = &promises->items[i];
        if (!is_same_type(&other->type, &made.type))
            continue;
        if (!strcmp(other->text, made.text))
            return true;
        /* A type may have several aliases. */
        if (other->mark->kind == MARK_ALIAS || mark->kind == MARK_ALIAS)
            continue;
        TEXT_AUTO why = {0};
        uint32_t line;
        Dwarf_Die die = other->mark->die;
        const char *file = die_declared_in(&die, &line);
        text_add(&why, "%s at %s:%u promises something else; keep one of them", other->mark->macro,
                 file, line);
        return promise_refuse(promises, &made, text_chars(&why));
    }
    struct promise *added =
        array_add(&promises->stamp->arena, promises->items, promises->count, promises->capacity);
    if (!added)
        return error_set_no_memory(promises->error);
    *added = made;
    return true;
}

/* Adds the promise for each other typedef of a type without a tag. */
static bool promises_add_typedefs(struct promises *promises, struct promise made)
{
    Dwarf_Die type = made.mark->type, named;
    if (dwarf_peel_type(&type, &type) != 0)
        return true;
    die_complete(&type);
    struct table_probe probe = typedefs_first(&type);
    while (typedefs_next(promises->stamp, &type, &probe, &named)) {
        char *name = name_tag(&named);
        made.type.typedef_name =
            name ? arena_strndup(&promises->stamp->arena, name, strlen(name)) : NULL;
        free(name);
        if (!made.type.typedef_name)
            return error_set_no_memory(promises->error);
        if (!promises_add_one(promises, made))
            return false;
    }
    return true;
}

static bool promises_add(struct promises *promises, const struct stamp_mark *mark)
{
    struct promise made = {.mark = mark, .type = btf_unqualified(promises->btf, mark->type_id)};
    return promise_read(promises, &made) && promises_add_one(promises, made) &&
           (*made.type.type.name || promises_add_typedefs(promises, made));
}

/* An alias counts in the whole module, so also where a file knows the tag only. */
static bool is_promised(const struct promise *promise, const struct btf_unqualified *type)
{
    bool is_incomplete = promise->mark->kind == MARK_ALIAS && type->type.kind == BTF_FWD &&
                         btf_is_union(&promise->type.type) == btf_is_union(&type->type) &&
                         !strcmp(promise->type.type.name, type->type.name);
    return is_incomplete || is_same_type(&promise->type, type);
}

bool promises_add_tags(struct stamp *stamp, const struct btf *btf, struct tags *tags,
                       struct error *error)
{
    struct promises promises = {.stamp = stamp, .btf = btf, .error = error};
    for (size_t i = 0; i < stamp->promise_count; i++)
        if (!promises_add(&promises, &stamp->promises[i]))
            return false;
    for (uint32_t id = 1; promises.count && id < btf->count; id++) {
        struct btf_unqualified type = tags_named_type(btf, id);
        for (size_t i = 0; i < promises.count; i++)
            if (is_promised(&promises.items[i], &type) &&
                !tags_add(stamp, tags, type.id, promises.items[i].text, error))
                return false;
    }
    return true;
}
