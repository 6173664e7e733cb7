/* SPDX-License-Identifier: MIT */
/* Which DIE describes which exported symbol. */
#ifndef PLUGIN_STAMP_MATCH_H
#define PLUGIN_STAMP_MATCH_H

#include "model/model.h"

/* The symbols by address. */
struct matcher {
    struct stamp *stamp;
    size_t *order; /* numbers of stamp->symbols; in the stamp's arena */
};

bool matcher_init(struct matcher *matcher, struct stamp *stamp, struct error *error);

/* Gives a definition's DIE to the symbols that it may define. */
bool matcher_match(const struct matcher *matcher, Dwarf_Die *die, struct error *error);

/* Returns the place in matcher->order of the first symbol at this address or after it. */
size_t matcher_first_at(const struct matcher *matcher, uint64_t address);

#endif
