/* SPDX-License-Identifier: MIT */
/* Memory of open plugins, and of facts that stay true. */
#include "process/kept_memory_p.h"

#include "base/lock.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Large enough for malloc to map each chunk outside of its heap. */
enum { CHUNK_SIZE = 1 << 18, UNIT = 64 };
_Static_assert(KEPT_MAX <= CHUNK_SIZE / 2, "a chunk holds any");
_Static_assert(UNIT % alignof(max_align_t) == 0, "it is aligned for any object");

union chunk {
    union chunk *next;
    uint8_t start[UNIT]; /* blocks start after this */
};

/* A free block. */
struct gap {
    size_t size;
    struct gap *next;
};

/* The first chunk, which takes no system call, and starts on a page that is in memory already. */
static union chunk first[CHUNK_SIZE / UNIT];

/* All chunks, the free rest of the last one, and free blocks; guarded by the lock of base/lock.h.
 */
static union chunk *chunks;
static uint8_t *rest, *rest_end;
static struct gap *gaps;

static size_t kept_round(size_t size)
{
    return (size + UNIT - 1) / UNIT * UNIT;
}

static void kept_add_gap(void *memory, size_t size)
{
    struct gap *gap = memory;
    *gap = (struct gap){size, gaps};
    gaps = gap;
}

/* Returns a free block of exactly this size, or NULL. There are few sizes, so blocks are not split,
 * and a plugin that is refused repeatedly reuses the same ones. */
static void *kept_take_gap(size_t size)
{
    struct gap **link = &gaps;
    while (*link && (*link)->size != size)
        link = &(*link)->next;
    struct gap *gap = *link;
    if (gap)
        *link = gap->next;
    return gap;
}

static bool kept_add_chunk(void)
{
    union chunk *chunk = chunks ? malloc(CHUNK_SIZE) : first;
    if (!chunk)
        return false;
    if (rest_end - rest >= UNIT)
        kept_add_gap(rest, (size_t)(rest_end - rest) / UNIT * UNIT);
    chunk->next = chunks;
    chunks = chunk;
    rest = (uint8_t *)(chunk + 1);
    rest_end = (uint8_t *)chunk + CHUNK_SIZE;
    return true;
}

static void *kept_take(size_t size)
{
    void *memory = kept_take_gap(size);
    if (memory)
        return memory;
    if ((size_t)(rest_end - rest) < size && !kept_add_chunk())
        return NULL;
    memory = rest;
    rest += size;
    return memory;
}

void *kept_alloc(size_t size)
{
    if (size > KEPT_MAX)
        return calloc(1, size);
    lock_acquire();
    void *memory = kept_take(kept_round(size));
    lock_release();
    return memory ? memset(memory, 0, size) : NULL;
}

void kept_free(void *memory, size_t size)
{
    if (!memory)
        return;
    if (size > KEPT_MAX) {
        free(memory);
        return;
    }
    lock_acquire();
    if ((uint8_t *)memory + kept_round(size) == rest)
        rest = memory;
    else
        kept_add_gap(memory, kept_round(size));
    lock_release();
}
