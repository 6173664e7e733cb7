/* What a package defines and another one uses, although the module does not export it: the package
 * could not be shared. Only names of C are looked at: C++ has copies of inline functions in every
 * file that uses them, and often hides them. */
#include "dwarf/die.h"
#include "model/model.h"

#include <dwarf.h>
#include <stdlib.h>

static bool is_wanted(const struct stamp *stamp, const char *name)
{
    return stamp->has_packages && !stamp->is_executable && !stamp->names_only && name &&
           strncmp(name, "_Z", 2) != 0 && !stamp_find_symbol(stamp, name);
}

static bool add(struct stamp *stamp, struct stamp_names *names, Dwarf_Die *die, const char *name,
                struct error *error)
{
    struct stamp_name *items =
        stamp_grow(names->items, names->count, &names->capacity, sizeof *items);
    if (!items)
        return error_set_no_memory(error);
    names->items = items;
    items[names->count++] = (struct stamp_name){name, die_home(stamp->dwarf, die)};
    return true;
}

bool stamp_note_hidden_definition(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    uint64_t address;
    const char *name = die_linkage_name(die);
    if (!is_wanted(stamp, name) || !die_has_flag(die, DW_AT_external) ||
        !die_address(die, &address) || !address)
        return true;
    return add(stamp, &stamp->uses.hidden, die, name, error);
}

bool stamp_note_hidden_use(struct stamp *stamp, Dwarf_Die *die, const char *name,
                           struct error *error)
{
    return !is_wanted(stamp, name) || add(stamp, &stamp->uses.hidden_uses, die, name, error);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct stamp_name *)a)->name, ((const struct stamp_name *)b)->name);
}

bool stamp_check_hidden(const struct stamp *stamp, struct error *error)
{
    const struct stamp_names *hidden = &stamp->uses.hidden, *uses = &stamp->uses.hidden_uses;
    if (hidden->count)
        qsort(hidden->items, hidden->count, sizeof *hidden->items, by_name);
    for (size_t i = 0; hidden->count && i < uses->count; i++) {
        const struct stamp_name *use = &uses->items[i];
        const struct stamp_name *definition =
            bsearch(use, hidden->items, hidden->count, sizeof *use, by_name);
        uint32_t package = definition ? stamp_home_package(stamp, definition->home) : 0;
        if (package && package != stamp_home_package(stamp, use->home))
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "its %s, of package \"%s\", is used outside of that package, but is "
                             "not exported, so that the package could not be shared; give it "
                             "default visibility, and no version script that makes it local",
                             use->name, stamp->packages.items[package - 1].path);
    }
    return true;
}
