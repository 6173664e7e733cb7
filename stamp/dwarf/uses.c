/* SPDX-License-Identifier: MIT */
/* Uses across modules and packages, from the debug information. A use is of an undefined symbol, or
 * of a shared symbol of the module, by another package.
 *
 * A hidden symbol of a package is one that the module does not export, although another package
 * uses it: that package could not be shared. Only those of C are checked: C++ has copies of inline
 * functions in every file that uses them, and often hides them. */
#include "dwarf/uses_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"
#include "src/base/array.h"
#include "src/libraries/toolchain.h"

#include <dwarf.h>
#include <string.h>

bool uses_are_possible(const struct stamp *stamp)
{
    /* Types that are never compared would only enlarge the stamp. */
    for (size_t i = 0; i < stamp->uses.undefined_count; i++)
        if (!toolchain_has(stamp->uses.undefined[i].library))
            return true;
    return stamp->has_packages;
}

static bool may_hide(const struct stamp *stamp)
{
    return stamp->has_packages && !stamp->is_executable && !stamp->names_only;
}

static bool add_hidden(struct stamp *stamp, struct stamp_names *names, Dwarf_Die *die,
                       const char *name, struct error *error)
{
    if (!strncmp(name, "_Z", 2) || stamp_find_symbol(stamp, name))
        return true;
    struct stamp_name *added =
        array_add(&stamp->arena, names->items, names->count, names->capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = (struct stamp_name){name, die_home(stamp->dwarf, die)};
    return true;
}

bool uses_add_hidden_definition(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    uint64_t address;
    const char *name = may_hide(stamp) ? die_linkage_name(die) : NULL;
    return !name || !die_has_flag(die, DW_AT_external) || !die_address(die, &address) || !address ||
           add_hidden(stamp, &stamp->uses.hidden, die, name, error);
}

/* Adds a use, unless the symbol is one of the C implementation, or not exported. */
static bool add_use(struct stamp *stamp, struct stamp_use use, struct error *error)
{
    struct stamp_uses *uses = &stamp->uses;
    use.undefined =
        stamp_find_name(uses->undefined, uses->undefined_count, sizeof *uses->undefined, use.name);
    if (use.undefined && toolchain_has(use.undefined->library))
        return true;
    if (!use.undefined && (!stamp->has_packages || !stamp_find_symbol(stamp, use.name)))
        return !may_hide(stamp) || add_hidden(stamp, &uses->hidden_uses, &use.die, use.name, error);
    struct stamp_use *added = array_add(&stamp->arena, uses->items, uses->count, uses->capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = use;
    return true;
}

/* gcc 9 and earlier name a function that the file calls, and say nothing of its type; later ones do
 * so of their built-in functions, "__builtin_puts" for "puts". A declaration in C has no linkage
 * name of its own, unless an asm label gives it one, another name. */
static bool is_named_only(Dwarf_Die *die)
{
    const char *name = dwarf_diename(die), *linkage_name = die_linkage_name(die);
    bool has_linkage_name =
        dwarf_hasattr(die, DW_AT_linkage_name) || dwarf_hasattr(die, DW_AT_MIPS_linkage_name);
    return language_is_c(die) && has_linkage_name && name && linkage_name &&
           (!strcmp(name, linkage_name) || !strncmp(name, "__builtin_", 10)) &&
           !dwarf_hasattr(die, DW_AT_type) && !dwarf_hasattr(die, DW_AT_prototyped);
}

/* Nor does gfortran describe the parameters of a function that it declares. */
static bool is_undescribed(Dwarf_Die *die)
{
    return dwarf_tag(die) == DW_TAG_subprogram && !dwarf_haschildren(die) &&
           (language_is_fortran(die) || is_named_only(die));
}

bool uses_add_declaration(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    struct stamp_use use = {.die = *die, .name = die_linkage_name(die)};
    if (!use.name || is_undescribed(die))
        return true;
    use.home = die_home(stamp->dwarf, die);
    return add_use(stamp, use, error);
}

/* static T *const plugin_uses_...: the type is T. If T is void, it has no DIE, and there is no
 * use. */
bool uses_add_macro(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error)
{
    struct stamp_use use = {.name = name, .home = die_home(stamp->dwarf, die), .is_macro = true};
    return !die_follow_pointer(die, &use.die) || add_use(stamp, use, error);
}
