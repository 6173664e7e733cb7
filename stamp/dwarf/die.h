/* SPDX-License-Identifier: MIT */
/* Reads a DIE: its own attributes, and those of the DIE that it completes. */
#ifndef PLUGIN_STAMP_DIE_H
#define PLUGIN_STAMP_DIE_H

#include "src/base/error.h"

#include <elfutils/libdw.h>
#include <stdint.h>

/* "WHAT: libdw: REASON". Always returns false. */
bool error_set_libdw(struct error *error, const char *what);

/* Returns the attribute of the DIE, or of the DIE that it completes; NULL if there is none. */
Dwarf_Attribute *die_attribute(Dwarf_Die *die, unsigned name, Dwarf_Attribute *attribute);

/* Reads the DIE that an attribute refers to; false if there is none. */
bool die_follow(Dwarf_Die *die, unsigned name, Dwarf_Die *target);

/* Reads the target of the DIE's type, a pointer, qualified or a typedef of one; false if it is not
 * a pointer, or points to void. */
bool die_follow_pointer(Dwarf_Die *die, Dwarf_Die *target);

bool die_has_flag(Dwarf_Die *die, unsigned name);

/* Reads an unsigned attribute; false if there is none. */
bool die_unsigned(Dwarf_Die *die, unsigned name, uint64_t *value);

/* Returns a string attribute; NULL if there is none. */
const char *die_string(Dwarf_Die *die, unsigned name);

/* Does the DIE itself, and not the one that it completes, have DW_AT_declaration? */
bool die_is_declaration(Dwarf_Die *die);

/* Returns why the class is not of standard layout, as far as its own children tell: "it has a base
 * class"; NULL if it is. */
const char *die_layout_obstacle(Dwarf_Die *die);

/* Replaces a declaration of a type in a type unit by that type (DW_AT_signature); leaves any other
 * DIE alone. */
void die_complete(Dwarf_Die *die);

/* Reads the address of a function, or of a variable at a fixed address; false if it has none, like
 * thread-local variables. */
bool die_address(Dwarf_Die *die, uint64_t *address);

/* Returns the DIE in the unit of the source file: follows abstract origins and specifications to
 * the last one. */
Dwarf_Die die_origin(Dwarf_Die *die);

/* Returns the DIE's home; UINT64_MAX if it is in another file. */
Dwarf_Off die_home(Dwarf *dwarf, Dwarf_Die *die);

/* Returns the linker's name for a function or variable; NULL if it has none. */
const char *die_linkage_name(Dwarf_Die *die);

/* Returns the file that declares it, and sets the line; "" and 0 if unknown. */
const char *die_declared_in(Dwarf_Die *die, uint32_t *line);

/* A hash of the DIE's place, for a table of DIEs. */
uint32_t die_hash(const Dwarf_Die *die);

#endif
