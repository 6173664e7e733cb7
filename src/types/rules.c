/* The rules by which two types agree. */
#include "types/rules.h"

#include "format/format.h"
#include "types/compare.h"
#include "types/print.h"
#include "types/rules_numbers.h"

#include <inttypes.h>

static bool compare(struct comparison *c, uint32_t first, uint32_t second, struct step step);
static bool compare_bare(struct comparison *c, const struct bare *a, const struct bare *b,
                         bool is_pointed_to);

static bool is_record(enum btf_kind kind)
{
    return btf_has_members(kind) || kind == BTF_FWD;
}

static bool is_union(const struct btf_type *type)
{
    return type->kind == BTF_UNION || (type->kind == BTF_FWD && type->flag);
}

/* Writes both members. Where a name for a type hides the difference, they say what it stands for;
 * where it is hidden deeper, what was written before stays. */
static void write_members(struct comparison *c, struct btf_member a, struct btf_member b)
{
    TEXT_AUTO first = {0}, second = {0};
    write_member(&first, c->first, &a);
    write_member(&second, c->second, &b);
    if (!strcmp(text_chars(&first), text_chars(&second))) {
        a.type = bare_type(c->first, a.type).id;
        b.type = bare_type(c->second, b.type).id;
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
           !(type_is_integer(a->type.kind) && type_is_integer(b->type.kind));
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

/* One member on each side: same name, unless that does not count, place and type? */
static bool compare_member(struct comparison *c, struct btf_member a, struct btf_member b,
                           uint32_t index, bool has_names)
{
    struct step step = {.kind = STEP_MEMBER, .name = a.name, .number = index + 1};
    struct bare a_type = bare_type(c->first, a.type), b_type = bare_type(c->second, b.type);
    if (!compare_enter(c, step) || !compare_work(c, a_type.links + b_type.links))
        return false;
    if ((has_names && !agree_names(a.name, b.name)) || a.bit_offset != b.bit_offset ||
        a.bit_size != b.bit_size || differ_in_kind(&a_type, &b_type))
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
        bool found = find_member(c->second, &b->type, member.name, i, &other, &steps);
        if (!compare_work(c, steps * compare_name_work(member.name)))
            return false;
        if (!found)
            return part_extra_member(c, a, b, true, i);
        if (!compare_member(c, member, other, i, true))
            return false;
    }
    for (uint32_t i = 0; i < b->type.length; i++) {
        struct btf_member member = btf_member(c->second, &b->type, i);
        bool found = find_member(c->first, &a->type, member.name, i, &other, &steps);
        if (!compare_work(c, steps * compare_name_work(member.name)))
            return false;
        if (!found)
            return part_extra_member(c, a, b, false, i);
    }
    return true;
}

static bool starts_with(const char *string, const char *start)
{
    return !strncmp(string, start, strlen(start));
}

/* Are these the results of a Go function, which Go does not name? */
static bool is_go_results(const struct btf_type *type)
{
    return starts_with(type->name, FORMAT_GO_RESULTS);
}

static bool compare_struct_members(struct comparison *c, const struct bare *a, const struct bare *b)
{
    uint32_t shorter = a->type.length < b->type.length ? a->type.length : b->type.length;
    bool has_names = !is_go_results(&a->type) && !is_go_results(&b->type);
    for (uint32_t i = 0; i < shorter; i++)
        if (!compare_member(c, btf_member(c->first, &a->type, i),
                            btf_member(c->second, &b->type, i), i, has_names))
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

/* What Go has no name for agrees whatever C calls it. */
static bool agree_tags(const struct btf_type *a, const struct btf_type *b)
{
    return !strcmp(tag_of(a), tag_of(b)) || is_go_results(a) || is_go_results(b) ||
           starts_with(a->name, FORMAT_GO_SLICE) || starts_with(b->name, FORMAT_GO_SLICE);
}

static bool compare_records(struct comparison *c, const struct bare *a, const struct bare *b)
{
    if (is_union(&a->type) != is_union(&b->type) || !agree_tags(&a->type, &b->type))
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
static bool survives_promotion(const struct btf *btf, const struct btf_type *type,
                               unsigned long *work)
{
    if (btf_is_variadic(btf, type))
        return false;
    for (uint32_t i = 0; i < type->length; i++) {
        struct bare parameter = bare_type(btf, btf_parameter(btf, type, i).type);
        *work += parameter.links + 1UL;
        if (type_is_integer(parameter.type.kind) && parameter.type.size < sizeof(int))
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
        unsigned long work = 0;
        bool agree = (a_open || survives_promotion(c->first, &a->type, &work)) &&
                     (b_open || survives_promotion(c->second, &b->type, &work));
        if (!compare_work(c, work))
            return false;
        return agree ? true : part_types(c, a->id, b->id);
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
    unsigned links = 0;
    unsigned qualifiers = bare_qualifiers(c->first, a->type.type, &links);
    unsigned others = bare_qualifiers(c->second, b->type.type, &links);
    if (!compare_work(c, links))
        return false;
    if (qualifiers != others)
        return part_types(c, a->id, b->id);
    struct bare first = bare_type(c->first, a->type.type),
                second = bare_type(c->second, b->type.type);
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
        return type_compare_enums(c, a, b);
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
    if (type_is_integer(a->type.kind) && type_is_integer(b->type.kind))
        return type_agree_integers(&a->type, &b->type) ? true : type_part_integers(c, a, b);
    if (a->type.kind != b->type.kind)
        return part_types(c, a->id, b->id);
    switch (a->type.kind) {
    case BTF_PTR:
        return compare_pointers(c, a, b);
    case BTF_ARRAY:
        return compare_arrays(c, a, b, is_pointed_to);
    case BTF_FLOAT:
        return type_agree_floats(&a->type, &b->type) ? true : part_types(c, a->id, b->id);
    case BTF_VOID:
        return true;
    default:
        return fail_compare(c, "one of them is no type");
    }
}

static bool compare(struct comparison *c, uint32_t first, uint32_t second, struct step step)
{
    struct bare a = bare_type(c->first, first), b = bare_type(c->second, second);
    if (!compare_enter(c, step) || !compare_work(c, a.links + b.links) ||
        !compare_bare(c, &a, &b, false))
        return false;
    compare_leave(c);
    return true;
}

/* Compares all that waits, and says how it ended. */
static bool finish(struct comparison *c, bool *agree)
{
    for (size_t i = 0; c->verdict == AGREE && i < c->queue_count; i++) {
        struct bare a = bare_type(c->first, c->queue[i].first);
        struct bare b = bare_type(c->second, c->queue[i].second);
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
    struct bare pointer = bare_type(asked.btf, asked.id);
    uint32_t recorded = btf_type(symbol.btf, symbol.id).type;
    struct bare own = bare_type(symbol.btf, recorded);
    if (!compare_enter(&c, (struct step){.kind = STEP_NONE}))
        return finish(&c, agree);
    if (pointer.type.kind != BTF_PTR) {
        part_types(&c, asked.id, recorded);
        return finish(&c, agree);
    }
    struct bare target = bare_type(asked.btf, pointer.type.type);
    unsigned links = 0, allowed = bare_qualifiers(asked.btf, pointer.type.type, &links);
    if (bare_qualifiers(symbol.btf, recorded, &links) & ~allowed)
        part_types(&c, pointer.type.type, recorded);
    else
        compare_bare(&c, &target, &own, true);
    return finish(&c, agree);
}

/* A function on one side, and a variable on the other. */
static bool part_symbols(struct comparison *c, uint32_t first, uint32_t second)
{
    struct btf_type a = btf_type(c->first, first), b = btf_type(c->second, second);
    print_shown(&c->parting->first, c->first, a.type, a.name);
    print_shown(&c->parting->second, c->second, b.type, b.name);
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
    if (a.kind == b.kind &&
        same_types(&memory->same, definition.btf, declaration.btf, a.type, b.type)) {
        *agree = true;
        return true;
    }
    if (!compare_enter(&c, (struct step){.kind = STEP_NONE}))
        return finish(&c, agree);
    struct bare own = bare_type(definition.btf, a.type), used = bare_type(declaration.btf, b.type);
    unsigned links = own.links + used.links;
    unsigned allowed = bare_qualifiers(declaration.btf, b.type, &links);
    unsigned qualifiers = bare_qualifiers(definition.btf, a.type, &links);
    if (!compare_work(&c, links))
        return finish(&c, agree);
    if (a.kind != b.kind)
        part_symbols(&c, definition.id, declaration.id);
    else if (qualifiers & ~allowed)
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
