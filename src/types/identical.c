/* Two types that are the same in two modules. */
#include "types/identical.h"

#include <stdlib.h>
#include <string.h>

/* A walk through both type graphs at once. */
struct walk {
    struct same *same;
    const struct btf *first, *second;
    size_t queued;
};

/* Takes the two to be the same, unless that is known or cannot be, and puts them into the queue. */
static bool pair(struct walk *walk, uint32_t first, uint32_t second)
{
    if (!first || !second)
        return first == second;
    uint32_t *known = &walk->same->first_of[second];
    if (*known)
        return *known == first;
    *known = first;
    walk->same->queue[walk->queued++] = second;
    return true;
}

static bool is_record(const struct btf_type *type)
{
    return btf_has_members(type->kind) || type->kind == BTF_FWD;
}

/* An incomplete struct or union, and another one of that tag. */
static bool is_incomplete_pair(const struct btf_type *a, const struct btf_type *b)
{
    bool is_a_union = a->kind == BTF_UNION || (a->kind == BTF_FWD && a->flag);
    bool is_b_union = b->kind == BTF_UNION || (b->kind == BTF_FWD && b->flag);
    return (a->kind == BTF_FWD || b->kind == BTF_FWD) && is_record(a) && is_record(b) &&
           is_a_union == is_b_union && *a->name && !strcmp(a->name, b->name);
}

static bool pair_members(struct walk *walk, const struct btf_type *a, const struct btf_type *b)
{
    for (uint32_t i = 0; i < a->length; i++) {
        struct btf_member x = btf_member(walk->first, a, i), y = btf_member(walk->second, b, i);
        if (x.bit_offset != y.bit_offset || x.bit_size != y.bit_size ||
            strcmp(x.name, y.name) != 0 || !pair(walk, x.type, y.type))
            return false;
    }
    return true;
}

/* Names do not count, but for the ellipsis, which has none. */
static bool pair_parameters(struct walk *walk, const struct btf_type *a, const struct btf_type *b)
{
    for (uint32_t i = 0; i < a->length; i++) {
        struct btf_parameter x = btf_parameter(walk->first, a, i),
                             y = btf_parameter(walk->second, b, i);
        if (!pair(walk, x.type, y.type) || (!x.type && !*x.name != !*y.name))
            return false;
    }
    return true;
}

static bool same_enumerators(const struct walk *walk, const struct btf_type *a,
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

static bool same_integers(const struct btf_type *a, const struct btf_type *b)
{
    struct btf_int x = btf_int(a), y = btf_int(b);
    return x.is_signed == y.is_signed && x.is_bool == y.is_bool && x.bits == y.bits;
}

/* Two of one kind, flag, length and size: what they are made of. */
static bool pair_parts(struct walk *walk, const struct btf_type *a, const struct btf_type *b)
{
    switch (a->kind) {
    case BTF_INT:
        return same_integers(a, b);
    case BTF_FLOAT:
        return !strcmp(a->name, b->name);
    case BTF_ENUM:
    case BTF_ENUM64:
        return !strcmp(a->name, b->name) && same_enumerators(walk, a, b);
    case BTF_STRUCT:
    case BTF_UNION:
        return !strcmp(a->name, b->name) && pair_members(walk, a, b);
    case BTF_ARRAY:
        return btf_array_count(a) == btf_array_count(b) && pair(walk, a->type, b->type);
    case BTF_FUNC_PROTO:
        return pair(walk, a->type, b->type) && pair_parameters(walk, a, b);
    case BTF_TYPE_TAG:
        return !strcmp(a->name, b->name) && pair(walk, a->type, b->type);
    case BTF_PTR:
    case BTF_TYPEDEF:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
        return pair(walk, a->type, b->type);
    default:
        return false;
    }
}

static bool compare(struct walk *walk, uint32_t first, uint32_t second)
{
    struct btf_type a = btf_type(walk->first, first), b = btf_type(walk->second, second);
    if (is_incomplete_pair(&a, &b))
        return true;
    return a.kind == b.kind && a.flag == b.flag && a.length == b.length && a.size == b.size &&
           pair_parts(walk, &a, &b);
}

static bool prepare(struct same *same, const struct btf *second)
{
    if (!same->first_of)
        same->first_of = calloc(second->count, sizeof *same->first_of);
    if (!same->queue)
        same->queue = malloc(second->count * sizeof *same->queue);
    return same->first_of && same->queue;
}

bool same_types(struct same *same, const struct btf *first, const struct btf *second,
                uint32_t first_id, uint32_t second_id)
{
    struct walk walk = {.same = same, .first = first, .second = second};
    if (same->in_vain > second->count || !prepare(same, second))
        return false;
    bool is_same = pair(&walk, first_id, second_id);
    for (size_t i = 0; is_same && i < walk.queued; i++)
        is_same = compare(&walk, same->first_of[same->queue[i]], same->queue[i]);
    if (is_same)
        return true;
    /* Whatever was met on the way may lead to the difference. */
    for (size_t i = 0; i < walk.queued; i++)
        same->first_of[same->queue[i]] = 0;
    same->in_vain += walk.queued;
    return false;
}

void same_free(struct same *same)
{
    free(same->first_of);
    free(same->queue);
    *same = (struct same){0};
}
