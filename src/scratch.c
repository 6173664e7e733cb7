/* Blocks of memory that are needed for a short time. */
#include "scratch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* An open takes two. What several threads take at once comes from the heap, and goes back there. */
enum { BLOCK_SIZE = 33024, KEPT_MAX = 4 };

/* Blocks that nobody has taken; NULL: none. Read and written atomically: a lock could be held by a
 * thread that a fork does not have. */
static void *kept[KEPT_MAX];

static bool is_kept_size(size_t size)
{
    return size <= BLOCK_SIZE;
}

void *scratch_take(size_t size)
{
    if (!is_kept_size(size))
        return malloc(size);
    for (size_t i = 0; i < KEPT_MAX; i++) {
        void *block = __atomic_exchange_n(&kept[i], NULL, __ATOMIC_ACQUIRE);
        if (block)
            return block;
    }
    return malloc(BLOCK_SIZE);
}

void *scratch_resize(void *block, size_t size, size_t new_size)
{
    if (is_kept_size(size) && is_kept_size(new_size))
        return block;
    void *other = scratch_take(new_size);
    if (!other)
        return NULL;
    memcpy(other, block, size < new_size ? size : new_size);
    scratch_give(block, size);
    return other;
}

void scratch_give(void *block, size_t size)
{
    for (size_t i = 0; is_kept_size(size) && block && i < KEPT_MAX; i++) {
        void *none = NULL;
        if (__atomic_compare_exchange_n(&kept[i], &none, block, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    }
    free(block);
}
