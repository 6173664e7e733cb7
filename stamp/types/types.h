/* The types of a module as BTF. */
#ifndef PLUGIN_STAMP_TYPES_H
#define PLUGIN_STAMP_TYPES_H

#include "model/model.h"

/* Writes the types that symbols, probes and uses reach as BTF, and sets the ids of these. *btf is
 * newly allocated. */
bool stamp_write_types(struct stamp *stamp, void **btf, size_t *size, struct error *error);

#endif
