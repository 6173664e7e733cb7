/* Assertions that compare a module's types with those that a compiler has seen. */
#ifndef PLUGIN_HEADER_CHECK_H
#define PLUGIN_HEADER_CHECK_H

#include "src/types/print.h"

/* Adds one _Static_assert a line for the types that are reached (header_reach.h): for the size of
 * each complete struct and union that has a name, for the offset and type of each of its members,
 * for each typedef, and for each enumerator. Of bit-fields, C tells neither offset nor type. */
void check_add(struct text *text, const struct btf *btf, const struct print_names *names,
               const bool *is_reached);

#endif
