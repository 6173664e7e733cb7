/* SPDX-License-Identifier: MIT */
/* The rules by which pointers agree. */
#include "types/rules_pointers_p.h"

#include "types/btf_tags.h"
#include "types/difference_p.h"

/* Whose function runs if it is a callback, which the other side calls. */
static enum type_provider provider_of_callback(enum type_provider provider)
{
    switch (provider) {
    case PROVIDER_FIRST:
        return PROVIDER_SECOND;
    case PROVIDER_SECOND:
        return PROVIDER_FIRST;
    default:
        return PROVIDER_UNKNOWN;
    }
}

static bool is_of_function(struct place place)
{
    return place.step.kind == STEP_PARAMETER || place.step.kind == STEP_RESULT;
}

/* Only what the pointer itself points to may differ: behind a second pointer, a difference would be
 * a way to write to what is const. */
bool pointers_agree_in_qualifiers(const struct comparison *c, unsigned first, unsigned second,
                                  struct place place)
{
    if (first == second)
        return true;
    if (c->rules != TYPE_RULES || !is_of_function(place) || place.provider == PROVIDER_UNKNOWN ||
        ((first ^ second) & BTF_IS_RESTRICT))
        return false;
    bool is_first_provider = place.provider == PROVIDER_FIRST;
    unsigned provider = is_first_provider ? first : second;
    unsigned user = is_first_provider ? second : first;
    return place.step.kind == STEP_PARAMETER ? !(user & ~provider) : !(provider & ~user);
}

static bool is_object(const struct btf_unqualified *type)
{
    return type->type.kind != BTF_VOID && type->type.kind != BTF_FUNC_PROTO &&
           !btf_is_unknown(&type->type) && !type->is_atomic && !*type->tag;
}

static bool is_void(const struct btf_unqualified *type)
{
    return type->type.kind == BTF_VOID && !type->is_atomic && !*type->tag;
}

bool pointers_agree_by_void(const struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second, struct place place)
{
    bool is_outermost = is_of_function(place) || place.step.kind == STEP_MEMBER;
    return c->rules == TYPE_RULES && is_outermost &&
           ((is_void(first) && is_object(second)) || (is_object(first) && is_void(second)));
}

struct place pointers_place_of_target(struct place place)
{
    struct place target = {.is_pointed_to = true};
    if (place.step.kind == STEP_PARAMETER)
        target.provider = provider_of_callback(place.provider);
    else if (place.step.kind == STEP_RESULT)
        target.provider = place.provider;
    return target;
}

/* ---- the order of parameters ---- */

/* What a parameter points to. */
struct target {
    const struct btf *btf;
    struct btf_unqualified type;
    bool is_void;
};

static struct target target_of(const struct btf *btf, const struct btf_unqualified *function,
                               uint32_t parameter)
{
    struct target target = {.btf = btf};
    target.type = btf_unqualified(btf, btf_parameter(btf, &function->type, parameter).type);
    if (target.type.type.kind != BTF_PTR)
        return target;
    target.type = btf_unqualified(btf, target.type.type.type);
    target.is_void = is_void(&target.type);
    return target;
}

/* Do two targets look alike, whatever their qualifiers? If in doubt, they do. */
static bool targets_are_alike(const struct target *a, const struct target *b)
{
    struct btf_unqualified first = a->type, second = b->type;
    while (first.type.kind == second.type.kind &&
           (first.type.kind == BTF_PTR || first.type.kind == BTF_ARRAY)) {
        first = btf_unqualified(a->btf, first.type.type);
        second = btf_unqualified(b->btf, second.type.type);
    }
    if (btf_is_record(first.type.kind) && btf_is_record(second.type.kind))
        return !strcmp(first.type.name, second.type.name) ||
               btf_is_tagged(a->btf, first.id, BTF_ALIAS, second.type.name) ||
               btf_is_tagged(b->btf, second.id, BTF_ALIAS, first.type.name);
    return first.type.kind == second.type.kind && first.type.size == second.type.size;
}

/* Has one function a target like `wanted` where the other one has void, and the reverse elsewhere?
 * Sets *is_swapped. */
static bool find_swapped(struct comparison *c, const struct btf_unqualified *first,
                         const struct btf_unqualified *second, const struct target *wanted,
                         bool *is_swapped)
{
    bool is_in_first = false, is_in_second = false;
    for (uint32_t i = 0; i < first->type.length; i++) {
        struct target a = target_of(c->first, first, i), b = target_of(c->second, second, i);
        if (!comparison_spend(c, 1 + a.type.links + b.type.links))
            return false;
        is_in_first |= !a.is_void && b.is_void && targets_are_alike(wanted, &a);
        is_in_second |= a.is_void && !b.is_void && targets_are_alike(wanted, &b);
    }
    *is_swapped = is_in_first && is_in_second;
    return true;
}

bool pointers_compare_order(struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second)
{
    bool is_swapped = false;
    if (c->rules != TYPE_RULES)
        return true;
    for (uint32_t i = 0; !is_swapped && i < first->type.length; i++) {
        struct target a = target_of(c->first, first, i), b = target_of(c->second, second, i);
        if (!comparison_spend(c, 1 + a.type.links + b.type.links))
            return false;
        if (a.is_void != b.is_void &&
            !find_swapped(c, first, second, a.is_void ? &b : &a, &is_swapped))
            return false;
    }
    if (!is_swapped)
        return true;
    text_add(&c->difference->cause, ": the same parameters in another order");
    return differ_in_types(c, first->id, second->id);
}
