/* Which DIE describes which exported symbol. */
#ifndef PLUGIN_STAMP_MATCH_H
#define PLUGIN_STAMP_MATCH_H

#include "model/model.h"

/* Symbols by address: numbers of stamp->symbols. */
struct matcher {
    struct stamp *stamp;
    size_t *order;
};

bool matcher_begin(struct matcher *matcher, struct stamp *stamp, struct error *error);

/* Gives a definition's DIE to the symbols that it may define. */
bool matcher_match(const struct matcher *matcher, Dwarf_Die *die, struct error *error);

/* Of matcher->order, the first one that is at this address or after it. */
size_t matcher_first_at(const struct matcher *matcher, uint64_t address);

void matcher_end(struct matcher *matcher);

#endif
