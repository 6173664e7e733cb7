/* SPDX-License-Identifier: MIT */
/* What the module's files share: structs of one tag, and functions and variables of one name. */
#ifndef PLUGIN_STAMP_LINKED_H
#define PLUGIN_STAMP_LINKED_H

#include "model/model.h"

/* Adds a DIE at the top of a unit or namespace, if it is a struct, union or class with a tag, or a
 * function or variable with external linkage. The scope is a hash of the namespaces. */
bool linked_add(struct stamp *stamp, Dwarf_Die *die, int tag, uint64_t scope, struct error *error);

#endif
