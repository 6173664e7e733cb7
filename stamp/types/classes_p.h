/* SPDX-License-Identifier: MIT */
/* What C++ adds to a struct: bases and virtual functions. */
#ifndef PLUGIN_STAMP_CLASSES_H
#define PLUGIN_STAMP_CLASSES_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/* Does the stamp know the places of all virtual functions? If not, says what is unknown. */
bool class_is_known(Dwarf_Die *class, char unknown[96]);

/* Has the class virtual functions in its table that are not its first base's? */
bool class_has_virtual_functions(Dwarf_Die *class);

/* Is the member the pointer to the table of virtual functions? Finds that of a class; false if a
 * base has it. */
bool class_is_virtual_pointer(Dwarf_Die *member);
bool class_virtual_pointer(Dwarf_Die *class, Dwarf_Die *member);

/* Is the base virtual, with its place in the table of virtual functions? Sets how many bytes before
 * the functions that is (C++ ABI for Itanium, 2.5.2). */
bool class_virtual_base(Dwarf_Die *inheritance, uint32_t *place);

#endif
