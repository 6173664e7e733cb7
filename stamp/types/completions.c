/* SPDX-License-Identifier: MIT */
/* Which struct an incomplete one is that another file of the module defines. */
#include "types/completions_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"
#include "src/base/budget.h"

#include <dwarf.h>
#include <string.h>

/* Functions do not nest deeper in the types of parameters; more pairs of types are hostile. */
enum { DEPTH_MAX = 16, PAIRS_MAX = 1 << 22 };

#define NONE SIZE_MAX

/* ---- the records of the module ---- */

static size_t completions_find(const struct completions *completions, const Dwarf_Die *die)
{
    const struct stamp_record *records = completions->stamp->linked.records;
    struct table_probe probe = {.hash = die_hash(die)};
    for (uint32_t item; table_next(&completions->by_die, &probe, &item);)
        if (records[item].die.addr == die->addr)
            return item;
    return NONE;
}

static int record_by_scope(const void *a, const void *b)
{
    const struct stamp_record *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->scope < y->scope ? -1 : x->scope > y->scope;
}

/* Returns the last of those that are the same. */
static size_t record_last(struct stamp_record *records, size_t number)
{
    while (records[number].same != number) {
        records[number].same = records[records[number].same].same;
        number = records[number].same;
    }
    return number;
}

static void completions_join(const struct completions *completions, const Dwarf_Die *a,
                             const Dwarf_Die *b)
{
    struct stamp_record *records = completions->stamp->linked.records;
    size_t first = completions_find(completions, a), second = completions_find(completions, b);
    if (first != NONE && second != NONE)
        records[record_last(records, first)].same = record_last(records, second);
}

static bool is_record(int tag)
{
    return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/* Is it a group of records of one name, some complete and some not? Only those matter. */
static bool is_mixed(const struct stamp_record *records, size_t first, size_t end)
{
    bool has[2] = {false, false};
    for (size_t i = first; i < end; i++)
        has[records[i].is_complete] = true;
    return has[0] && has[1];
}

static size_t group_end(const struct stamp_linked *linked, size_t first)
{
    size_t end = first + 1;
    while (end < linked->record_count &&
           !strcmp(linked->records[end].name, linked->records[first].name))
        end++;
    return end;
}

/* Keeps the records of mixed groups. */
static void linked_keep_mixed(struct stamp_linked *linked)
{
    size_t kept = 0;
    for (size_t first = 0, end; first < linked->record_count; first = end) {
        end = group_end(linked, first);
        if (is_mixed(linked->records, first, end))
            for (size_t i = first; i < end; i++)
                linked->records[kept++] = linked->records[i];
    }
    linked->record_count = kept;
}

/* ---- what files share ---- */

/* A walk through two types that are known to be the same. */
struct pair_walk {
    const struct completions *completions;
    struct budget pairs;
    unsigned depth;
};

static void walk_types(struct pair_walk *walk, Dwarf_Die a, Dwarf_Die b);

static void walk_referred(struct pair_walk *walk, Dwarf_Die *a, Dwarf_Die *b)
{
    Dwarf_Die first, second;
    if (die_follow(a, DW_AT_type, &first) && die_follow(b, DW_AT_type, &second))
        walk_types(walk, first, second);
}

static bool next_parameter(Dwarf_Die *die, bool *is_first, Dwarf_Die *parent)
{
    int next = *is_first ? dwarf_child(parent, die) : dwarf_siblingof(die, die);
    *is_first = false;
    while (next == 0 && dwarf_tag(die) != DW_TAG_formal_parameter)
        next = dwarf_siblingof(die, die);
    return next == 0;
}

static void walk_functions(struct pair_walk *walk, Dwarf_Die *a, Dwarf_Die *b)
{
    Dwarf_Die first, second;
    bool is_first = true, is_second = true;
    walk_referred(walk, a, b);
    while (next_parameter(&first, &is_first, a) && next_parameter(&second, &is_second, b))
        walk_referred(walk, &first, &second);
}

static void walk_types(struct pair_walk *walk, Dwarf_Die a, Dwarf_Die b)
{
    if (walk->depth >= DEPTH_MAX || !budget_spend(&walk->pairs, 1) ||
        dwarf_peel_type(&a, &a) != 0 || dwarf_peel_type(&b, &b) != 0)
        return;
    walk->depth++;
    int tag = dwarf_tag(&a);
    if (is_record(tag) && is_record(dwarf_tag(&b)))
        completions_join(walk->completions, &a, &b);
    else if (tag == dwarf_tag(&b) && tag == DW_TAG_subroutine_type)
        walk_functions(walk, &a, &b);
    else if (tag == dwarf_tag(&b))
        walk_referred(walk, &a, &b);
    walk->depth--;
}

/* Walks through the declarations of each name, each with a definition. */
static void completions_walk_externals(const struct completions *completions)
{
    struct pair_walk walk = {.completions = completions, .pairs = {PAIRS_MAX}};
    struct stamp_linked *linked = &completions->stamp->linked;
    stamp_sort(linked->externals, linked->external_count, sizeof *linked->externals, stamp_by_name);
    for (size_t first = 0, end; first < linked->external_count; first = end) {
        struct stamp_external *externals = linked->externals, *definition = NULL;
        for (end = first;
             end < linked->external_count && !strcmp(externals[end].name, externals[first].name);
             end++)
            if (externals[end].is_defined)
                definition = &externals[end];
        for (size_t i = first; definition && i < end; i++)
            if (&externals[i] != definition &&
                dwarf_tag(&externals[i].die) == dwarf_tag(&definition->die))
                walk_functions(&walk, &externals[i].die, &definition->die);
    }
}

/* Joins the classes of one name and namespace of all files in C++. */
static void completions_join_classes(const struct completions *completions)
{
    const struct stamp_linked *linked = &completions->stamp->linked;
    for (size_t i = 1; i < linked->record_count; i++) {
        struct stamp_record *a = &linked->records[i - 1], *b = &linked->records[i];
        if (!record_by_scope(a, b) && language_is_cxx(&a->die) && language_is_cxx(&b->die))
            completions_join(completions, &a->die, &b->die);
    }
}

/* ---- definitions ---- */

static bool next_member(Dwarf_Die *die, bool *is_first, Dwarf_Die *parent)
{
    int next = *is_first ? dwarf_child(parent, die) : dwarf_siblingof(die, die);
    *is_first = false;
    while (next == 0 && dwarf_tag(die) != DW_TAG_member && dwarf_tag(die) != DW_TAG_inheritance)
        next = dwarf_siblingof(die, die);
    return next == 0;
}

static bool same_number(Dwarf_Die *a, Dwarf_Die *b, unsigned name)
{
    uint64_t first = 0, second = 0;
    bool has_first = die_unsigned(a, name, &first), has_second = die_unsigned(b, name, &second);
    return has_first == has_second && first == second;
}

/* Have two structs of one tag the same size, and members of the same names at the same places? */
static bool are_alike(Dwarf_Die *a, Dwarf_Die *b)
{
    Dwarf_Die first, second;
    bool is_first = true, is_second = true;
    if (a->addr == b->addr)
        return true;
    if (!same_number(a, b, DW_AT_byte_size))
        return false;
    for (;;) {
        bool has_first = next_member(&first, &is_first, a);
        bool has_second = next_member(&second, &is_second, b);
        if (!has_first || !has_second)
            return has_first == has_second;
        const char *x = dwarf_diename(&first), *y = dwarf_diename(&second);
        if (strcmp(x ? x : "", y ? y : "") != 0 ||
            !same_number(&first, &second, DW_AT_data_member_location) ||
            !same_number(&first, &second, DW_AT_data_bit_offset))
            return false;
    }
}

/* Finds the one definition of the records that are the same. */
static void completions_choose(const struct completions *completions)
{
    struct stamp_linked *linked = &completions->stamp->linked;
    struct stamp_record *records = linked->records;
    size_t *definitions = completions->definitions;
    for (size_t i = 0; i < linked->record_count; i++)
        definitions[i] = NONE;
    for (size_t i = 0; i < linked->record_count; i++) {
        size_t last = record_last(records, i);
        if (records[i].is_complete && definitions[last] == NONE)
            definitions[last] = i;
    }
    for (size_t i = 0; i < linked->record_count; i++) {
        size_t last = record_last(records, i), definition = definitions[last];
        if (records[i].is_complete && definition < linked->record_count &&
            !are_alike(&records[i].die, &records[definition].die))
            definitions[last] = NONE - 1; /* there are several */
    }
}

static bool is_completed(const struct completions *completions, size_t number)
{
    const struct stamp_linked *linked = &completions->stamp->linked;
    return completions->definitions[record_last(linked->records, number)] < linked->record_count;
}

/* Lists the tags of C's structs that stay incomplete. */
static void completions_list_open(struct completions *completions)
{
    struct stamp_linked *linked = &completions->stamp->linked;
    for (size_t first = 0, end; first < linked->record_count; first = end) {
        end = group_end(linked, first);
        for (size_t i = first; i < end; i++) {
            struct stamp_record *record = &linked->records[i];
            if (record->is_complete || is_completed(completions, i) || !language_is_c(&record->die))
                continue;
            completions->open[completions->open_count++] = record->name;
            break;
        }
    }
}

bool completions_init(struct completions *completions, struct stamp *stamp, struct error *error)
{
    struct stamp_linked *linked = &stamp->linked;
    *completions = (struct completions){.stamp = stamp};
    stamp_sort(linked->records, linked->record_count, sizeof *linked->records, record_by_scope);
    linked_keep_mixed(linked);
    size_t count = linked->record_count;
    completions->definitions = arena_alloc(&stamp->arena, count * sizeof(size_t));
    completions->open = arena_alloc(&stamp->arena, count * sizeof *completions->open);
    if (!completions->definitions || !completions->open ||
        !table_reserve(&completions->by_die, &stamp->arena, count))
        return error_set_no_memory(error);
    if (!count)
        return true;
    for (size_t i = 0; i < count; i++) {
        linked->records[i].same = i;
        table_add(&completions->by_die, die_hash(&linked->records[i].die), (uint32_t)i);
    }
    completions_walk_externals(completions);
    completions_join_classes(completions);
    completions_choose(completions);
    completions_list_open(completions);
    return true;
}

void completions_complete(const struct completions *completions, Dwarf_Die *die)
{
    if (!is_record(dwarf_tag(die)) || !die_is_declaration(die))
        return;
    size_t number = completions_find(completions, die);
    if (number == NONE || !is_completed(completions, number))
        return;
    struct stamp_record *records = completions->stamp->linked.records;
    *die = records[completions->definitions[record_last(records, number)]].die;
}
