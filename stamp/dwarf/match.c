/* Which DIE describes which exported symbol: by name and address. */
#include "dwarf/match.h"

#include "dwarf/die.h"

#include <dwarf.h>
#include <stdlib.h>

/* How well a DIE's definition matches a symbol, from worst to best. Of the same name, but
 * elsewhere, is a namesake; of another name, but there, an alias, unless the linker folded equal
 * functions into one: then it left the DIEs of all but one without an address. */
enum symbol_match { MATCH_NONE, MATCH_NAMESAKE, MATCH_ADDRESS, MATCH_NAME, MATCH_BOTH };

static int by_address(const void *a, const void *b, void *context)
{
    const struct stamp_symbol *symbols = context;
    uint64_t x = symbols[*(const size_t *)a].address, y = symbols[*(const size_t *)b].address;
    return x < y ? -1 : x > y;
}

size_t matcher_first_at(const struct matcher *matcher, uint64_t address)
{
    size_t low = 0, high = matcher->stamp->symbol_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (matcher->stamp->symbols[matcher->order[middle]].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct stamp_symbol *stamp_find_symbol(const struct stamp *stamp, const char *name)
{
    size_t low = 0, high = stamp->symbol_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(stamp->symbols[middle].name, name);
        if (order == 0)
            return &stamp->symbols[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void match(struct stamp_symbol *symbol, Dwarf_Die *die, int how)
{
    /* What is at the address of an indirect function is its resolver; no compiler describes the
     * function itself. */
    if (symbol->kind == FORMAT_INDIRECT && how != MATCH_ADDRESS && how != MATCH_BOTH)
        return;
    if (how > symbol->match &&
        format_is_function(symbol->kind) == (dwarf_tag(die) == DW_TAG_subprogram)) {
        symbol->match = how;
        symbol->die = *die;
    }
}

static bool note_copy(struct stamp *stamp, const struct stamp_symbol *symbol, Dwarf_Die *die,
                      struct error *error)
{
    if (!symbol->is_vague ||
        format_is_function(symbol->kind) != (dwarf_tag(die) == DW_TAG_subprogram))
        return true;
    struct stamp_copy *copies =
        stamp_grow(stamp->copies, stamp->copy_count, &stamp->copy_capacity, sizeof *copies);
    if (!copies)
        return error_set_no_memory(error);
    stamp->copies = copies;
    copies[stamp->copy_count++] = (struct stamp_copy){(size_t)(symbol - stamp->symbols), *die};
    return true;
}

bool matcher_match(const struct matcher *matcher, Dwarf_Die *die, struct error *error)
{
    struct stamp *stamp = matcher->stamp;
    uint64_t address = 0;
    /* Of code that it dropped, a linker leaves an address that can be none: 0, or the likes of -1.
     */
    bool has_address = die_address(die, &address) && address > 1 && address < UINT64_MAX - 1;
    const char *name = die_linkage_name(die);
    struct stamp_symbol *named = name ? stamp_find_symbol(stamp, name) : NULL;
    if (named && has_address && named->address == address)
        match(named, die, MATCH_BOTH);
    else if (named && die_has_flag(die, DW_AT_external))
        match(named, die, has_address ? MATCH_NAMESAKE : MATCH_NAME);
    if (named && !note_copy(stamp, named, die, error))
        return false;
    if (!has_address)
        return true;
    for (size_t i = matcher_first_at(matcher, address);
         i < stamp->symbol_count && stamp->symbols[matcher->order[i]].address == address; i++) {
        struct stamp_symbol *symbol = &stamp->symbols[matcher->order[i]];
        if (symbol != named && symbol->kind != FORMAT_THREAD_LOCAL) /* whose value is an offset */
            match(symbol, die, MATCH_ADDRESS);
    }
    return true;
}

bool matcher_begin(struct matcher *matcher, struct stamp *stamp, struct error *error)
{
    *matcher = (struct matcher){.stamp = stamp};
    matcher->order = calloc(stamp->symbol_count + 1, sizeof *matcher->order);
    if (!matcher->order)
        return error_set_no_memory(error);
    for (size_t i = 0; i < stamp->symbol_count; i++)
        matcher->order[i] = i;
    if (stamp->symbol_count)
        qsort_r(matcher->order, stamp->symbol_count, sizeof *matcher->order, by_address,
                stamp->symbols);
    return true;
}

void matcher_end(struct matcher *matcher)
{
    free(matcher->order);
}
