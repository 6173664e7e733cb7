/* SPDX-License-Identifier: MIT */
/* What the language of a unit says about its types. */
#ifndef PLUGIN_STAMP_LANGUAGE_H
#define PLUGIN_STAMP_LANGUAGE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/* Is the DIE's unit in C, C++, Fortran, Rust, D? One without a unit is in C. */
bool language_is_c(Dwarf_Die *die);
bool language_is_cxx(Dwarf_Die *die);
bool language_is_fortran(Dwarf_Die *die);
bool language_is_rust(Dwarf_Die *die);
bool language_is_d(Dwarf_Die *die);

/* Does the DIE's unit not say its language, as some of dwz's? */
bool language_is_unsaid(Dwarf_Die *die);

/* Sets the lower bound of an array that does not say it (DWARF 5, 7.12); false if the language's is
 * unknown. */
bool language_lower_bound(Dwarf_Die *die, int64_t *bound);

#endif
