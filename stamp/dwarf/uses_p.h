/* SPDX-License-Identifier: MIT */
/* Uses across modules and packages, from the debug information. */
#ifndef PLUGIN_STAMP_USES_H
#define PLUGIN_STAMP_USES_H

#include "model/model.h"

/* Can the module use a symbol that another module or package defines? */
bool uses_are_possible(const struct stamp *stamp);

/* Adds a declaration outside of types, if it is a use. */
bool uses_add_declaration(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* Adds a PLUGIN_USES of the symbol `name`; the DIE is that of its variable. */
bool uses_add_macro(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error);

/* Adds a definition if it is hidden: external, but not exported. */
bool uses_add_hidden_definition(struct stamp *stamp, Dwarf_Die *die, struct error *error);

#endif
