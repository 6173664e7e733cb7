/* SPDX-License-Identifier: MIT */
/* What ldc describes in D's own words alone, as the C types that these are. */
#ifndef PLUGIN_STAMP_D_H
#define PLUGIN_STAMP_D_H

#include <elfutils/libdw.h>
#include <stdbool.h>

/* Returns the name of a base type of any language, of D without "const(" and ")"; it may be in
 * these bytes. */
const char *d_base_name(Dwarf_Die *base, char *bytes, size_t size);

/* Is it a pointer to what may not be changed through it? D's const holds for all behind it. */
bool d_points_to_const(Dwarf_Die *pointer);

/* Is it void *? Its target is described as bytes. */
bool d_points_to_void(Dwarf_Die *pointer);

/* Is it a pointer to a function whose parameters are not described? */
bool d_points_to_unsaid(Dwarf_Die *pointer);

#endif
