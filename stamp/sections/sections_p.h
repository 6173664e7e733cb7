/* SPDX-License-Identifier: MIT */
/* The steps of this folder. */
#ifndef PLUGIN_STAMP_SECTIONS_P_H
#define PLUGIN_STAMP_SECTIONS_P_H

#include "model/model.h"
#include "model/options.h"

/* ---- sections.c ---- */

/* As sections_make, limited to the module's definitions of these names, exported or not. */
bool sections_make_filtered(int input, const struct stamp_name_set *filter,
                            const struct stamp_options *options, struct stamp_sections *sections,
                            struct error *error);

/* ---- meta_write.c ---- */

/* The types in `.plugin`; a zeroed one has none. */
struct packed_types {
    struct bytes bytes; /* in the heap */
    uint32_t inflated_size;
};

/* Returns the `.plugin` section, newly allocated. `btf` has all types, packed or not. */
bool stamp_write_meta(const struct stamp *stamp, struct bytes btf,
                      const struct packed_types *packed, struct bytes *meta, struct error *error);

#endif
