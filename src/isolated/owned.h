/* SPDX-License-Identifier: MIT */
/* Results that their caller frees (PLUGIN_OWNED), in host and worker: the caller has a copy of
 * each, which lasts until it is freed, whatever becomes of the other process. */
#ifndef PLUGIN_OWNED_H
#define PLUGIN_OWNED_H

#include "crossing/crossing.h"

/* Memory of an object: of a result, all are freed at once. */
struct owned_block;

struct owned_result {
    void *at;
    uint32_t function; /* of the plan, that frees it */
    struct owned_block *blocks;
};

/* Of one side. A zeroed one is empty. Not thread-safe. */
struct owned {
    struct owned_result *items;
    size_t count, capacity;
    struct table by_address;
};

/* Returns memory for an object; NULL without memory. */
void *owned_place(struct owned_block **blocks, size_t size);

/* Frees them all. */
void owned_drop(struct owned_block **blocks);

/* After a call of this function: its frame has the result. With PLAN_FREED_BY_C replaces that by a
 * block of malloc(3); else the blocks belong to the result from then on. */
bool owned_take(struct owned *owned, const struct crossing *crossing, uint32_t function,
                struct owned_block **blocks, struct error *error);

/* Frees a result by this function of the plan; false, with the error set, if it is none. NULL is
 * fine. */
bool owned_free(struct owned *owned, const void *at, uint32_t function, struct error *error);

#endif
