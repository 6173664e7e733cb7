/* SPDX-License-Identifier: MIT */
/* The library that gives the plugin what it imports from its host: an ELF file made for it, whose
 * functions jump to the addresses in a table. The worker maps it into the global scope before the
 * plugin, and fills the table. */
#ifndef PLUGIN_IMPORTS_H
#define PLUGIN_IMPORTS_H

#include "base/error.h"
#include "crossing/plan.h"

enum { IMPORTS_ENTRY = 16 }; /* bytes of a function */

/* Makes it in a sealed file, for a system with pages of this size. Sets *code and *table to where
 * the functions and the table are, from the start of the mapped library. Returns the descriptor; -1
 * with the error set. */
int imports_make(const struct plan *plan, size_t page, uint32_t *code, uint32_t *table,
                 struct error *error);

#endif
