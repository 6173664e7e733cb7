/* SPDX-License-Identifier: MIT */
/* The DECL_TAGs of whole types: their list, and the names of types. */
#include "types/tags_p.h"

#include "src/base/array.h"
#include "src/types/btf.h"

bool tags_add(struct stamp *stamp, struct tags *tags, uint32_t type, const char *text,
              struct error *error)
{
    struct tag *added = array_add(&stamp->arena, tags->items, tags->count, tags->capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = (struct tag){type, arena_strndup(&stamp->arena, text, strlen(text))};
    return added->text || error_set_no_memory(error);
}

struct btf_unqualified tags_named_type(const struct btf *btf, uint32_t id)
{
    struct btf_type type = btf_type(btf, id);
    if (type.kind != BTF_TYPEDEF)
        return (struct btf_unqualified){.id = id, .typedef_name = "", .type = type};
    struct btf_unqualified target = btf_unqualified(btf, type.type);
    target.typedef_name = type.name;
    if (*target.type.name)
        target.type.kind = BTF_VOID;
    return target;
}

const char *tags_type_name(const struct btf_unqualified *type)
{
    return *type->type.name ? type->type.name : type->typedef_name;
}

bool tags_text_starts(const char *text, const char *start, const char **rest)
{
    size_t length = strlen(start);
    *rest = text + length;
    return !strncmp(text, start, length);
}

char *tags_option_name(struct stamp *stamp, const char *text, size_t length)
{
    char *name = arena_strndup(&stamp->arena, text, length);
    for (char *scope = name; scope && (scope = strstr(scope, "::"));)
        scope[0] = scope[1] = '_';
    return name;
}

static int tag_by_type(const void *a, const void *b)
{
    const struct tag *x = a, *y = b;
    return x->type != y->type ? (x->type < y->type ? -1 : 1) : strcmp(x->text, y->text);
}

void tags_sort(struct tags *tags)
{
    size_t kept = 0;
    stamp_sort(tags->items, tags->count, sizeof *tags->items, tag_by_type);
    for (size_t i = 0; i < tags->count; i++)
        if (!kept || tag_by_type(&tags->items[i], &tags->items[kept - 1]) != 0)
            tags->items[kept++] = tags->items[i];
    tags->count = kept;
}
