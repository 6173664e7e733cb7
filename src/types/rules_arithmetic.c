/* SPDX-License-Identifier: MIT */
/* The rules by which arithmetic types agree: integers, enums and floats. */
#include "types/rules_arithmetic_p.h"

#include "types/causes_p.h"
#include "types/growth_p.h"
#include "types/print.h"

#include <inttypes.h>

/* This many visited enumerators cost one unit of work. */
enum { STEPS_PER_WORK = 8 };

static bool is_signed(const struct btf_type *type)
{
    return type->kind == BTF_INT ? btf_int(type).is_signed : type->flag;
}

static bool is_bool(const struct btf_type *type)
{
    return type->kind == BTF_INT && btf_int(type).is_bool;
}

static void write_signedness(struct text *text, const struct btf *btf,
                             const struct btf_unqualified *integer)
{
    uint32_t size = integer->type.size;
    text_free(text);
    print_shown(text, btf, integer->id, NULL);
    text_add(text, "   /* %" PRIu32 " byte%s, %s */", size, size == 1 ? "" : "s",
             is_signed(&integer->type) ? "signed" : "unsigned");
}

static const char *bool_words(const struct btf_type *type)
{
    return is_bool(type) ? "true or false" : "an integer";
}

bool rules_compare_integers(struct comparison *c, const struct btf_unqualified *a,
                            const struct btf_unqualified *b)
{
    bool is_same_sign = is_signed(&a->type) == is_signed(&b->type);
    if (a->type.size == b->type.size && is_same_sign && is_bool(&a->type) == is_bool(&b->type))
        return true;
    if (a->type.size != b->type.size || btf_is_enum(a->type.kind) != btf_is_enum(b->type.kind) ||
        strcmp(a->type.name, b->type.name) != 0)
        return differ_in_types(c, a->id, b->id);
    if (is_same_sign)
        return differ_in_comments(c, a->id, bool_words(&a->type), b->id, bool_words(&b->type));
    /* Names and sizes are the same, as those of plain char may be. */
    write_signedness(&c->difference->first, c->first, a);
    write_signedness(&c->difference->second, c->second, b);
    return differ_as_written(c);
}

bool rules_compare_floats(struct comparison *c, const struct btf_unqualified *a,
                          const struct btf_unqualified *b)
{
    bool is_opaque = btf_is_opaque(&a->type);
    if (a->type.size == b->type.size && is_opaque == btf_is_opaque(&b->type) &&
        (!is_opaque || !strcmp(a->type.name, b->type.name)) && !btf_is_unknown(&a->type))
        return true;
    if (btf_is_unknown(&a->type) && btf_is_unknown(&b->type))
        return differ_in_comments(c, a->id, "agrees with nothing", b->id, "perhaps another one");
    return differ_in_types(c, a->id, b->id);
}

/* Finds an enumerator by name, starting with number `near`. *steps is how many were visited. */
static bool find_enumerator(const struct btf *btf, const struct btf_type *type, const char *name,
                            uint32_t near, int64_t *value, uint32_t *steps)
{
    const char *other;
    for (*steps = 0; *steps < type->length;) {
        *value = btf_enumerator(btf, type, (near + (*steps)++) % type->length, &other);
        if (!strcmp(name, other))
            return true;
    }
    return false;
}

/* How the enumerators of one enum are found in another one of the same tag. */
struct found {
    bool is_revalued; /* one has another value */
    bool is_lacking;  /* one is missing */
};

/* Looks for every enumerator of `a` in `b`, except the sentinel of a growing enum. */
static bool compare_enumerators(struct comparison *c, const struct btf *a_btf,
                                const struct btf_type *a, const struct btf *b_btf,
                                const struct btf_type *b, const char *sentinel,
                                struct found *result)
{
    *result = (struct found){0};
    for (uint32_t i = 0; !result->is_revalued && i < a->length; i++) {
        const char *name;
        int64_t value = btf_enumerator(a_btf, a, i, &name), other = value;
        uint32_t steps;
        bool found = find_enumerator(b_btf, b, name, i, &other, &steps);
        /* Most unequal names differ in their first bytes. */
        if (!comparison_spend(c, steps * comparison_name_work(name) / STEPS_PER_WORK + 1))
            return false;
        if (*sentinel && !strcmp(name, sentinel))
            continue;
        result->is_lacking |= !found;
        result->is_revalued |= found && value != other;
    }
    return true;
}

/* Looks for an enumerator of `a` that `b` lacks, and whose value has a name in `b` that `a` lacks:
 * it means something else there. */
static bool find_renamed(struct comparison *c, const struct btf_type *a, const struct btf_type *b,
                         const char *sentinel, bool *is_renamed)
{
    *is_renamed = false;
    for (uint32_t i = 0; i < a->length; i++) {
        const char *name, *other;
        int64_t value = btf_enumerator(c->first, a, i, &name), found;
        uint32_t steps;
        if (!comparison_spend(c, b->length * comparison_name_work(name) / STEPS_PER_WORK + 1))
            return false;
        if ((*sentinel && !strcmp(name, sentinel)) ||
            find_enumerator(c->second, b, name, i, &found, &steps))
            continue;
        for (uint32_t k = 0; k < b->length; k++) {
            if (btf_enumerator(c->second, b, k, &other) != value ||
                (*sentinel && !strcmp(other, sentinel)))
                continue;
            if (!comparison_spend(c, a->length * comparison_name_work(other) / STEPS_PER_WORK + 1))
                return false;
            *is_renamed |= !find_enumerator(c->first, a, other, k, &found, &steps);
        }
    }
    return true;
}

static bool differ_in_enumerators(struct comparison *c, const struct btf_unqualified *a,
                                  const struct btf_unqualified *b)
{
    return !causes_explain_enumerators(c, a, b) && differ_in_types(c, a->id, b->id);
}

bool rules_compare_enums(struct comparison *c, const struct btf_unqualified *a,
                         const struct btf_unqualified *b)
{
    if (strcmp(a->type.name, b->type.name) != 0)
        return differ_in_types(c, a->id, b->id);
    if (!a->type.length || !b->type.length) /* incomplete */
        return true;
    if (a->type.size != b->type.size)
        return differ_in_types(c, a->id, b->id);
    struct step step = {.kind = STEP_ENUM, .name = a->type.name, .typedef_name = a->typedef_name};
    struct found in_second, in_first;
    const char *sentinel;
    bool may_grow = growth_is_of_enums(c, a, b, &sentinel);
    if (!comparison_enter(c, step) ||
        !compare_enumerators(c, c->first, &a->type, c->second, &b->type, sentinel, &in_second) ||
        !compare_enumerators(c, c->second, &b->type, c->first, &a->type, sentinel, &in_first))
        return false;
    bool is_lacking = in_first.is_lacking || in_second.is_lacking;
    if (may_grow && is_lacking && !find_renamed(c, &a->type, &b->type, sentinel, &is_lacking))
        return false;
    if (in_first.is_revalued || in_second.is_revalued || is_lacking)
        return differ_in_enumerators(c, a, b);
    if (!rules_compare_integers(c, a, b))
        return false;
    comparison_leave(c);
    return true;
}
