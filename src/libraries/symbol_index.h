/* SPDX-License-Identifier: MIT */
/* An index of the symbols that a plugin and the libraries it brings along define, so that a lookup
 * need not search each of them. */
#ifndef PLUGIN_SYMBOL_INDEX_H
#define PLUGIN_SYMBOL_INDEX_H

#include "base/budget.h"
#include "libraries/libraries.h"

struct symbol_index_item;

struct symbol_index {
    const struct libraries *libraries;
    struct symbol_index_item *items; /* lists, one for each hash, in the order of libraries */
    size_t *heads;                   /* by hash: number of the list's first item, plus 1; 0: none */
    size_t count, head_count;
    struct budget work; /* for all searches */
};

/* Makes the index, in the arena of the libraries, which must outlive it. */
bool symbol_index_init(struct symbol_index *index, const struct libraries *libraries,
                       struct error *error);

/* Sets *library to the first library, in order, that defines this symbol; NULL if none does. Fails
 * if the searches exceed their budget, as only a hostile file's do. */
bool symbol_index_find(struct symbol_index *index, const char *name, const char *version,
                       const struct library **library, struct error *error);

#endif
