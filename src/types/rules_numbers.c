/* The rules by which integers, enums and floats agree. */
#include "types/rules_numbers.h"

#include "types/print.h"

#include <inttypes.h>

/* So many enumerators are looked at as one step of a comparison. */
enum { STEPS_PER_WORK = 8 };

bool type_is_integer(enum btf_kind kind)
{
    return kind == BTF_INT || btf_is_enum(kind);
}

static bool is_signed(const struct btf_type *type)
{
    return type->kind == BTF_INT ? btf_int(type).is_signed : type->flag;
}

static bool is_bool(const struct btf_type *type)
{
    return type->kind == BTF_INT && btf_int(type).is_bool;
}

bool type_agree_integers(const struct btf_type *a, const struct btf_type *b)
{
    return a->size == b->size && is_signed(a) == is_signed(b) && is_bool(a) == is_bool(b);
}

static void write_signedness(struct text *text, const struct btf *btf, const struct bare *bare)
{
    uint32_t size = bare->type.size;
    text_free(text);
    print_shown(text, btf, bare->id, NULL);
    text_add(text, "   /* %" PRIu32 " byte%s, %s */", size, size == 1 ? "" : "s",
             is_signed(&bare->type) ? "signed" : "unsigned");
}

/* Of two that have one name and size, as plain char may, the sign is the difference. */
bool type_part_integers(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (a->type.size != b->type.size || btf_is_enum(a->type.kind) != btf_is_enum(b->type.kind) ||
        strcmp(a->type.name, b->type.name) != 0 || is_signed(&a->type) == is_signed(&b->type))
        return part_types(c, a->id, b->id);
    write_signedness(&c->parting->first, c->first, a);
    write_signedness(&c->parting->second, c->second, b);
    return part_here(c);
}

bool type_agree_floats(const struct btf_type *a, const struct btf_type *b)
{
    bool opaque = btf_is_opaque(a);
    return a->size == b->size && opaque == btf_is_opaque(b) &&
           (!opaque || !strcmp(a->name, b->name));
}

/* Finds an enumerator by name; `near` is where it is if the order is the same. *steps is how many
 * were looked at. */
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

static void write_enumerator(struct text *text, const struct btf_type *type, const char *name,
                             bool found, int64_t value)
{
    text_free(text);
    if (found) {
        text_add_escaped(text, name);
        if (type->flag)
            text_add(text, " = %" PRId64, value);
        else
            text_add(text, " = %" PRIu64, (uint64_t)value);
    } else {
        text_add(text, "no ");
        text_add_escaped(text, name);
    }
}

/* Is every enumerator of `a` in `b`? is_swapped: `a` is the second side. */
static bool has_enumerators(struct comparison *c, const struct btf *a_btf, const struct btf_type *a,
                            const struct btf *b_btf, const struct btf_type *b, bool is_swapped)
{
    for (uint32_t i = 0; i < a->length; i++) {
        const char *name;
        int64_t value = btf_enumerator(a_btf, a, i, &name), other = 0;
        uint32_t steps;
        bool found = find_enumerator(b_btf, b, name, i, &other, &steps);
        /* A name that is another one is seen at once, most often. */
        if (!compare_work(c, steps * compare_name_work(name) / STEPS_PER_WORK + 1))
            return false;
        if (found && value == other)
            continue;
        write_enumerator(is_swapped ? &c->parting->second : &c->parting->first, a, name, true,
                         value);
        write_enumerator(is_swapped ? &c->parting->first : &c->parting->second, b, name, found,
                         other);
        return part_here(c);
    }
    return true;
}

bool type_compare_enums(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (strcmp(a->type.name, b->type.name) != 0)
        return part_types(c, a->id, b->id);
    if (!a->type.length || !b->type.length) /* incomplete */
        return true;
    if (a->type.size != b->type.size)
        return part_types(c, a->id, b->id);
    if (!compare_enter(c, (struct step){.kind = STEP_ENUM, .name = a->type.name}) ||
        !has_enumerators(c, c->first, &a->type, c->second, &b->type, false) ||
        !has_enumerators(c, c->second, &b->type, c->first, &a->type, true))
        return false;
    if (!type_agree_integers(&a->type, &b->type))
        return type_part_integers(c, a, b);
    compare_leave(c);
    return true;
}
