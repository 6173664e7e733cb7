/* SPDX-License-Identifier: MIT */
/* The cause of a difference. */
#include "types/causes_p.h"

#include "types/layout.h"
#include "types/print.h"

#include <inttypes.h>

/* A sentence names PARTS_SHOWN parts. The search for a cause is given up after VISITS_MAX members
 * or links, or NESTING_MAX structs: real types stay below. */
enum { PARTS_SHOWN = 4, VISITS_MAX = 1 << 17, NESTING_MAX = 64, NAME_SHOWN_MAX = 1 << 10 };

/* One of the two types. Its parts are members or enumerators. */
struct side {
    const struct btf *btf;
    struct btf_unqualified type;
};

struct search {
    struct side first, second;
    struct budget visits;
};

/* Parts of one side that the other one lacks. */
struct lacking {
    uint32_t count;
    uint32_t numbers[PARTS_SHOWN]; /* of the first ones, from 0 */
};

/* A part of the first side, and that of the same name. */
struct part_pair {
    uint32_t first, second;
};

static struct search search_start(const struct comparison *c, const struct btf_unqualified *first,
                                  const struct btf_unqualified *second)
{
    return (struct search){{c->first, *first}, {c->second, *second}, {VISITS_MAX}};
}

static bool search_is_given_up(const struct search *search)
{
    return !search->visits.left;
}

static const char *part_name(const struct side *side, uint32_t number)
{
    const char *name;
    if (btf_has_members(side->type.type.kind))
        return btf_member(side->btf, &side->type.type, number).name;
    btf_enumerator(side->btf, &side->type.type, number, &name);
    return name;
}

/* Finds the part of this name, at best number `near`; of those without a name, the next one. */
static bool search_find(struct search *search, const struct side *in, const char *name,
                        uint32_t near, uint32_t *number)
{
    uint32_t length = in->type.type.length;
    uint64_t work = comparison_name_work(name);
    uint32_t end = *name ? length : length - (near < length ? near : length);
    for (uint32_t i = 0; i < end && budget_spend(&search->visits, work); i++) {
        uint32_t at = (near + i) % length;
        if (comparison_agree_names(name, part_name(in, at))) {
            *number = at;
            return true;
        }
    }
    return false;
}

/* Collects the parts of one side that the other one lacks. */
static struct lacking search_lacking(struct search *search, const struct side *from,
                                     const struct side *in)
{
    struct lacking lacking = {0};
    uint32_t near = 0;
    for (uint32_t i = 0; i < from->type.type.length && !search_is_given_up(search); i++) {
        if (search_find(search, in, part_name(from, i), near, &near)) {
            near++;
            continue;
        }
        if (lacking.count < PARTS_SHOWN)
            lacking.numbers[lacking.count] = i;
        lacking.count++;
    }
    return lacking;
}

/* ---- sentences ---- */

static void add_part(struct text *text, const struct side *side, uint32_t number)
{
    const char *name = part_name(side, number);
    if (strlen(name) > NAME_SHOWN_MAX)
        text_add(text, "number %" PRIu32, number + 1);
    else if (*name)
        text_add_escaped(text, name);
    else
        text_add(text, "number %" PRIu32 " (unnamed)", number + 1);
}

/* Adds what stands before item i of a list: ", ", or " and " before the last one. */
static void add_separator(struct text *text, uint32_t i, uint32_t count)
{
    if (i)
        text_add(text, "%s", i + 1 == count ? " and " : ", ");
}

/* Adds "members a, b and c", of the side that has them. */
static void add_parts(struct text *text, const struct lacking *lacking, const struct side *has)
{
    const char *noun = btf_has_members(has->type.type.kind) ? "member" : "enumerator";
    uint32_t shown = lacking->count < PARTS_SHOWN ? lacking->count : PARTS_SHOWN;
    text_add(text, "%s%s ", noun, lacking->count == 1 ? "" : "s");
    for (uint32_t i = 0; i < shown; i++) {
        add_separator(text, i, lacking->count);
        add_part(text, has, lacking->numbers[i]);
    }
    if (lacking->count > shown)
        text_add(text, " and %" PRIu32 " others", lacking->count - shown);
}

/* Adds "the plugin lacks members a, b and c". */
static void add_lacking(struct text *text, const struct lacking *lacking, const char *who,
                        const struct side *has)
{
    text_add_between(text, text->length ? ", " : ": ", who, " lacks ");
    add_parts(text, lacking, has);
}

static void add_count(struct text *text, uint32_t count, const char *noun, const char *behind,
                      const char *rest)
{
    if (count)
        text_add(text, "; %" PRIu32 " %s%s %s %s", count, noun, count == 1 ? "" : "s", behind,
                 rest);
}

static void add_moved(struct text *text, uint32_t count, bool is_behind_several)
{
    add_count(text, count, "member", is_behind_several ? "behind them" : "behind it", "moved");
}

/* ---- members ---- */

/* What two records of the same tag differ in. */
struct changes {
    struct lacking in_second, in_first; /* what that side lacks */
    uint32_t moved;                     /* members whose offsets differ, behind what is lacking */
    uint32_t displaced;                 /* members that are in another place among them all */
    struct part_pair places[2];         /* of the first displaced ones */
    bool has_odd;
    struct part_pair odd; /* the first pair with different sizes or offsets */
    uint32_t odd_moved;   /* members whose offsets differ, behind the odd one */
};

static struct btf_member member_of(const struct side *side, uint32_t number)
{
    return btf_member(side->btf, &side->type.type, number);
}

static struct step member_step(const struct btf_member *member, uint32_t number)
{
    return (struct step){.kind = STEP_MEMBER, .name = member->name, .number = number + 1};
}

/* Returns the size of a member in bits. */
static uint64_t search_member_bits(struct search *search, const struct side *side,
                                   const struct btf_member *member)
{
    struct layout layout = {.btf = side->btf, .work = search->visits};
    uint64_t bytes = layout_type_size(&layout, member->type);
    search->visits = layout.work;
    return member->bit_size ? member->bit_size : bytes * 8;
}

static bool is_behind(const struct lacking *lacking, uint32_t number)
{
    return lacking->count && number > lacking->numbers[0];
}

static void changes_add_pair(struct changes *changes, struct search *search, struct part_pair pair)
{
    struct btf_member a = member_of(&search->first, pair.first);
    struct btf_member b = member_of(&search->second, pair.second);
    bool is_moved = a.bit_offset != b.bit_offset;
    bool is_resized = search_member_bits(search, &search->first, &a) !=
                          search_member_bits(search, &search->second, &b) ||
                      !a.bit_size != !b.bit_size;
    changes->moved += is_moved && (is_behind(&changes->in_second, pair.first) ||
                                   is_behind(&changes->in_first, pair.second));
    /* The order of a union's members does not count (C11 6.2.7p1). */
    if (pair.first != pair.second && search->first.type.type.kind == BTF_STRUCT &&
        changes->displaced++ < 2)
        changes->places[changes->displaced - 1] = pair;
    changes->odd_moved += changes->has_odd && is_moved;
    if (!changes->has_odd && (is_moved || is_resized)) {
        changes->has_odd = true;
        changes->odd = pair;
    }
}

static struct changes search_changes(struct search *search)
{
    struct changes changes = {.in_second = search_lacking(search, &search->first, &search->second),
                              .in_first = search_lacking(search, &search->second, &search->first)};
    uint32_t near = 0;
    for (uint32_t i = 0; i < search->first.type.type.length && !search_is_given_up(search); i++)
        if (search_find(search, &search->second, part_name(&search->first, i), near, &near))
            changes_add_pair(&changes, search, (struct part_pair){i, near++});
    return changes;
}

/* Is one member in the place of another, and is that all? Then it was renamed. */
static bool is_renamed(const struct changes *changes, struct search *search)
{
    if (changes->in_first.count != 1 || changes->in_second.count != 1 || changes->moved ||
        changes->in_first.numbers[0] != changes->in_second.numbers[0])
        return false;
    struct btf_member a = member_of(&search->first, changes->in_second.numbers[0]);
    struct btf_member b = member_of(&search->second, changes->in_first.numbers[0]);
    return a.bit_offset == b.bit_offset && search_member_bits(search, &search->first, &a) ==
                                               search_member_bits(search, &search->second, &b);
}

/* Do the members differ in more than one that has another size or place? */
static bool changes_are_in_list(const struct changes *changes)
{
    return changes->in_first.count || changes->in_second.count || changes->displaced;
}

static bool differ_in_list(struct comparison *c, const struct search *search,
                           const struct changes *changes, uint32_t moved_around)
{
    struct text *cause = &c->difference->cause;
    bool has_first = changes->in_second.count;
    const struct side *own = has_first ? &search->first : &search->second;
    const struct side *other = has_first ? &search->second : &search->first;
    if (has_first)
        add_lacking(cause, &changes->in_second, difference_side(c, false), &search->first);
    if (changes->in_first.count)
        add_lacking(cause, &changes->in_first, difference_side(c, true), &search->second);
    add_moved(cause, changes->moved + moved_around,
              changes->in_second.count + changes->in_first.count > 1);
    struct btf_member member =
        member_of(own, has_first ? changes->in_second.numbers[0] : changes->in_first.numbers[0]);
    return differ_in_lacking(c, has_first, &member, other->type.type.size);
}

bool causes_differ_in_needs(struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second)
{
    struct type_difference *difference = c->difference;
    struct side has = {c->second, *second};
    struct lacking lacking = {.count = second->type.length - (uint32_t)first->type.length};
    const char *path = difference->first_path;
    for (uint32_t i = 0; i < PARTS_SHOWN; i++)
        lacking.numbers[i] = first->type.length + i;
    text_add(&difference->cause, ": needs ");
    add_parts(&difference->cause, &lacking, &has);
    text_add_between(&difference->cause, ", which ", path ? path : difference_side(c, true),
                     " does not have yet");
    struct btf_member member = member_of(&has, lacking.numbers[0]);
    return differ_in_lacking(c, false, &member, first->type.size);
}

static bool differ_in_order(struct comparison *c, const struct search *search,
                            const struct changes *changes)
{
    struct text *cause = &c->difference->cause;
    const struct part_pair *places = changes->places;
    struct btf_member a = member_of(&search->first, places[0].first);
    struct btf_member b = member_of(&search->second, places[0].first);
    if (changes->displaced == 2 && places[0].first == places[1].second &&
        places[0].second == places[1].first) {
        text_add(cause, ": members ");
        add_part(cause, &search->first, places[0].first);
        text_add(cause, " and ");
        add_part(cause, &search->first, places[1].first);
        text_add(cause, " changed places");
    } else {
        text_add(cause, ": the members are in another order");
    }
    return differ_in_members(c, &a, &b);
}

/* Returns what the member is, or the elements of the array that it is. */
static struct btf_unqualified member_target(const struct btf *btf, const struct btf_member *member)
{
    struct btf_unqualified type = btf_unqualified(btf, member->type);
    while (type.type.kind == BTF_ARRAY)
        type = btf_unqualified(btf, type.type.type);
    return type;
}

/* Enters the odd member and its type, if that is a record on both sides whose members or size
 * differ: then they explain more. */
static bool enter_odd(struct comparison *c, struct search *search, const struct changes *changes,
                      struct changes *inner)
{
    struct btf_member a = member_of(&search->first, changes->odd.first);
    struct btf_member b = member_of(&search->second, changes->odd.second);
    struct search deeper = *search;
    deeper.first.type = member_target(c->first, &a);
    deeper.second.type = member_target(c->second, &b);
    const struct btf_type *own = &deeper.first.type.type, *other = &deeper.second.type.type;
    if (a.bit_size || b.bit_size || !btf_has_members(own->kind) || own->kind != other->kind ||
        strcmp(own->name, other->name) != 0)
        return false;
    *inner = search_changes(&deeper);
    search->visits = deeper.visits;
    if (search_is_given_up(search) ||
        (!changes_are_in_list(inner) && !inner->has_odd && own->size == other->size))
        return false;
    const char *typedef_name = *deeper.first.type.typedef_name ? deeper.first.type.typedef_name
                                                               : deeper.second.type.typedef_name;
    if (!comparison_enter(c, member_step(&a, changes->odd.first)) ||
        !comparison_enter(c, (struct step){.kind = btf_is_union(own) ? STEP_UNION : STEP_STRUCT,
                                           .name = own->name,
                                           .typedef_name = typedef_name}))
        return false;
    *search = deeper;
    c->first_type = deeper.first.type.id;
    c->second_type = deeper.second.type.id;
    return true;
}

static bool differ_in_odd(struct comparison *c, const struct search *search,
                          const struct changes *changes, uint32_t moved_around)
{
    struct btf_member a = member_of(&search->first, changes->odd.first);
    struct btf_member b = member_of(&search->second, changes->odd.second);
    if (!comparison_enter(c, member_step(&a, changes->odd.first)))
        return false;
    add_moved(&c->difference->cause, changes->odd_moved + moved_around, false);
    return differ_in_members(c, &a, &b);
}

static bool differ_in_changes(struct comparison *c, struct search *search,
                              const struct changes *changes, uint32_t moved_around)
{
    if (is_renamed(changes, search)) {
        struct btf_member a = member_of(&search->first, changes->in_second.numbers[0]);
        struct btf_member b = member_of(&search->second, changes->in_first.numbers[0]);
        return comparison_enter(c, member_step(&a, changes->in_second.numbers[0])) &&
               differ_in_members(c, &a, &b);
    }
    if (changes->in_first.count || changes->in_second.count)
        return differ_in_list(c, search, changes, moved_around);
    if (changes->displaced)
        return differ_in_order(c, search, changes);
    if (changes->has_odd)
        return differ_in_odd(c, search, changes, moved_around);
    return differ_in_types(c, search->first.type.id, search->second.type.id);
}

bool causes_explain_members(struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second)
{
    struct search search = search_start(c, first, second);
    struct changes changes = search_changes(&search), inner;
    uint32_t moved_around = 0;
    bool is_ordered = first->type.length == second->type.length || !changes.displaced;
    bool is_lacking = changes.in_first.count || changes.in_second.count;
    if (search_is_given_up(&search) || !(is_ordered || is_lacking) ||
        !(changes_are_in_list(&changes) || changes.has_odd))
        return false;
    for (unsigned i = 0; i < NESTING_MAX && !changes_are_in_list(&changes) && changes.has_odd;
         i++) {
        if (!enter_odd(c, &search, &changes, &inner))
            break;
        moved_around += changes.odd_moved;
        changes = inner;
    }
    if (c->verdict == COMPARISON_AGREE)
        differ_in_changes(c, &search, &changes, moved_around);
    return true;
}

void causes_add_moved(struct comparison *c, const struct btf_unqualified *first,
                      const struct btf_unqualified *second, uint32_t number)
{
    struct search search = search_start(c, first, second);
    struct changes changes = search_changes(&search);
    if (changes.has_odd && changes.odd.first == number && !changes_are_in_list(&changes))
        add_moved(&c->difference->cause, changes.odd_moved, false);
}

/* ---- enumerators ---- */

static void write_enumerator(struct text *text, const struct side *side, uint32_t number)
{
    const struct btf_type *type = &side->type.type;
    const char *name;
    int64_t value = btf_enumerator(side->btf, type, number, &name);
    text_free(text);
    text_add_escaped(text, name);
    if (type->flag)
        text_add(text, " = %" PRId64, value);
    else
        text_add(text, " = %" PRIu64, (uint64_t)value);
}

/* The enumerators that both have, with different values. */
struct revalued {
    uint32_t count, behind; /* all; those behind one that a side lacks */
    struct part_pair first;
};

static struct revalued search_revalued(struct search *search, const struct lacking *in_second,
                                       const struct lacking *in_first)
{
    const struct side *a = &search->first, *b = &search->second;
    struct revalued revalued = {0};
    const char *name;
    uint32_t near = 0;
    for (uint32_t i = 0; i < a->type.type.length && !search_is_given_up(search); i++) {
        if (!search_find(search, b, part_name(a, i), near, &near))
            continue;
        uint32_t number = near++;
        if (btf_enumerator(a->btf, &a->type.type, i, &name) ==
            btf_enumerator(b->btf, &b->type.type, number, &name))
            continue;
        if (!revalued.count++)
            revalued.first = (struct part_pair){i, number};
        revalued.behind += is_behind(in_second, i) || is_behind(in_first, number);
    }
    return revalued;
}

static void add_revalued(struct text *text, const struct side *side,
                         const struct revalued *revalued)
{
    text_add(text, ": enumerator ");
    add_part(text, side, revalued->first.first);
    text_add(text, " changed, and %" PRIu32 " more", revalued->count - 1);
}

static void write_lacking_enumerator(struct text *has, struct text *lacks, const struct side *side,
                                     const struct lacking *lacking)
{
    write_enumerator(has, side, lacking->numbers[0]);
    text_free(lacks);
    text_add_between(lacks, "no ", part_name(side, lacking->numbers[0]), "");
}

bool causes_explain_enumerators(struct comparison *c, const struct btf_unqualified *first,
                                const struct btf_unqualified *second)
{
    struct search search = search_start(c, first, second);
    struct type_difference *difference = c->difference;
    struct text *cause = &difference->cause;
    struct lacking in_second = search_lacking(&search, &search.first, &search.second);
    struct lacking in_first = search_lacking(&search, &search.second, &search.first);
    struct revalued revalued = search_revalued(&search, &in_second, &in_first);
    uint32_t lacking = in_second.count + in_first.count;
    if (search_is_given_up(&search) || !(lacking || revalued.count))
        return false;
    if (in_second.count)
        add_lacking(cause, &in_second, difference_side(c, false), &search.first);
    if (in_first.count)
        add_lacking(cause, &in_first, difference_side(c, true), &search.second);
    if (lacking)
        add_count(cause, revalued.behind, "enumerator", lacking > 1 ? "behind them" : "behind it",
                  "changed");
    else if (revalued.count > 1)
        add_revalued(cause, &search.first, &revalued);
    if (in_second.count) {
        write_lacking_enumerator(&difference->first, &difference->second, &search.first,
                                 &in_second);
    } else if (in_first.count) {
        write_lacking_enumerator(&difference->second, &difference->first, &search.second,
                                 &in_first);
    } else {
        write_enumerator(&difference->first, &search.first, revalued.first.first);
        write_enumerator(&difference->second, &search.second, revalued.first.second);
    }
    differ_as_written(c);
    return true;
}

/* ---- parameters ---- */

/* A function without its ellipsis. */
struct function {
    const struct btf *btf;
    const struct btf_type *type;
    uint32_t count;
    bool is_variadic;
};

static struct function function_of(const struct btf *btf, const struct btf_unqualified *type)
{
    bool is_variadic = btf_is_variadic(btf, &type->type);
    return (struct function){btf, &type->type, type->type.length - (uint32_t)is_variadic,
                             is_variadic};
}

/* Do the two parameters have the same name, or else, are they of types that look alike? */
static bool are_same_parameters(const struct function *a, uint32_t i, const struct function *b,
                                uint32_t k, bool is_by_name)
{
    struct btf_parameter x = btf_parameter(a->btf, a->type, i);
    struct btf_parameter y = btf_parameter(b->btf, b->type, k);
    if (is_by_name)
        return *x.name && !strcmp(x.name, y.name);
    struct btf_unqualified own = btf_unqualified(a->btf, x.type);
    struct btf_unqualified other = btf_unqualified(b->btf, y.type);
    while (own.type.kind == BTF_PTR && other.type.kind == BTF_PTR) {
        own = btf_unqualified(a->btf, own.type.type);
        other = btf_unqualified(b->btf, other.type.type);
    }
    return own.type.kind == other.type.kind && own.type.size == other.type.size &&
           !strcmp(own.type.name, other.type.name);
}

/* Finds which parameters `less` lacks: those of `more` from number *start, from 0. False if others
 * differ as well. */
static bool find_lacking_parameters(const struct function *more, const struct function *less,
                                    bool is_by_name, uint32_t *start)
{
    uint32_t front = 0, back = 0;
    while (front < less->count && are_same_parameters(more, front, less, front, is_by_name))
        front++;
    while (back < less->count - front && are_same_parameters(more, more->count - 1 - back, less,
                                                             less->count - 1 - back, is_by_name))
        back++;
    *start = front;
    return front + back == less->count;
}

static void add_lacking_parameters(struct text *text, const struct function *more,
                                   const struct function *less, const char *who)
{
    uint32_t start, count = more->count - less->count;
    if (!find_lacking_parameters(more, less, true, &start) &&
        !find_lacking_parameters(more, less, false, &start)) {
        text_add(text, ": another number of parameters");
        return;
    }
    text_add_between(text, ": ", who, " lacks parameter");
    if (count > 1) {
        text_add(text, "s %" PRIu32 " %s %" PRIu32, start + 1, count > 2 ? "to" : "and",
                 start + count);
        return;
    }
    const char *name = btf_parameter(more->btf, more->type, start).name;
    text_add(text, " %" PRIu32, start + 1);
    if (*name && strlen(name) <= NAME_SHOWN_MAX)
        text_add_between(text, " (", name, ")");
}

static void write_function(struct text *text, const struct function *function, uint32_t id)
{
    text_free(text);
    print_shown(text, function->btf, id, NULL);
    text_add(text, "   /* %" PRIu32 " parameter%s%s */", function->count,
             function->count == 1 ? "" : "s", function->is_variadic ? " and ..." : "");
}

bool causes_differ_in_count(struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second)
{
    struct text *cause = &c->difference->cause;
    struct function a = function_of(c->first, first), b = function_of(c->second, second);
    if (a.count > b.count)
        add_lacking_parameters(cause, &a, &b, difference_side(c, false));
    else if (b.count > a.count)
        add_lacking_parameters(cause, &b, &a, difference_side(c, true));
    if (a.is_variadic != b.is_variadic)
        text_add_between(cause, cause->length ? ", " : ": ",
                         a.is_variadic ? difference_side(c, false) : difference_side(c, true),
                         " lacks the ellipsis");
    write_function(&c->difference->first, &a, first->id);
    write_function(&c->difference->second, &b, second->id);
    return differ_as_written(c);
}
