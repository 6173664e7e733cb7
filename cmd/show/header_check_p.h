/* The assertions of plugin header --check: they compare a module's types with a compiler's. */
#ifndef PLUGIN_HEADER_CHECK_H
#define PLUGIN_HEADER_CHECK_H

#include "src/types/print.h"

/* Adds _Static_assert lines for the types that are reached (header_reach_p.h): the size of each
 * named, complete struct and union, the offset and type of each of its members, each typedef, each
 * enumerator. C has no expression for the offset or type of a bit-field. */
void header_check_add(struct text *text, const struct btf *btf, const struct print_names *names,
                      const bool *is_reached);

#endif
