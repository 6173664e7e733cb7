/* SPDX-License-Identifier: MIT */
/* Go names as C identifiers, and Go types as Go writes them. */
#ifndef PLUGIN_GO_NAMES_H
#define PLUGIN_GO_NAMES_H

#include "gofile/type_descriptor_p.h"

/* Adds a Go name as a C identifier: Point for "main.Point", geom_Point for "geom.Point", Pair_int_
 * for "main.Pair[int]". Any other character that C does not allow becomes '_', and a reserved word
 * gets one appended. A very long name is cut. */
void c_name_add(struct text *text, struct bytes name);

/* The same for a part of an identifier, in which a reserved word stays as it is. */
void c_name_add_part(struct text *text, struct bytes name);

/* Returns whether the name is a C identifier, taking any character beyond ASCII as a letter. */
bool c_name_is_plain(struct bytes name);

/* Returns whether a named Go type is a declared one ("main.Point"), not a predeclared one ("int").
 */
bool c_name_is_declared(struct bytes name);

bool c_name_is(struct bytes name, const char *other);

/* Adds a type as Go writes it: "func(int, ...string) error". */
bool go_type_write(struct text *text, const struct go_types *types, uint64_t type,
                   struct error *error);

#endif
