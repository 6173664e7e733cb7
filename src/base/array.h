/* SPDX-License-Identifier: MIT */
/* A growing array: three members of its owner, `items`, `count` and `capacity`. */
#ifndef PLUGIN_ARRAY_H
#define PLUGIN_ARRAY_H

#include <stddef.h>

struct arena;

/* Makes room for one more item, of item_size bytes. Returns the items, which may have moved, in the
 * arena or, if that is NULL, in the heap; NULL without memory, and the items stay as they are. */
void *array_grow(struct arena *arena, void *items, size_t count, size_t *capacity,
                 size_t item_size);

/* Returns a pointer to a new last item, not initialised, or NULL without memory. */
#define array_add(arena, items, count, capacity)                                                   \
    ({                                                                                             \
        __typeof__(items) array_items_ =                                                           \
            array_grow(arena, items, count, &(capacity), sizeof *(items));                         \
        if (array_items_)                                                                          \
            (items) = array_items_;                                                                \
        array_items_ ? &(items)[(count)++] : NULL;                                                 \
    })

#endif
