/* Go's names as C can have them. */
#ifndef PLUGIN_GO_C_NAME_H
#define PLUGIN_GO_C_NAME_H

#include "base/bytes.h"
#include "base/text.h"

/* Adds a Go name as an identifier of C: "main.Point" is Point, "geom.Point" geom_Point,
 * "main.Pair[int]" Pair_int_. Of every other character that C does not allow there is a '_', and a
 * word that C or C++ reserves has one behind it. Only the first part of a very long name counts. */
void c_name_add(struct text *text, struct bytes name);

/* The same as a part of a name: a reserved word stays as it is. */
void c_name_add_part(struct text *text, struct bytes name);

/* Is this an identifier of C, as far as ASCII goes? Go exports nothing else. */
bool c_name_is_plain(struct bytes name);

/* Is the Go type of this name one that is declared, so that it is not "int"? */
bool c_name_is_declared(struct bytes name);

bool c_name_is(struct bytes name, const char *other);

#endif
