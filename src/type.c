/* The rules by which two types agree. */
#include "type.h"

#include "compare.h"
#include "format.h"
#include "print.h"

#include <inttypes.h>

enum { CONST = 1, VOLATILE = 2, RESTRICT = 4 };

/* A type without its qualifiers and typedefs. */
struct bare {
    uint32_t id;
    unsigned qualifiers;
    bool atomic;
    struct btf_type type;
};

static bool compare(struct comparison *c, uint32_t first, uint32_t second, struct step step);
static bool compare_bare(struct comparison *c, const struct bare *a, const struct bare *b,
                         bool is_pointed_to);

static struct bare strip(const struct btf *btf, uint32_t id)
{
    struct bare bare = {.id = id, .type = btf_type(btf, id)};
    for (;;) {
        switch (bare.type.kind) {
        case BTF_CONST:
            bare.qualifiers |= CONST;
            break;
        case BTF_VOLATILE:
            bare.qualifiers |= VOLATILE;
            break;
        case BTF_RESTRICT:
            bare.qualifiers |= RESTRICT;
            break;
        case BTF_TYPE_TAG:
            bare.atomic |= btf_is_atomic(&bare.type);
            break;
        case BTF_TYPEDEF:
            break;
        default:
            return bare;
        }
        bare.id = bare.type.type;
        bare.type = btf_type(btf, bare.id);
    }
}

/* The qualifiers of what a pointer points to; an array's are those of its elements (C11 6.7.3p9).
 */
static unsigned pointed_qualifiers(const struct btf *btf, uint32_t id)
{
    struct bare bare = strip(btf, id);
    unsigned qualifiers = bare.qualifiers;
    while (bare.type.kind == BTF_ARRAY) {
        bare = strip(btf, bare.type.type);
        qualifiers |= bare.qualifiers;
    }
    return qualifiers;
}

static bool is_integer(enum btf_kind kind)
{
    return kind == BTF_INT || btf_is_enum(kind);
}

static bool is_record(enum btf_kind kind)
{
    return btf_has_members(kind) || kind == BTF_FWD;
}

static bool is_union(const struct btf_type *type)
{
    return type->kind == BTF_UNION || (type->kind == BTF_FWD && type->flag);
}

static bool is_signed(const struct btf_type *type)
{
    return type->kind == BTF_INT ? btf_int(type).is_signed : type->flag;
}

static bool is_bool(const struct btf_type *type)
{
    return type->kind == BTF_INT && btf_int(type).is_bool;
}

static bool agree_integers(const struct btf_type *a, const struct btf_type *b)
{
    return a->size == b->size && is_signed(a) == is_signed(b) && is_bool(a) == is_bool(b);
}

static void write_signedness(struct text *text, const struct btf *btf, const struct bare *bare)
{
    uint32_t size = bare->type.size;
    text_free(text);
    print_declaration(text, btf, bare->id, NULL, NULL);
    text_add(text, "   /* %" PRIu32 " byte%s, %s */", size, size == 1 ? "" : "s",
             is_signed(&bare->type) ? "signed" : "unsigned");
}

/* Of two that have one name and size, as plain char may, the sign is the difference. */
static bool part_integers(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (a->type.size != b->type.size || btf_is_enum(a->type.kind) != btf_is_enum(b->type.kind) ||
        strcmp(a->type.name, b->type.name) != 0 || is_signed(&a->type) == is_signed(&b->type))
        return part_types(c, a->id, b->id);
    write_signedness(&c->parting->first, c->first, a);
    write_signedness(&c->parting->second, c->second, b);
    return part_here(c);
}

static bool agree_floats(const struct btf_type *a, const struct btf_type *b)
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
        if (!compare_work(c, steps))
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

static bool compare_enums(struct comparison *c, const struct bare *a, const struct bare *b)
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
    if (!agree_integers(&a->type, &b->type))
        return part_integers(c, a, b);
    compare_leave(c);
    return true;
}

/* Writes both members. Where a name for a type hides the difference, they say what it stands for;
 * where it is hidden deeper, what was written before stays. */
static void write_members(struct comparison *c, struct btf_member a, struct btf_member b)
{
    TEXT_AUTO first = {0}, second = {0};
    write_member(&first, c->first, &a);
    write_member(&second, c->second, &b);
    if (!strcmp(text_chars(&first), text_chars(&second))) {
        a.type = strip(c->first, a.type).id;
        b.type = strip(c->second, b.type).id;
        write_member(&first, c->first, &a);
        write_member(&second, c->second, &b);
    }
    if (c->parting->first.length && !strcmp(text_chars(&first), text_chars(&second)))
        return;
    text_free(&c->parting->first);
    text_free(&c->parting->second);
    c->parting->first = first;
    c->parting->second = second;
    first = second = (struct text){0};
}

static bool part_members(struct comparison *c, const struct btf_member *a,
                         const struct btf_member *b)
{
    write_members(c, *a, *b);
    return part_here(c);
}

/* Are they of kinds that can never agree, so that the members as a whole say more than their types?
 */
static bool differ_in_kind(const struct bare *a, const struct bare *b)
{
    return a->type.kind != b->type.kind && !(is_record(a->type.kind) && is_record(b->type.kind)) &&
           !(is_integer(a->type.kind) && is_integer(b->type.kind));
}

/* The types of two members have parted. If they did so as wholes, the members say more. */
static bool part_at_member(struct comparison *c, size_t member_step, const struct btf_member *a,
                           const struct btf_member *b)
{
    size_t at = c->at;
    while (at != member_step && c->steps[at].kind == STEP_NONE)
        at = c->steps[at].before;
    if (c->verdict == PART && at == member_step)
        write_members(c, *a, *b);
    return false;
}

/* Do two members have one name? The system's headers put underscores before a name that the user's
 * choice of a standard (-std=c11, _GNU_SOURCE) does not allow: tm_gmtoff, __tm_gmtoff. Names that
 * start so are reserved for them. */
static bool agree_names(const char *a, const char *b)
{
    bool is_a_hidden = !strncmp(a, "__", 2), is_b_hidden = !strncmp(b, "__", 2);
    return !strcmp(is_a_hidden && !is_b_hidden ? a + 2 : a,
                   is_b_hidden && !is_a_hidden ? b + 2 : b);
}

/* One member on each side: same name, place and type? */
static bool compare_member(struct comparison *c, struct btf_member a, struct btf_member b,
                           uint32_t index)
{
    struct step step = {.kind = STEP_MEMBER, .name = a.name, .number = index + 1};
    struct bare a_type = strip(c->first, a.type), b_type = strip(c->second, b.type);
    if (!compare_enter(c, step))
        return false;
    if (!agree_names(a.name, b.name) || a.bit_offset != b.bit_offset || a.bit_size != b.bit_size ||
        differ_in_kind(&a_type, &b_type))
        return part_members(c, &a, &b);
    size_t own_step = c->at;
    if (!compare_bare(c, &a_type, &b_type, false))
        return part_at_member(c, own_step, &a, &b);
    compare_leave(c);
    return true;
}

/* Finds a union's member by name, as they may come in any order (C11 6.2.7p1); one without a name,
 * by its place. *steps is how many were looked at. */
static bool find_member(const struct btf *btf, const struct btf_type *type, const char *name,
                        uint32_t near, struct btf_member *member, uint32_t *steps)
{
    for (*steps = 0; *name && *steps < type->length;) {
        *member = btf_member(btf, type, (near + (*steps)++) % type->length);
        if (agree_names(name, member->name))
            return true;
    }
    if (*name || near >= type->length)
        return false;
    *member = btf_member(btf, type, near);
    return true;
}

/* The first side has a member that the second lacks, or the other way round. */
static bool part_extra_member(struct comparison *c, const struct bare *a, const struct bare *b,
                              bool is_first, uint32_t index)
{
    struct text *has = is_first ? &c->parting->first : &c->parting->second;
    struct text *lacks = is_first ? &c->parting->second : &c->parting->first;
    const struct btf *btf = is_first ? c->first : c->second;
    struct btf_member member = btf_member(btf, is_first ? &a->type : &b->type, index);
    write_member(has, btf, &member);
    text_free(lacks);
    text_add(lacks, "no such member; %" PRIu32 " bytes", is_first ? b->type.size : a->type.size);
    return part_here(c);
}

static bool compare_union_members(struct comparison *c, const struct bare *a, const struct bare *b)
{
    struct btf_member other;
    uint32_t steps;
    for (uint32_t i = 0; i < a->type.length; i++) {
        struct btf_member member = btf_member(c->first, &a->type, i);
        if (!find_member(c->second, &b->type, member.name, i, &other, &steps))
            return part_extra_member(c, a, b, true, i);
        if (!compare_work(c, steps))
            return false;
        if (!compare_member(c, member, other, i))
            return false;
    }
    for (uint32_t i = 0; i < b->type.length; i++) {
        struct btf_member member = btf_member(c->second, &b->type, i);
        if (!find_member(c->first, &a->type, member.name, i, &other, &steps))
            return part_extra_member(c, a, b, false, i);
        if (!compare_work(c, steps))
            return false;
    }
    return true;
}

static bool compare_struct_members(struct comparison *c, const struct bare *a, const struct bare *b)
{
    uint32_t shorter = a->type.length < b->type.length ? a->type.length : b->type.length;
    for (uint32_t i = 0; i < shorter; i++)
        if (!compare_member(c, btf_member(c->first, &a->type, i),
                            btf_member(c->second, &b->type, i), i))
            return false;
    if (a->type.length != b->type.length)
        return part_extra_member(c, a, b, a->type.length > shorter, shorter);
    return true;
}

static bool compare_members(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (!(is_union(&a->type) ? compare_union_members : compare_struct_members)(c, a, b))
        return false;
    return a->type.size == b->type.size ? true : part_types(c, a->id, b->id);
}

static const char *tag_of(const struct btf_type *type)
{
    bool is_unnamed = type->kind == BTF_FWD && !strcmp(type->name, FORMAT_UNNAMED);
    return is_unnamed ? "" : type->name;
}

static bool compare_records(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (is_union(&a->type) != is_union(&b->type) || strcmp(tag_of(&a->type), tag_of(&b->type)) != 0)
        return part_types(c, a->id, b->id);
    if (a->type.kind == BTF_FWD || b->type.kind == BTF_FWD)
        return true;
    struct step step = {.kind = is_union(&a->type) ? STEP_UNION : STEP_STRUCT,
                        .name = a->type.name};
    if (!compare_enter(c, step) || !compare_members(c, a, b))
        return false;
    compare_leave(c);
    return true;
}

/* May a function without a prototype be the same as this one? If the parameters are those that the
 * default argument promotions leave alone, and there is no ellipsis (C11 6.7.6.3p15). */
static bool survives_promotion(const struct btf *btf, const struct btf_type *type)
{
    if (btf_is_variadic(btf, type))
        return false;
    for (uint32_t i = 0; i < type->length; i++) {
        struct bare parameter = strip(btf, btf_parameter(btf, type, i).type);
        if (is_integer(parameter.type.kind) && parameter.type.size < sizeof(int))
            return false;
        if (parameter.type.kind == BTF_FLOAT && !btf_is_opaque(&parameter.type) &&
            parameter.type.size < sizeof(double))
            return false;
    }
    return true;
}

static void write_count(struct text *text, const struct btf *btf, const struct btf_type *type)
{
    bool is_variadic = btf_is_variadic(btf, type);
    unsigned count = type->length - (unsigned)is_variadic;
    text_free(text);
    text_add(text, "%u parameter%s%s", count, count == 1 ? "" : "s", is_variadic ? " and ..." : "");
}

static bool part_counts(struct comparison *c, const struct btf_type *a, const struct btf_type *b)
{
    write_count(&c->parting->first, c->first, a);
    write_count(&c->parting->second, c->second, b);
    return part_here(c);
}

static bool compare_functions(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (!compare(c, a->type.type, b->type.type, (struct step){.kind = STEP_RESULT}))
        return false;
    bool a_open = btf_is_unprototyped(c->first, &a->type);
    bool b_open = btf_is_unprototyped(c->second, &b->type);
    if (a_open || b_open) {
        if ((a_open || survives_promotion(c->first, &a->type)) &&
            (b_open || survives_promotion(c->second, &b->type)))
            return true;
        return part_types(c, a->id, b->id);
    }
    if (a->type.length != b->type.length ||
        btf_is_variadic(c->first, &a->type) != btf_is_variadic(c->second, &b->type))
        return part_counts(c, &a->type, &b->type);
    for (uint32_t i = 0; i < a->type.length; i++) {
        struct step step = {.kind = STEP_PARAMETER, .number = i + 1};
        if (!compare(c, btf_parameter(c->first, &a->type, i).type,
                     btf_parameter(c->second, &b->type, i).type, step))
            return false;
    }
    return true;
}

/* An array of unknown size agrees with any, but only where C has such types: behind a pointer. */
static bool compare_arrays(struct comparison *c, const struct bare *a, const struct bare *b,
                           bool is_pointed_to)
{
    uint32_t first = btf_array_count(&a->type), second = btf_array_count(&b->type);
    if (first != second && !(is_pointed_to && (!first || !second)))
        return part_types(c, a->id, b->id);
    return compare(c, a->type.type, b->type.type, (struct step){.kind = STEP_NONE});
}

static bool compare_pointers(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (pointed_qualifiers(c->first, a->type.type) != pointed_qualifiers(c->second, b->type.type))
        return part_types(c, a->id, b->id);
    struct bare first = strip(c->first, a->type.type), second = strip(c->second, b->type.type);
    /* Of two pointers that part right here, the whole pointers say more than their targets. */
    if (differ_in_kind(&first, &second))
        return part_types(c, a->id, b->id);
    if (!compare_enter(c, (struct step){.kind = STEP_NONE}) ||
        !compare_bare(c, &first, &second, true))
        return false;
    compare_leave(c);
    return true;
}

static bool is_compound(const struct bare *bare)
{
    return is_record(bare->type.kind) || btf_is_enum(bare->type.kind) ||
           bare->type.kind == BTF_FUNC_PROTO;
}

/* A pair from the queue. */
static bool compare_compound(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (btf_is_enum(a->type.kind) && btf_is_enum(b->type.kind))
        return compare_enums(c, a, b);
    if (is_record(a->type.kind) && is_record(b->type.kind))
        return compare_records(c, a, b);
    if (a->type.kind == BTF_FUNC_PROTO && b->type.kind == BTF_FUNC_PROTO)
        return compare_functions(c, a, b);
    return part_types(c, a->id, b->id);
}

/* Compares two types whose qualifiers do not count, or have been compared. */
static bool compare_bare(struct comparison *c, const struct bare *a, const struct bare *b,
                         bool is_pointed_to)
{
    if (a->atomic != b->atomic) {
        const char *with = "with _Atomic", *without = "without _Atomic";
        return part_words(c, a->atomic ? with : without, b->atomic ? with : without);
    }
    if (is_compound(a) && is_compound(b))
        return compare_later(c, a->id, b->id);
    if (is_integer(a->type.kind) && is_integer(b->type.kind))
        return agree_integers(&a->type, &b->type) ? true : part_integers(c, a, b);
    if (a->type.kind != b->type.kind)
        return part_types(c, a->id, b->id);
    switch (a->type.kind) {
    case BTF_PTR:
        return compare_pointers(c, a, b);
    case BTF_ARRAY:
        return compare_arrays(c, a, b, is_pointed_to);
    case BTF_FLOAT:
        return agree_floats(&a->type, &b->type) ? true : part_types(c, a->id, b->id);
    case BTF_VOID:
        return true;
    default:
        return fail_compare(c, "one of them is no type");
    }
}

static bool compare(struct comparison *c, uint32_t first, uint32_t second, struct step step)
{
    struct bare a = strip(c->first, first), b = strip(c->second, second);
    if (!compare_enter(c, step) || !compare_bare(c, &a, &b, false))
        return false;
    compare_leave(c);
    return true;
}

/* Compares all that waits, and says how it ended. */
static bool finish(struct comparison *c, bool *agree)
{
    for (size_t i = 0; c->verdict == AGREE && i < c->queue_count; i++) {
        struct bare a = strip(c->first, c->queue[i].first);
        struct bare b = strip(c->second, c->queue[i].second);
        c->at = c->queue[i].step;
        c->depth = 0;
        compare_compound(c, &a, &b);
    }
    if (c->memory && c->verdict == AGREE)
        compare_remember(c);
    if (c->memory)
        c->memory->work = c->work;
    compare_free(c);
    *agree = c->verdict == AGREE;
    return c->verdict != FAIL;
}

bool type_compare(struct type_side first, struct type_side second, bool *agree,
                  struct type_parting *parting, struct error *error)
{
    struct comparison c = {
        .first = first.btf, .second = second.btf, .parting = parting, .error = error};
    compare(&c, first.id, second.id, (struct step){.kind = STEP_NONE});
    return finish(&c, agree);
}

bool type_compare_symbol(struct type_side asked, struct type_side symbol, bool *agree,
                         struct type_parting *parting, struct error *error)
{
    struct comparison c = {
        .first = asked.btf, .second = symbol.btf, .parting = parting, .error = error};
    struct bare pointer = strip(asked.btf, asked.id);
    uint32_t recorded = btf_type(symbol.btf, symbol.id).type;
    struct bare own = strip(symbol.btf, recorded);
    if (!compare_enter(&c, (struct step){.kind = STEP_NONE}))
        return finish(&c, agree);
    if (pointer.type.kind != BTF_PTR) {
        part_types(&c, asked.id, recorded);
        return finish(&c, agree);
    }
    struct bare target = strip(asked.btf, pointer.type.type);
    unsigned allowed = pointed_qualifiers(asked.btf, pointer.type.type);
    if (pointed_qualifiers(symbol.btf, recorded) & ~allowed)
        part_types(&c, pointer.type.type, recorded);
    else
        compare_bare(&c, &target, &own, true);
    return finish(&c, agree);
}

/* A function on one side, and a variable on the other. */
static bool part_symbols(struct comparison *c, uint32_t first, uint32_t second)
{
    print_symbol(&c->parting->first, c->first, first, btf_type(c->first, first).name, NULL);
    print_symbol(&c->parting->second, c->second, second, btf_type(c->second, second).name, NULL);
    return part_here(c);
}

bool type_compare_import(struct type_memory *memory, struct type_side definition,
                         struct type_side declaration, bool *agree, struct type_parting *parting,
                         struct error *error)
{
    struct comparison c = {.first = definition.btf,
                           .second = declaration.btf,
                           .memory = memory,
                           .work = memory->work,
                           .parting = parting,
                           .error = error};
    struct btf_type a = btf_type(definition.btf, definition.id);
    struct btf_type b = btf_type(declaration.btf, declaration.id);
    if (!compare_enter(&c, (struct step){.kind = STEP_NONE}))
        return finish(&c, agree);
    struct bare own = strip(definition.btf, a.type), used = strip(declaration.btf, b.type);
    unsigned allowed = pointed_qualifiers(declaration.btf, b.type);
    if (a.kind != b.kind)
        part_symbols(&c, definition.id, declaration.id);
    else if (pointed_qualifiers(definition.btf, a.type) & ~allowed)
        part_types(&c, a.type, b.type);
    else
        compare_bare(&c, &own, &used, true);
    return finish(&c, agree);
}

void type_parting_free(struct type_parting *parting)
{
    text_free(&parting->path);
    text_free(&parting->first);
    text_free(&parting->second);
}
