/* SPDX-License-Identifier: MIT */
/* Types of two modules that are identical but for their ids. */
#include "types/identical_p.h"

#include <stdlib.h>
#include <string.h>

/* A breadth-first walk through both type graphs at once. */
struct walk {
    struct type_cache *cache;
    const struct btf *first, *second;
    size_t queue_count;
};

/* Assumes that the two are identical, and queues them, unless this is known or impossible. */
static bool walk_pair(struct walk *walk, uint32_t first, uint32_t second)
{
    if (!first || !second)
        return first == second;
    uint32_t *known = &walk->cache->identical[second];
    if (*known)
        return *known == first;
    *known = first;
    walk->cache->queue[walk->queue_count++] = second;
    return true;
}

/* Is one of them incomplete, and the other a struct or union of the same tag? */
static bool is_incomplete_pair(const struct btf_type *a, const struct btf_type *b)
{
    return (a->kind == BTF_FWD || b->kind == BTF_FWD) && btf_is_record(a->kind) &&
           btf_is_record(b->kind) && btf_is_union(a) == btf_is_union(b) && *a->name &&
           !strcmp(a->name, b->name);
}

static bool walk_members(struct walk *walk, const struct btf_type *a, const struct btf_type *b)
{
    for (uint32_t i = 0; i < a->length; i++) {
        struct btf_member x = btf_member(walk->first, a, i), y = btf_member(walk->second, b, i);
        if (x.bit_offset != y.bit_offset || x.bit_size != y.bit_size ||
            strcmp(x.name, y.name) != 0 || !walk_pair(walk, x.type, y.type))
            return false;
    }
    return true;
}

/* Of the names, only that of an ellipsis counts: it has none. */
static bool walk_parameters(struct walk *walk, const struct btf_type *a, const struct btf_type *b)
{
    for (uint32_t i = 0; i < a->length; i++) {
        struct btf_parameter x = btf_parameter(walk->first, a, i),
                             y = btf_parameter(walk->second, b, i);
        if (!walk_pair(walk, x.type, y.type) || (!x.type && !*x.name != !*y.name))
            return false;
    }
    return true;
}

static bool has_equal_enumerators(const struct walk *walk, const struct btf_type *a,
                                  const struct btf_type *b)
{
    for (uint32_t i = 0; i < a->length; i++) {
        const char *x, *y;
        if (btf_enumerator(walk->first, a, i, &x) != btf_enumerator(walk->second, b, i, &y) ||
            strcmp(x, y) != 0)
            return false;
    }
    return true;
}

/* Two of one kind, flag, length and size. */
static bool walk_parts(struct walk *walk, const struct btf_type *a, const struct btf_type *b)
{
    switch (a->kind) {
    case BTF_INT: {
        struct btf_int x = btf_int(a), y = btf_int(b);
        return x.is_signed == y.is_signed && x.is_bool == y.is_bool && x.bits == y.bits;
    }
    case BTF_FLOAT:
        return !strcmp(a->name, b->name) && !btf_is_unknown(a);
    case BTF_ENUM:
    case BTF_ENUM64:
        return !strcmp(a->name, b->name) && has_equal_enumerators(walk, a, b);
    case BTF_STRUCT:
    case BTF_UNION:
        return !strcmp(a->name, b->name) && walk_members(walk, a, b);
    case BTF_ARRAY:
        return btf_array_count(a) == btf_array_count(b) && walk_pair(walk, a->type, b->type);
    case BTF_FUNC_PROTO:
        return walk_pair(walk, a->type, b->type) && walk_parameters(walk, a, b);
    case BTF_TYPE_TAG:
        return !strcmp(a->name, b->name) && walk_pair(walk, a->type, b->type);
    case BTF_PTR:
    case BTF_TYPEDEF:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
        return walk_pair(walk, a->type, b->type);
    default:
        return false;
    }
}

static bool walk_compare(struct walk *walk, uint32_t first, uint32_t second)
{
    struct btf_type a = btf_type(walk->first, first), b = btf_type(walk->second, second);
    if (is_incomplete_pair(&a, &b))
        return true;
    return a.kind == b.kind && a.flag == b.flag && a.length == b.length && a.size == b.size &&
           walk_parts(walk, &a, &b);
}

bool types_are_identical(struct type_cache *cache, const struct btf *first,
                         const struct btf *second, uint32_t first_id, uint32_t second_id)
{
    if (cache->wasted_work > second->count)
        return false;
    if (!cache->identical)
        cache->identical = calloc(second->count, sizeof *cache->identical);
    if (!cache->queue)
        cache->queue = malloc(second->count * sizeof *cache->queue);
    if (!cache->identical || !cache->queue)
        return false;
    struct walk walk = {.cache = cache, .first = first, .second = second};
    bool is_identical = walk_pair(&walk, first_id, second_id);
    for (size_t i = 0; is_identical && i < walk.queue_count; i++)
        is_identical = walk_compare(&walk, cache->identical[cache->queue[i]], cache->queue[i]);
    if (is_identical)
        return true;
    /* What was assumed on the way may have led to the difference. */
    for (size_t i = 0; i < walk.queue_count; i++)
        cache->identical[cache->queue[i]] = 0;
    cache->wasted_work += walk.queue_count;
    return false;
}
