/* SPDX-License-Identifier: MIT */
/* Objects that the callee keeps (PLUGIN_KEPT). Each side numbers its own, by their addresses, and
 * has for each number of the other side a proxy: memory that lasts until that side has ended. What
 * a kept object leads to is kept as well; only what the marked parameter itself leads to may be
 * given back, in place of a copy: then its owner gets its own pointer. */
#ifndef PLUGIN_KEPT_H
#define PLUGIN_KEPT_H

#include "base/arena.h"
#include "crossing/crossing.h"

enum {
    KEPT_MAX = 1 << 14, /* objects of a side, at a time */
    KEPT_BYTES_MAX = 8 << 20
};

struct kept_object {
    void *at; /* of this side: the object; of the other side: its proxy, NULL: not here yet */
    struct crossing_target is;
    size_t size;
    bool is_given;    /* a marked parameter led to it */
    bool is_released; /* of this side: the other one may not give it back any more */
};

struct kept_objects {
    struct kept_object *items;
    size_t count, capacity;
    size_t bytes;
    struct table by_address; /* of proxies, those that are given */
};

/* Of one side. Zeroed, but for the plan. Not thread-safe. */
struct kept {
    const struct plan *plan;
    struct kept_objects own, other;
    struct arena proxies;
};

/* Sets *number to that of an object of this side which the other one keeps; the same for the same
 * object. */
bool kept_keep(struct kept *kept, const struct kept_object *object, uint32_t *number,
               struct error *error);

/* Returns the proxy of the other side's object of this number, and whether it is a new one; NULL
 * with the error set. */
void *kept_proxy(struct kept *kept, uint32_t number, const struct kept_object *object, bool *is_new,
                 struct error *error);

/* Is the pointer to a proxy of what the other side gave, of this type, or any (NULL)? Sets the
 * reference. */
bool kept_refer(const struct kept *kept, const void *pointer, const struct crossing_target *target,
                uint64_t *reference);

/* The reverse, of a reference of the other side; false if this side gave no such object. */
bool kept_resolve(const struct kept *kept, uint64_t reference, const struct crossing_target *target,
                  void **pointer);

/* Releases an object of this side; false if the other side was not given it. */
bool kept_release(struct kept *kept, const void *at);

/* The other side has ended: it does not know this side's objects. The proxies stay, but nothing
 * refers to them. */
void kept_forget(struct kept *kept);

/* Frees the proxies, too. */
void kept_deinit(struct kept *kept);

#endif
