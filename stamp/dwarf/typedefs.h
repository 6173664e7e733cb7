/* SPDX-License-Identifier: MIT */
/* Types without a tag: a struct, union or enum may have several typedefs, and a symbol may lead to
 * it by another one than an object, or a promise. */
#ifndef PLUGIN_STAMP_TYPEDEFS_H
#define PLUGIN_STAMP_TYPEDEFS_H

#include "model/model.h"

/* Adds the DIE of a typedef, if it is one of a type without a tag. */
bool typedefs_add(struct stamp *stamp, const Dwarf_Die *die, struct error *error);

/* Sets the next typedef of the type of this DIE; false behind the last one. The probe is the
 * type's, typedefs_first, before the first call. */
struct table_probe typedefs_first(const Dwarf_Die *type);
bool typedefs_next(const struct stamp *stamp, const Dwarf_Die *type, struct table_probe *probe,
                   Dwarf_Die *named);

#endif
