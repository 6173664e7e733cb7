/* SPDX-License-Identifier: MIT */
/* A growing array: it doubles. */
#include "base/array.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>

/* So that few items of this size are on one page with what follows. */
enum { LARGE = 256 };

void *array_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size)
{
    assert(count <= *capacity);
    if (count < *capacity)
        return items;
    size_t first = item_size > LARGE ? 2 : 8, larger = *capacity ? 2 * *capacity : first, size;
    if (__builtin_mul_overflow(larger, item_size, &size))
        return NULL;
    void *moved =
        arena ? arena_resize(arena, items, *capacity * item_size, size) : realloc(items, size);
    if (moved)
        *capacity = larger;
    return moved;
}
