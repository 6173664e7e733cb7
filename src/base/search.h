/* SPDX-License-Identifier: MIT */
/* Binary search. */
#ifndef PLUGIN_SEARCH_H
#define PLUGIN_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Of `count` items in order, returns the number of the first that is not before the key; `count` if
 * all are. `is_before` gets the context, which has the key, and an item's number. */
static inline size_t search_first(size_t count, bool (*is_before)(const void *context, size_t item),
                                  const void *context)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(context, middle))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
