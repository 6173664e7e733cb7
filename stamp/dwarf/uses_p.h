/* What the debug information shows of uses across modules and packages. */
#ifndef PLUGIN_STAMP_USES_H
#define PLUGIN_STAMP_USES_H

#include "model/model.h"

/* Does the module use anything that another module or package may define? */
bool uses_are_possible(const struct stamp *stamp);

/* Adds a declaration outside of types, if it is a use. */
bool uses_add_declaration(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* Adds a PLUGIN_USES of this name; the DIE is its variable's. */
bool uses_add_macro(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error);

/* Adds a definition if it is hidden: external, but not exported. */
bool uses_add_hidden_definition(struct stamp *stamp, Dwarf_Die *die, struct error *error);

#endif
