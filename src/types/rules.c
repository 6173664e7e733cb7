/* SPDX-License-Identifier: MIT */
/* The rules by which types agree. */
#include "types/rules_p.h"

#include "types/btf_tags.h"
#include "types/causes_p.h"
#include "types/growth_p.h"
#include "types/print.h"
#include "types/rules_arithmetic_p.h"
#include "types/rules_pointers_p.h"

#include <inttypes.h>

static bool is_integer(enum btf_kind kind)
{
    return kind == BTF_INT || btf_is_enum(kind);
}

/* Can the two kinds never agree? Then a difference is better shown by the whole members or pointers
 * than by these types. */
static bool differ_in_kind(const struct btf_unqualified *a, const struct btf_unqualified *b)
{
    return a->type.kind != b->type.kind &&
           !(btf_is_record(a->type.kind) && btf_is_record(b->type.kind)) &&
           !(is_integer(a->type.kind) && is_integer(b->type.kind));
}

static bool starts_with(const char *string, const char *start)
{
    return *string == *start && !strncmp(string, start, strlen(start));
}

static bool is_go_results(const struct btf_type *type)
{
    return starts_with(type->name, BTF_GO_RESULTS_TAG);
}

/* Go has no names for a function's results. */
static bool has_member_names(const struct btf_unqualified *a, const struct btf_unqualified *b)
{
    return !is_go_results(&a->type) && !is_go_results(&b->type);
}

/* Do both sides call them by the same typedef? Then that is what differs. */
static bool is_one_typedef(const struct btf_unqualified *a, const struct btf_unqualified *b)
{
    return *a->outer_name && !strcmp(a->outer_name, b->outer_name);
}

bool rules_compare_named(struct comparison *c, const struct btf_unqualified *a,
                         const struct btf_unqualified *b, struct place place)
{
    const char *name = a->outer_name;
    if (!*name)
        return rules_compare(c, a, b, place);
    if (!comparison_spend(c, comparison_name_work(name) - 1))
        return false;
    if (strcmp(name, b->outer_name) != 0)
        return rules_compare(c, a, b, place);
    if (!comparison_enter(c, (struct step){.kind = STEP_TYPEDEF, .name = name}) ||
        !rules_compare(c, a, b, place))
        return false;
    comparison_leave(c);
    return true;
}

/* Two members, of the records `a` and `b`, which differ in name, place or width. */
static bool differ_in_layout(struct comparison *c, const struct btf_unqualified *a,
                             const struct btf_unqualified *b, const struct btf_member *first,
                             const struct btf_member *second)
{
    struct step step = c->steps[c->current_step];
    comparison_leave(c);
    if (has_member_names(a, b) && causes_explain_members(c, a, b))
        return false;
    return comparison_enter(c, step) && differ_in_members(c, first, second);
}

static bool compare_member(struct comparison *c, const struct btf_unqualified *a,
                           const struct btf_unqualified *b, struct btf_member first,
                           struct btf_member second, uint32_t index)
{
    struct step step = {.kind = STEP_MEMBER, .name = first.name, .number = index + 1};
    struct btf_unqualified a_type = btf_unqualified(c->first, first.type);
    struct btf_unqualified b_type = btf_unqualified(c->second, second.type);
    if (!comparison_enter(c, step) || !comparison_spend(c, a_type.links + b_type.links))
        return false;
    if ((!comparison_agree_names(first.name, second.name) && has_member_names(a, b)) ||
        first.bit_offset != second.bit_offset || first.bit_size != second.bit_size)
        return differ_in_layout(c, a, b, &first, &second);
    size_t member_step = c->current_step;
    bool is_other_kind = differ_in_kind(&a_type, &b_type) && !is_one_typedef(&a_type, &b_type);
    if (!is_other_kind && rules_compare_named(c, &a_type, &b_type, (struct place){.step = step})) {
        comparison_leave(c);
        return true;
    }
    /* If the types differ as a whole, the members' declarations say more. */
    size_t at = c->current_step;
    while (at != member_step && c->steps[at].kind == STEP_NONE)
        at = c->steps[at].previous;
    if (is_other_kind)
        differ_in_members(c, &first, &second);
    else if (c->verdict == COMPARISON_DIFFER && at == member_step)
        difference_show_members(c, &first, &second);
    if (c->verdict == COMPARISON_DIFFER && at == member_step)
        causes_add_moved(c, a, b, index);
    return false;
}

/* Finds a member of a union by name, starting with number `near`, since the order does not count
 * (C11 6.2.7p1); an unnamed one by its number. *steps is how many were visited. */
static bool find_member(const struct btf *btf, const struct btf_type *type, const char *name,
                        uint32_t near, struct btf_member *member, uint32_t *steps)
{
    for (*steps = 0; *name && *steps < type->length;) {
        *member = btf_member(btf, type, (near + (*steps)++) % type->length);
        if (comparison_agree_names(name, member->name))
            return true;
    }
    if (*name || near >= type->length)
        return false;
    *member = btf_member(btf, type, near);
    return true;
}

/* One side has a member that the other lacks; is_first: the first side. */
static bool differ_in_extra_member(struct comparison *c, const struct btf_unqualified *a,
                                   const struct btf_unqualified *b, bool is_first, uint32_t index)
{
    if (has_member_names(a, b) && causes_explain_members(c, a, b))
        return false;
    struct btf_member member =
        is_first ? btf_member(c->first, &a->type, index) : btf_member(c->second, &b->type, index);
    return differ_in_lacking(c, is_first, &member, is_first ? b->type.size : a->type.size);
}

static bool compare_union_members(struct comparison *c, const struct btf_unqualified *a,
                                  const struct btf_unqualified *b)
{
    struct btf_member other;
    uint32_t steps;
    for (uint32_t i = 0; i < a->type.length; i++) {
        struct btf_member member = btf_member(c->first, &a->type, i);
        bool found = find_member(c->second, &b->type, member.name, i, &other, &steps);
        if (!comparison_spend(c, steps * comparison_name_work(member.name)))
            return false;
        if (!found)
            return differ_in_extra_member(c, a, b, true, i);
        if (!compare_member(c, a, b, member, other, i))
            return false;
    }
    for (uint32_t i = 0; i < b->type.length; i++) {
        struct btf_member member = btf_member(c->second, &b->type, i);
        bool found = find_member(c->first, &a->type, member.name, i, &other, &steps);
        if (!comparison_spend(c, steps * comparison_name_work(member.name)))
            return false;
        if (!found)
            return differ_in_extra_member(c, a, b, false, i);
    }
    return true;
}

/* Finds the struct that has the virtual functions of a class. */
static bool find_virtual_functions(const struct btf *btf, const struct btf_type *class,
                                   struct btf_unqualified *functions)
{
    if (!class->length)
        return false;
    struct btf_member first = btf_member(btf, class, 0);
    struct btf_type pointer = btf_type(btf, first.type);
    if (strcmp(first.name, BTF_VIRTUAL_POINTER) != 0 || pointer.kind != BTF_PTR)
        return false;
    *functions = btf_unqualified(btf, pointer.type);
    return functions->type.kind == BTF_STRUCT;
}

/* Compares which virtual function is in which place, before the members of the class: it explains
 * more. Their types are compared later. */
static bool compare_virtual_functions(struct comparison *c, const struct btf_unqualified *a,
                                      const struct btf_unqualified *b)
{
    struct btf_unqualified x, y;
    if (!find_virtual_functions(c->first, &a->type, &x) ||
        !find_virtual_functions(c->second, &b->type, &y))
        return true;
    struct step pointer = {.kind = STEP_MEMBER, .name = BTF_VIRTUAL_POINTER, .number = 1};
    struct step table = {.kind = STEP_STRUCT, .name = x.type.name};
    if (!comparison_enter(c, pointer) || !comparison_enter(c, table))
        return false;
    c->first_type = x.id;
    c->second_type = y.id;
    uint32_t shorter = x.type.length < y.type.length ? x.type.length : y.type.length;
    for (uint32_t i = 0; i < shorter; i++) {
        struct btf_member first = btf_member(c->first, &x.type, i);
        struct btf_member second = btf_member(c->second, &y.type, i);
        struct step step = {.kind = STEP_MEMBER, .name = first.name, .number = i + 1};
        if (strcmp(first.name, second.name) != 0 || first.bit_offset != second.bit_offset)
            return comparison_enter(c, step) && differ_in_layout(c, &x, &y, &first, &second);
    }
    if (x.type.length != y.type.length)
        return differ_in_extra_member(c, &x, &y, x.type.length > shorter, shorter);
    comparison_leave(c);
    comparison_leave(c);
    c->first_type = a->id;
    c->second_type = b->id;
    return true;
}

static bool compare_struct_members(struct comparison *c, const struct btf_unqualified *a,
                                   const struct btf_unqualified *b)
{
    uint32_t shorter = a->type.length < b->type.length ? a->type.length : b->type.length;
    if (!compare_virtual_functions(c, a, b))
        return false;
    for (uint32_t i = 0; i < shorter; i++)
        if (!compare_member(c, a, b, btf_member(c->first, &a->type, i),
                            btf_member(c->second, &b->type, i), i))
            return false;
    if (a->type.length != b->type.length)
        return differ_in_extra_member(c, a, b, a->type.length > shorter, shorter);
    return true;
}

static const char *tag_of(const struct btf_type *type)
{
    bool is_unnamed = type->kind == BTF_FWD && !strcmp(type->name, BTF_UNNAMED_TAG);
    return is_unnamed ? "" : type->name;
}

/* Are they complete instances of one C++ template? Compilers spell some arguments differently; the
 * members tell if these are others. */
static bool agree_instances(const struct btf_type *a, const struct btf_type *b)
{
    const char *first = strstr(a->name, BTF_ARGUMENTS_MARK);
    const char *second = strstr(b->name, BTF_ARGUMENTS_MARK);
    return first && second && btf_has_members(a->kind) && btf_has_members(b->kind) &&
           first - a->name == second - b->name &&
           !strncmp(a->name, b->name, (size_t)(first - a->name));
}

/* Go's slices and results have no tags of their own: any tag in C agrees. */
static bool agree_tags(const struct btf_type *a, const struct btf_type *b)
{
    return !strcmp(tag_of(a), tag_of(b)) || agree_instances(a, b) || is_go_results(a) ||
           is_go_results(b) || starts_with(a->name, BTF_GO_SLICE_TAG) ||
           starts_with(b->name, BTF_GO_SLICE_TAG);
}

/* Does the host, which knows its own struct complete in some file, call it by the plugin's tag in
 * public? */
static bool is_alias(const struct comparison *c, const struct btf_unqualified *a,
                     const struct btf_unqualified *b)
{
    const char *tag = tag_of(&b->type);
    return c->rules == TYPE_RULES && *tag && btf_is_tagged(c->first, a->id, BTF_ALIAS, tag);
}

static bool differ_in_size(struct comparison *c, const struct btf_unqualified *a,
                           const struct btf_unqualified *b)
{
    if (has_member_names(a, b) && causes_explain_members(c, a, b))
        return false;
    return differ_in_types(c, a->id, b->id);
}

static bool compare_members(struct comparison *c, const struct btf_unqualified *a,
                            const struct btf_unqualified *b)
{
    bool agree =
        btf_is_union(&a->type) ? compare_union_members(c, a, b) : compare_struct_members(c, a, b);
    return agree && (a->type.size == b->type.size || differ_in_size(c, a, b));
}

static bool compare_records(struct comparison *c, const struct btf_unqualified *a,
                            const struct btf_unqualified *b, bool is_pointed_to)
{
    bool is_union = btf_is_union(&a->type), is_other_tag = !agree_tags(&a->type, &b->type);
    if (is_union != btf_is_union(&b->type) || (is_other_tag && !is_alias(c, a, b)))
        return differ_in_types(c, a->id, b->id);
    if (a->type.kind == BTF_FWD || b->type.kind == BTF_FWD)
        return true;
    struct step step = {.kind = is_union ? STEP_UNION : STEP_STRUCT,
                        .name = a->type.name,
                        .typedef_name = a->typedef_name};
    struct btf_unqualified first = *a, second = *b;
    if (!comparison_enter(c, step) ||
        (is_other_tag && !growth_start_within(c, &first, &second, is_pointed_to)) ||
        !growth_cut(c, &first, &second, is_pointed_to))
        return false;
    c->first_type = first.id;
    if (!compare_members(c, &first, &second)) {
        growth_add_hint(c, a, b);
        return false;
    }
    comparison_leave(c);
    return true;
}

/* Does the function agree with one without a prototype? It does if no parameter is changed by the
 * default argument promotions, and there is no ellipsis (C11 6.7.6.3p15). */
static bool survives_promotion(const struct btf *btf, const struct btf_type *type, uint64_t *work)
{
    if (btf_is_variadic(btf, type))
        return false;
    for (uint32_t i = 0; i < type->length; i++) {
        struct btf_unqualified parameter = btf_unqualified(btf, btf_parameter(btf, type, i).type);
        *work += parameter.links + 1;
        if (is_integer(parameter.type.kind) && parameter.type.size < sizeof(int))
            return false;
        if (parameter.type.kind == BTF_FLOAT && !btf_is_opaque(&parameter.type) &&
            parameter.type.size < sizeof(double))
            return false;
    }
    return true;
}

static const char *how_passed(const char *tag)
{
    if (!*tag)
        return "by value";
    return strcmp(tag, BTF_BY_REFERENCE_TAG) != 0 ? tag
                                                  : "by reference, as C++ passes such a class";
}

static const char *convention_shown(const char *convention)
{
    return *convention ? convention : "the usual calling convention";
}

static bool compare_functions(struct comparison *c, const struct btf_unqualified *a,
                              const struct btf_unqualified *b, enum type_provider provider)
{
    struct place result = {.step.kind = STEP_RESULT, .provider = provider};
    const char *first = btf_convention(c->first, &a->type);
    const char *second = btf_convention(c->second, &b->type);
    if (strcmp(first, second) != 0)
        return differ_in_comments(c, a->id, convention_shown(first), b->id,
                                  convention_shown(second));
    if (!rules_compare_values(c, a->type.type, b->type.type, result))
        return false;
    bool is_a_open = btf_is_unprototyped(c->first, &a->type);
    bool is_b_open = btf_is_unprototyped(c->second, &b->type);
    if (is_a_open || is_b_open) {
        uint64_t work = 0;
        bool agree = (is_a_open || survives_promotion(c->first, &a->type, &work)) &&
                     (is_b_open || survives_promotion(c->second, &b->type, &work));
        if (!comparison_spend(c, work))
            return false;
        return agree ? true : differ_in_types(c, a->id, b->id);
    }
    if (a->type.length != b->type.length ||
        btf_is_variadic(c->first, &a->type) != btf_is_variadic(c->second, &b->type))
        return causes_differ_in_count(c, a, b);
    for (uint32_t i = 0; i < a->type.length; i++) {
        struct place place = {.step = {.kind = STEP_PARAMETER, .number = i + 1},
                              .provider = provider};
        if (!rules_compare_values(c, btf_parameter(c->first, &a->type, i).type,
                                  btf_parameter(c->second, &b->type, i).type, place))
            return false;
    }
    return pointers_compare_order(c, a, b);
}

/* An array of unknown size agrees with one of any size where it may stand for it: behind a pointer
 * (C11 6.7.6.2p6). */
static bool compare_arrays(struct comparison *c, const struct btf_unqualified *a,
                           const struct btf_unqualified *b, struct place place)
{
    uint32_t first = btf_array_count(&a->type), second = btf_array_count(&b->type);
    if (first != second && !(place.is_pointed_to && (!first || !second)))
        return differ_in_types(c, a->id, b->id);
    return rules_compare_values(c, a->type.type, b->type.type, (struct place){0});
}

static bool compare_pointers(struct comparison *c, const struct btf_unqualified *a,
                             const struct btf_unqualified *b, struct place place)
{
    unsigned links = 0;
    struct btf_unqualified first = btf_unqualified(c->first, a->type.type);
    struct btf_unqualified second = btf_unqualified(c->second, b->type.type);
    unsigned a_qualifiers = btf_qualifiers_of(c->first, &first, &links);
    unsigned b_qualifiers = btf_qualifiers_of(c->second, &second, &links);
    if (!comparison_spend(c, links))
        return false;
    if (!pointers_agree_in_qualifiers(c, a_qualifiers, b_qualifiers, place))
        return differ_in_types(c, a->id, b->id);
    if (pointers_agree_by_void(c, &first, &second, place))
        return true;
    if (differ_in_kind(&first, &second) && !is_one_typedef(&first, &second))
        return differ_in_types(c, a->id, b->id);
    if (!comparison_enter(c, (struct step){.kind = STEP_NONE}) ||
        !rules_compare_named(c, &first, &second, pointers_place_of_target(place)))
        return false;
    comparison_leave(c);
    return true;
}

/* Is it compared later, as a pair of the queue? */
static bool is_queued(const struct btf_unqualified *type)
{
    return btf_is_record(type->type.kind) || btf_is_enum(type->type.kind) ||
           type->type.kind == BTF_FUNC_PROTO;
}

bool rules_compare_queued(struct comparison *c, struct type_pair pair)
{
    struct btf_unqualified a = btf_unqualified(c->first, pair.first);
    struct btf_unqualified b = btf_unqualified(c->second, pair.second);
    a.typedef_name = pair.name;
    if (btf_is_enum(a.type.kind) && btf_is_enum(b.type.kind))
        return rules_compare_enums(c, &a, &b);
    if (btf_is_record(a.type.kind) && btf_is_record(b.type.kind))
        return compare_records(c, &a, &b, pair.is_pointed_to);
    if (a.type.kind == BTF_FUNC_PROTO && b.type.kind == BTF_FUNC_PROTO)
        return compare_functions(c, &a, &b, pair.provider);
    return differ_in_types(c, a.id, b.id);
}

bool rules_compare(struct comparison *c, const struct btf_unqualified *a,
                   const struct btf_unqualified *b, struct place place)
{
    if (a->is_atomic != b->is_atomic)
        return differ_in_words(c, a->is_atomic ? "_Atomic" : "not _Atomic",
                               b->is_atomic ? "_Atomic" : "not _Atomic");
    if (strcmp(a->tag, b->tag) != 0 && a->type.kind == b->type.kind)
        return differ_in_comments(c, a->id, how_passed(a->tag), b->id, how_passed(b->tag));
    if (is_queued(a) && is_queued(b))
        return comparison_queue(c, a, b, place);
    if (is_integer(a->type.kind) && is_integer(b->type.kind))
        return rules_compare_integers(c, a, b);
    if (a->type.kind != b->type.kind)
        return differ_in_types(c, a->id, b->id);
    switch (a->type.kind) {
    case BTF_PTR:
        return compare_pointers(c, a, b, place);
    case BTF_ARRAY:
        return compare_arrays(c, a, b, place);
    case BTF_FLOAT:
        return rules_compare_floats(c, a, b);
    case BTF_VOID:
        return true;
    default:
        return comparison_fail(c, "not a type");
    }
}

bool rules_compare_values(struct comparison *c, uint32_t first, uint32_t second, struct place place)
{
    struct btf_unqualified a = btf_unqualified(c->first, first);
    struct btf_unqualified b = btf_unqualified(c->second, second);
    if (!comparison_enter(c, place.step) || !comparison_spend(c, a.links + b.links) ||
        !rules_compare_named(c, &a, &b, place))
        return false;
    comparison_leave(c);
    return true;
}
