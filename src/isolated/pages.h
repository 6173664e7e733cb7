/* The pages of a plugin that have its variables: what host and worker share of them. */
#ifndef PLUGIN_PAGES_H
#define PLUGIN_PAGES_H

#include "crossing/plan.h"

struct pages {
    uint64_t start; /* as linked */
    size_t size;    /* bytes; 0: the plugin has no variables */
};

/* Returns the whole pages around these bytes. */
struct pages pages_around(uint64_t start, uint64_t end);

/* Returns those of the variables that are shared. */
struct pages pages_of_variables(const struct plan *plan);

/* Finds the variable that has the byte at this address, as linked, and sets *left to its bytes from
 * there on. False if that belongs to no variable. */
bool pages_find(const struct plan *plan, uint64_t address, uint32_t *number, size_t *left);

#endif
