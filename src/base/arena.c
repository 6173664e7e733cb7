/* SPDX-License-Identifier: MIT */
/* An arena: a list of chunks that are filled with blocks. */
#include "base/arena_p.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Enough for a plugin with a thousand symbols, and so large that malloc maps it outside of its
 * heap. Threads that open at the same time have one each; POOL_SIZE are kept for later. */
enum { CHUNK_SIZE = 160 << 10, POOL_SIZE = 16, UNIT = alignof(max_align_t) };

struct arena_chunk {
    struct arena_chunk *next;
    size_t size; /* with this header */
    size_t used;
    size_t last; /* offset of the last block */
};

/* Unused chunks of CHUNK_SIZE, or NULL. Atomic: after a fork, a thread that the child does not have
 * could hold a lock. */
static struct arena_chunk *pool[POOL_SIZE];

static size_t arena_round(size_t size)
{
    return (size + UNIT - 1) / UNIT * UNIT;
}

static struct arena_chunk *pool_get(void)
{
    for (size_t i = 0; i < POOL_SIZE; i++) {
        struct arena_chunk *chunk = __atomic_load_n(&pool[i], __ATOMIC_RELAXED)
                                        ? __atomic_exchange_n(&pool[i], NULL, __ATOMIC_ACQUIRE)
                                        : NULL;
        if (chunk)
            return chunk;
    }
    return malloc(CHUNK_SIZE);
}

static void pool_put(struct arena_chunk *chunk)
{
    for (size_t i = 0; i < POOL_SIZE; i++) {
        struct arena_chunk *none = NULL;
        if (__atomic_compare_exchange_n(&pool[i], &none, chunk, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    }
    free(chunk);
}

static struct arena_chunk *chunk_new(size_t block)
{
    size_t header = arena_round(sizeof(struct arena_chunk));
    bool is_shared = ARENA_HAS_CHUNKS && block <= CHUNK_SIZE - header;
    struct arena_chunk *chunk = is_shared ? pool_get() : NULL;
    size_t size = chunk ? CHUNK_SIZE : header + block;
    if (!chunk)
        chunk = malloc(size);
    if (chunk)
        *chunk = (struct arena_chunk){.size = size, .used = header, .last = header};
    return chunk;
}

/* Puts a new chunk in front, unless it is as good as full: then behind the first. */
static struct arena_chunk *arena_add_chunk(struct arena *arena, size_t block)
{
    struct arena_chunk *chunk = chunk_new(block);
    if (!chunk)
        return NULL;
    bool is_own = arena->chunks && chunk->size - chunk->used == block && block > CHUNK_SIZE / 2;
    struct arena_chunk **link = is_own ? &arena->chunks->next : &arena->chunks;
    chunk->next = *link;
    *link = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size_t block = arena_round(size + !size); /* so that each block has an address of its own */
    struct arena_chunk *chunk = arena->chunks;
    if (!chunk || block > chunk->size - chunk->used)
        chunk = arena_add_chunk(arena, block);
    if (!chunk)
        return NULL;
    chunk->last = chunk->used;
    chunk->used += block;
    assert(chunk->used <= chunk->size);
    return (char *)chunk + chunk->last;
}

void *arena_alloc_zeroed(struct arena *arena, size_t count, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole))
        return NULL;
    void *block = arena_alloc(arena, whole);
    return block ? memset(block, 0, whole) : NULL;
}

/* The last block grows in place. */
void *arena_resize(struct arena *arena, void *block, size_t size, size_t new_size)
{
    struct arena_chunk *chunk = arena->chunks;
    bool is_last = block && (char *)block == (char *)chunk + chunk->last;
    if (is_last && new_size <= chunk->size - chunk->last - UNIT) {
        chunk->used = chunk->last + arena_round(new_size + !new_size);
        return block;
    }
    void *other = arena_alloc(arena, new_size);
    if (other && block)
        memcpy(other, block, size < new_size ? size : new_size);
    return other;
}

char *arena_strndup(struct arena *arena, const char *string, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, string, length);
    copy[length] = '\0';
    return copy;
}

void arena_deinit(struct arena *arena)
{
    for (struct arena_chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        if (ARENA_HAS_CHUNKS && chunk->size == CHUNK_SIZE)
            pool_put(chunk);
        else
            free(chunk);
    }
    arena->chunks = NULL;
}
