/* SPDX-License-Identifier: MIT */
/* Which DIE describes which exported symbol: by name and address. */
#include "dwarf/match_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"
#include "src/base/array.h"
#include "src/base/search.h"

#include <assert.h>
#include <dwarf.h>
#include <stdlib.h>

static int symbol_by_address(const void *a, const void *b, void *context)
{
    const struct stamp_symbol *symbols = context;
    uint64_t x = symbols[*(const size_t *)a].address, y = symbols[*(const size_t *)b].address;
    return x < y ? -1 : x > y;
}

bool matcher_init(struct matcher *matcher, struct stamp *stamp, struct error *error)
{
    size_t count = stamp->symbol_count;
    *matcher = (struct matcher){stamp, arena_alloc(&stamp->arena, count * sizeof(size_t))};
    if (!matcher->order)
        return error_set_no_memory(error);
    for (size_t i = 0; i < count; i++)
        matcher->order[i] = i;
    if (count)
        qsort_r(matcher->order, count, sizeof *matcher->order, symbol_by_address, stamp->symbols);
    return true;
}

struct address_search {
    const struct matcher *matcher;
    uint64_t address;
};

static bool symbol_is_before(const void *context, size_t item)
{
    const struct address_search *search = context;
    const struct matcher *matcher = search->matcher;
    assert(matcher->order[item] < matcher->stamp->symbol_count);
    return matcher->stamp->symbols[matcher->order[item]].address < search->address;
}

size_t matcher_first_at(const struct matcher *matcher, uint64_t address)
{
    struct address_search search = {matcher, address};
    return search_first(matcher->stamp->symbol_count, symbol_is_before, &search);
}

static bool is_of_kind(const struct stamp_symbol *symbol, Dwarf_Die *die)
{
    return format_is_function(symbol->kind) == (dwarf_tag(die) == DW_TAG_subprogram);
}

static void symbol_match(struct stamp_symbol *symbol, Dwarf_Die *die, int match)
{
    /* At the address of an indirect function is its resolver; no compiler describes the function
     * itself. */
    if (symbol->kind == FORMAT_INDIRECT && match != MATCH_ADDRESS && match != MATCH_BOTH)
        return;
    if (match > symbol->match && is_of_kind(symbol, die)) {
        symbol->match = match;
        symbol->die = *die;
    }
}

bool matcher_match(const struct matcher *matcher, Dwarf_Die *die, struct error *error)
{
    struct stamp *stamp = matcher->stamp;
    uint64_t address = 0;
    /* For code that it dropped, a linker leaves an impossible address: 0, 1, -1 or -2. */
    bool has_address = die_address(die, &address) && address > 1 && address < UINT64_MAX - 1;
    const char *name = die_linkage_name(die);
    struct stamp_symbol *named = name ? stamp_find_symbol(stamp, name) : NULL;
    if (named && has_address && named->address == address)
        symbol_match(named, die, MATCH_BOTH);
    else if (named && die_has_flag(die, DW_AT_external))
        symbol_match(named, die, has_address ? MATCH_NAMESAKE : MATCH_NAME);
    if (named && named->is_vague && is_of_kind(named, die)) {
        struct stamp_copy *copy =
            array_add(&stamp->arena, stamp->copies, stamp->copy_count, stamp->copy_capacity);
        if (!copy)
            return error_set_no_memory(error);
        *copy = (struct stamp_copy){(size_t)(named - stamp->symbols), *die};
    }
    /* rustc merges functions of equal code and describes one of them: Rust has no aliases. */
    if (!has_address || (language_is_rust(die) && dwarf_tag(die) == DW_TAG_subprogram))
        return true;
    for (size_t i = matcher_first_at(matcher, address); i < stamp->symbol_count; i++) {
        struct stamp_symbol *symbol = &stamp->symbols[matcher->order[i]];
        if (symbol->address != address)
            break;
        /* The value of a thread-local variable is an offset. */
        if (symbol != named && symbol->kind != FORMAT_THREAD_LOCAL && !symbol->is_dotted)
            symbol_match(symbol, die, MATCH_ADDRESS);
    }
    return true;
}
