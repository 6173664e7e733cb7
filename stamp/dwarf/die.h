/* What a DIE says: attributes, its own and those of the DIE that it completes. */
#ifndef PLUGIN_STAMP_DIE_H
#define PLUGIN_STAMP_DIE_H

#include "src/base/error.h"

#include <elfutils/libdw.h>
#include <stdint.h>

/* The attribute of a DIE, or of the DIE that it completes. NULL if there is none. */
Dwarf_Attribute *die_attribute(Dwarf_Die *die, unsigned name, Dwarf_Attribute *attribute);

/* The DIE that an attribute refers to; false if there is none. */
bool die_follow(Dwarf_Die *die, unsigned name, Dwarf_Die *target);

bool die_has_flag(Dwarf_Die *die, unsigned name);

/* The value of an unsigned attribute; false if there is none. */
bool die_unsigned(Dwarf_Die *die, unsigned name, uint64_t *value);

/* The value of a string attribute; NULL if there is none. */
const char *die_string(Dwarf_Die *die, unsigned name);

/* Is the DIE a declaration itself, whatever the DIE that it completes is? */
bool die_is_declaration(Dwarf_Die *die);

/* Goes from a declaration that stands for a type in a unit of its own (DWARF 4, 7.27) to that type;
 * any other DIE stays. */
void die_complete(Dwarf_Die *die);

/* The address of a function, or of a variable with a fixed place, as a thread-local one has not. */
bool die_address(Dwarf_Die *die, uint64_t *address);

/* The DIE that the source file became: with -flto, what is left of it is elsewhere. */
Dwarf_Die die_origin(Dwarf_Die *die);

/* The home of a DIE: the offset of its source file's unit; UINT64_MAX if it lies in another file.
 */
Dwarf_Off die_home(Dwarf *dwarf, Dwarf_Die *die);

/* The name by which the linker knows a function or variable; NULL if it has none. */
const char *die_linkage_name(Dwarf_Die *die);

/* The file that declares it, as the debug information names it, and the line; "" and 0 if it does
 * not say. */
const char *die_declared_in(Dwarf_Die *die, uint32_t *line);

bool set_libdw_error(struct error *error, const char *what);

#endif
