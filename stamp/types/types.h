/* SPDX-License-Identifier: MIT */
/* The types of a module as BTF. */
#ifndef PLUGIN_STAMP_TYPES_H
#define PLUGIN_STAMP_TYPES_H

#include "model/model.h"

/* Writes the types that symbols, probes and uses reach as BTF, and sets the ids of these. *btf is
 * newly allocated. */
bool stamp_write_types(struct stamp *stamp, void **btf, size_t *size, struct error *error);

/* Are types of this size packed? A page of them is left to tools that read BTF. */
bool stamp_packs_types(const struct stamp *stamp, size_t size);

/* merge.c: makes of a `.BTF` section, in *merged, one whose declarations of symbols and imports
 * have no names, which `.plugin` has, too; so those of one type are one. *ids, for
 * stamp_renumber_types, are the new ids of types. Both are newly allocated. */
bool stamp_merge_declarations(struct bytes btf, struct bytes *merged, uint32_t **ids,
                              struct error *error);

/* merge.c: gives the types that the stamp refers to their new ids. */
void stamp_renumber_types(struct stamp *stamp, const uint32_t *ids);

/* pack.c: packs the types of a `.BTF` section, as src/types/packed.h reads them. *packed is newly
 * allocated, empty if they would not be read so; *inflated_size is its size once decompressed. */
bool stamp_pack_types(struct bytes btf, struct bytes *packed, uint32_t *inflated_size,
                      struct error *error);

/* outline.c: makes a `.BTF` section, newly allocated, of what the declarations of symbols, probes
 * and interfaces have by value, and of what those of variables of a shared library point to; other
 * structs are incomplete there. That of a shared library has the declarations, too; a program may
 * have thousands. */
bool stamp_outline_types(const struct stamp *stamp, struct bytes btf, struct bytes *outline,
                         struct error *error);

#endif
