/* SPDX-License-Identifier: MIT */
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

/* Memory that both sides share: `start` is where these pages are on this one. Returns the reference
 * (REFERENCE_SHARED) for an address in a variable, and sets *left to the variable's bytes from
 * there on. False if that belongs to none. */
bool pages_share(const struct pages *pages, const uint8_t *start, const struct plan *plan,
                 const void *at, uint64_t *reference, size_t *left);

/* The reverse. False if the reference is to no variable, or beyond it. */
bool pages_place(const struct pages *pages, uint8_t *start, const struct plan *plan,
                 uint64_t reference, void **at, size_t *left);

#endif
