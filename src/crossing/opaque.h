/* SPDX-License-Identifier: MIT */
/* Pointers that only the side which made them follows. The other side gets an address instead, at
 * which nothing can be read or written: what the host made crosses as a token, what the plugin made
 * as a handle. */
#ifndef PLUGIN_OPAQUE_H
#define PLUGIN_OPAQUE_H

#include "crossing/crossing.h"

enum {
    OPAQUE_MAX = 1 << 20,      /* objects of a side, at a time */
    OPAQUE_ADDRESSES = 1 << 24 /* of all generations */
};

/* An object of this side. */
struct opaque_object {
    const void *at;
    uint32_t type;    /* the name of its type, an offset in the plan's names */
    bool is_released; /* the other side may not use it any more */
};

/* Of one side. Zeroed, but for plan, own and other. Not thread-safe. */
struct opaque {
    const struct plan *plan;
    enum reference_kind own, other; /* REFERENCE_TOKEN or REFERENCE_HANDLE */
    struct opaque_object *objects;
    size_t count, capacity;
    struct table by_address; /* of those that are not released */
    uint8_t *addresses;      /* that stand for the other side's objects; NULL: none yet */
    uint32_t first;          /* the number of the first address of this generation */
    uint32_t *types;         /* of the other side's objects */
    size_t type_count, type_capacity;
};

/* Returns the reference for a pointer that this side passes. Fails if it stands for an object of
 * the other side that has ended, has another type, or was never given. */
bool opaque_refer(struct opaque *opaque, const void *pointer, uint32_t type, uint64_t *reference,
                  struct error *error);

/* Returns the pointer for a reference of the other side. PLUGIN_CRASHED if it is to an object that
 * was never given, was released, or has another type. */
bool opaque_resolve(struct opaque *opaque, uint64_t reference, uint32_t type, void **pointer,
                    struct error *error);

/* Releases an object of this side; false if the other side was not given it. */
bool opaque_release(struct opaque *opaque, const void *object);

/* The other side has ended: its objects are stale, and this side's are not known to the next one.
 */
void opaque_restart(struct opaque *opaque);

void opaque_deinit(struct opaque *opaque);

#endif
