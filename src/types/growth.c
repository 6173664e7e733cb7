/* SPDX-License-Identifier: MIT */
/* Structs of which one side knows more members: the rules are in docs/compatibility.md, "Growth".
 */
#include "types/growth_p.h"

#include "types/btf_tags.h"
#include "types/causes_p.h"
#include "types/difference_p.h"
#include "types/layout.h"

#include <inttypes.h>

/* ---- promises ---- */

/* What a module promises of a struct or enum. */
struct promise {
    enum promise_kind {
        PROMISE_NONE,
        PROMISE_GROWS,
        PROMISE_SIZED,
        PROMISE_VERSIONED,
        PROMISE_UNTIL
    } kind;
    const char *name; /* of the member or enumerator; "": none */
};

static struct promise promise_of(const struct btf *btf, uint32_t id)
{
    static const struct {
        const char *start;
        enum promise_kind kind;
    } named[] = {{BTF_GROWS_SIZED, PROMISE_SIZED},
                 {BTF_GROWS_VERSIONED, PROMISE_VERSIONED},
                 {BTF_GROWS_UNTIL, PROMISE_UNTIL}};
    struct promise promise = {.name = ""};
    if (btf_is_tagged(btf, id, BTF_GROWS, ""))
        promise.kind = PROMISE_GROWS;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        const char *name = btf_tagged(btf, id, -1, named[i].start);
        if (name)
            promise = (struct promise){named[i].kind, name};
    }
    return promise;
}

/* Do both sides promise the same? The second one, whose plugin a promise would absolve, counts as
 * one that does if the first one says so. */
static bool promises_agree(const struct comparison *c, const struct btf_unqualified *first,
                           const struct btf_unqualified *second, struct promise *promise)
{
    struct promise other = promise_of(c->second, second->id);
    *promise = promise_of(c->first, first->id);
    if (other.kind == PROMISE_NONE && btf_is_tagged(c->first, first->id, BTF_GROWS_UNMARKED, ""))
        other = *promise;
    return promise->kind != PROMISE_NONE && promise->kind == other.kind &&
           !strcmp(promise->name, other.name);
}

bool growth_is_of_enums(const struct comparison *c, const struct btf_unqualified *first,
                        const struct btf_unqualified *second, const char **sentinel)
{
    struct promise promise;
    bool agree = c->rules == TYPE_RULES && promises_agree(c, first, second, &promise);
    *sentinel = agree ? promise.name : "";
    return agree && (promise.kind == PROMISE_GROWS || promise.kind == PROMISE_UNTIL);
}

/* ---- what cannot grow ---- */

/* Structs end with structs, which end with ...: real ones are few. */
enum { ENDS_MAX = 16 };

const char *growth_obstacle(const struct btf *btf, uint32_t id)
{
    struct btf_unqualified type = btf_unqualified(btf, id);
    if (type.type.kind != BTF_STRUCT)
        return type.type.kind == BTF_UNION ? "it is a union" : "its members are unknown";
    if (!type.type.length)
        return "it has no members";
    if (!strcmp(btf_member(btf, &type.type, 0).name, BTF_VIRTUAL_POINTER))
        return "it has virtual functions";
    struct btf_unqualified end = type;
    for (int i = 0; end.type.kind == BTF_STRUCT && end.type.length; i++) {
        if (i == ENDS_MAX)
            return "its last members are nested too deeply";
        struct btf_member last = btf_member(btf, &end.type, end.type.length - 1U);
        if (last.bit_size)
            return i ? "it ends with a bit-field" : "its last member is a bit-field";
        end = btf_unqualified(btf, last.type);
        if (end.type.kind == BTF_UNION)
            return i ? "it ends with a union" : "its last member is a union";
    }
    if (end.type.kind == BTF_ARRAY && btf_array_count(&end.type) <= 1)
        return "it ends with an array of unknown length, or of 0 or 1 elements, behind which more "
               "may follow";
    return NULL;
}

/* ---- differences ---- */

/* Two structs, the first of which may be longer than its alias instead. */
struct grown {
    const struct btf_unqualified *first, *second;
    bool is_alias;
};

/* Ends the comparison: these words, which are escaped, say why the promise does not cover it. */
static bool differ_in_growth(struct comparison *c, struct grown grown, const struct text *words)
{
    struct text *cause = &c->difference->cause;
    text_add(cause,
             grown.is_alias ? " starts with it, and %s: the alias does not help there"
                            : " grew, and %s: growth does not help there",
             text_chars(words));
    cause->failed |= words->failed;
    const struct btf_type *first = &grown.first->type, *second = &grown.second->type;
    bool is_first_longer = first->length > second->length;
    if (grown.is_alias)
        return differ_in_types(c, grown.first->id, grown.second->id);
    struct btf_member added = is_first_longer ? btf_member(c->first, first, second->length)
                                              : btf_member(c->second, second, first->length);
    return differ_in_lacking(c, is_first_longer, &added, (is_first_longer ? second : first)->size);
}

/* Is it behind a pointer? Else ends the comparison. */
static bool check_pointer(struct comparison *c, struct grown grown, bool is_pointed_to)
{
    TEXT_AUTO words = {0};
    text_add(&words, "it is not behind a pointer here");
    return is_pointed_to || differ_in_growth(c, grown, &words);
}

/* Is the object of a package whose code this module brings, but nobody calls? */
static bool is_unused_object(const struct comparison *c, const char *where)
{
    const struct type_difference *difference = c->difference;
    size_t start = strlen(BTF_OF_PACKAGE);
    const char *end = strstr(where, BTF_OF_PACKAGE_END);
    TEXT_AUTO package = {0};
    if (!difference->is_unused || !end || strncmp(where, BTF_OF_PACKAGE, start) != 0)
        return false;
    text_add_bytes(&package, where + start, (size_t)(end - where) - start);
    return !package.failed && difference->is_unused(difference->context, text_chars(&package));
}

/* Returns where this side has such an object; NULL: nowhere that matters. */
static const char *find_object(const struct comparison *c, const struct btf *btf, uint32_t id,
                               const char *start)
{
    const char *where = btf_tagged_next(btf, id, start, NULL);
    while (where && btf == c->second && is_unused_object(c, where))
        where = btf_tagged_next(btf, id, start, where);
    return where;
}

static const char *module_of_side(const struct comparison *c, bool is_first)
{
    const char *name = is_first ? c->difference->first_module : c->difference->second_module;
    return name ? name : difference_side(c, is_first);
}

/* Has this side no array of the struct and, unless it may, no other object? Else ends the
 * comparison. */
static bool check_objects(struct comparison *c, struct grown grown, bool is_first,
                          bool may_have_others)
{
    const struct btf *btf = is_first ? c->first : c->second;
    uint32_t id = is_first ? grown.first->id : grown.second->id;
    const char *where = find_object(c, btf, id, BTF_ELEMENTS);
    TEXT_AUTO words = {0};
    if (!where && !may_have_others)
        where = find_object(c, btf, id, BTF_OBJECT);
    if (!where && btf->records_objects)
        return true;
    text_add_between(&words, "", module_of_side(c, is_first),
                     where ? " has " : " does not record whether it has ");
    text_add(&words, "%s of it", may_have_others ? "an array" : "a copy");
    if (where)
        text_add_between(&words, " (", where, ")");
    return differ_in_growth(c, grown, &words);
}

/* ---- growth ---- */

/* The struct that has more members, and the other one. */
struct lengths {
    const struct btf *longer_btf;
    const struct btf_unqualified *longer, *shorter;
    bool is_first_longer;
};

/* Has the longer one the members of the shorter one, in the same places? */
static bool is_prefix(struct comparison *c, const struct btf_unqualified *first,
                      const struct btf_unqualified *second, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        struct btf_member a = btf_member(c->first, &first->type, i);
        struct btf_member b = btf_member(c->second, &second->type, i);
        if (!comparison_spend(c, comparison_name_work(a.name)) ||
            !comparison_agree_names(a.name, b.name) || a.bit_offset != b.bit_offset ||
            a.bit_size != b.bit_size)
            return false;
    }
    return true;
}

/* Sets *alignment to that of a struct, in bytes. */
static bool spend_alignment(struct comparison *c, const struct btf *btf, uint32_t id,
                            uint32_t *alignment)
{
    struct layout layout = {.btf = btf, .work = c->work};
    bool is_packed;
    *alignment = layout_struct_alignment(&layout, id, &is_packed);
    c->work = layout.work;
    return !layout.failed || comparison_fail(c, "structs are nested too deeply");
}

/* Does the layout let one side read the other's objects? Else ends the comparison. */
static bool check_layout(struct comparison *c, struct grown grown, const struct lengths *lengths)
{
    uint32_t own, other, known = lengths->shorter->type.size;
    const char *obstacle = growth_obstacle(c->first, grown.first->id);
    TEXT_AUTO words = {0};
    if (!obstacle)
        obstacle = growth_obstacle(c->second, grown.second->id);
    if (!spend_alignment(c, c->first, grown.first->id, &own) ||
        !spend_alignment(c, c->second, grown.second->id, &other))
        return false;
    struct btf_member added =
        btf_member(lengths->longer_btf, &lengths->longer->type, lengths->shorter->type.length);
    if (obstacle) {
        text_add(&words, "%s", obstacle);
    } else if (own != other) {
        text_add(&words, "its alignment is %" PRIu32 " bytes on one side, %" PRIu32 " on the other",
                 own, other);
    } else if (added.bit_offset / 8 < known) {
        text_add_between(&words, "its new member ", added.name, "");
        text_add(&words, " is within the %" PRIu32 " bytes", known);
        text_add_between(&words, " that ", difference_side(c, !lengths->is_first_longer), " knows");
    } else {
        return true;
    }
    return differ_in_growth(c, grown, &words);
}

/* Has the shorter struct the member that tells how long an object is? The promise may be the host's
 * alone. Else ends the comparison. */
static bool check_length_member(struct comparison *c, struct grown grown,
                                const struct promise *promise, const struct lengths *lengths)
{
    TEXT_AUTO words = {0};
    for (uint32_t i = 0; i < lengths->shorter->type.length; i++) {
        struct btf_member member = btf_member(lengths->longer_btf, &lengths->longer->type, i);
        if (!comparison_spend(c, comparison_name_work(promise->name)))
            return false;
        if (!strcmp(member.name, promise->name))
            return true;
    }
    text_add_between(&words, "", difference_side(c, !lengths->is_first_longer), " has no member ");
    text_add_between(&words, "", promise->name, ", which tells how long an object is");
    return differ_in_growth(c, grown, &words);
}

/* Do the objects that the sides make keep this promise? Else ends the comparison. */
static bool check_promise(struct comparison *c, struct grown grown, const struct promise *promise,
                          const struct lengths *lengths)
{
    if (promise->kind != PROMISE_GROWS)
        return check_length_member(c, grown, promise, lengths) &&
               check_objects(c, grown, true, true) && check_objects(c, grown, false, true);
    if (!lengths->is_first_longer)
        return causes_differ_in_needs(c, grown.first, grown.second);
    return check_objects(c, grown, true, true) && check_objects(c, grown, false, false);
}

/* Says what has grown: "struct api: the host is 2 members longer". */
static void tell_growth(struct comparison *c, const struct lengths *lengths)
{
    struct text *growth = &c->difference->growth;
    uint32_t more = lengths->longer->type.length - lengths->shorter->type.length;
    if (!c->difference->tells_growth)
        return;
    difference_add_type(c, growth);
    text_add_between(growth, ": ", difference_side(c, lengths->is_first_longer), " is ");
    text_add(growth, "%" PRIu32 " member%s longer\n", more, more == 1 ? "" : "s");
}

bool growth_cut(struct comparison *c, struct btf_unqualified *first, struct btf_unqualified *second,
                bool is_pointed_to)
{
    struct promise promise;
    struct grown grown = {first, second, false};
    uint32_t a = first->type.length, b = second->type.length;
    if (c->rules != TYPE_RULES || a == b || btf_is_union(&first->type) ||
        !promises_agree(c, first, second, &promise) || !is_prefix(c, first, second, a < b ? a : b))
        return c->verdict == COMPARISON_AGREE;
    bool is_first_longer = a > b;
    struct lengths lengths = {.longer_btf = is_first_longer ? c->first : c->second,
                              .longer = is_first_longer ? first : second,
                              .shorter = is_first_longer ? second : first,
                              .is_first_longer = is_first_longer};
    if (!check_layout(c, grown, &lengths) || !check_pointer(c, grown, is_pointed_to) ||
        !check_promise(c, grown, &promise, &lengths))
        return false;
    tell_growth(c, &lengths);
    struct btf_type cut = lengths.shorter->type;
    first->type.length = second->type.length = cut.length;
    first->type.size = second->type.size = cut.size;
    return true;
}

bool growth_start_within(struct comparison *c, struct btf_unqualified *first,
                         const struct btf_unqualified *second, bool is_pointed_to)
{
    struct grown grown = {first, second, true};
    if (first->type.kind != BTF_STRUCT || !first->type.length)
        return true;
    struct btf_member start = btf_member(c->first, &first->type, 0);
    struct btf_unqualified inner = btf_unqualified(c->first, start.type);
    if (start.bit_offset || inner.type.kind != BTF_STRUCT || inner.is_atomic ||
        strcmp(inner.type.name, second->type.name) != 0)
        return true;
    if (inner.type.size != first->type.size &&
        (!check_pointer(c, grown, is_pointed_to) || !check_objects(c, grown, true, true) ||
         !check_objects(c, grown, false, false)))
        return false;
    *first = inner;
    return true;
}

void growth_add_hint(struct comparison *c, const struct btf_unqualified *first,
                     const struct btf_unqualified *second)
{
    struct promise own = promise_of(c->first, first->id);
    struct promise other = promise_of(c->second, second->id);
    uint32_t a = first->type.length, b = second->type.length;
    bool is_same = own.kind == other.kind && !strcmp(own.name, other.name);
    if (c->rules != TYPE_RULES || c->verdict != COMPARISON_DIFFER || a == b || is_same ||
        !is_prefix(c, first, second, a < b ? a : b))
        return;
    struct text *cause = &c->difference->cause;
    if (own.kind != PROMISE_NONE && other.kind != PROMISE_NONE)
        text_add(cause, "; they promise different ways of growing");
    else
        text_add_between(cause, "; only ", difference_side(c, own.kind != PROMISE_NONE),
                         " promises that it grows");
}
