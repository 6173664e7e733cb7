/* SPDX-License-Identifier: MIT */
/* The memory of plugin_alloc, which host and worker share. Its records are the host's own: of what
 * the worker writes nothing is read here. */
#ifndef PLUGIN_HEAP_H
#define PLUGIN_HEAP_H

#include "base/error.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEAP_SIZE = 1 << 30,       /* addresses of it in both processes */
    HEAP_CHUNK = 64 << 10,     /* what an allocation has for itself, or shares with its likes */
    HEAP_SMALL_MAX = 16 << 10, /* bytes of one that shares */
    HEAP_CLASSES = 20
};

struct heap_chunk;

/* Zeroed, but for the file. */
struct heap {
    pthread_mutex_t lock;
    int file;       /* -1: none. It has as many bytes as the highest allocation needed */
    bool is_copy;   /* of a forked child: `start` is its own copy of what the file has */
    uint8_t *start; /* in this process; NULL: nothing was allocated yet. Atomic */
    struct heap_chunk *chunks;
    uint32_t end;                   /* chunks behind this one were never used */
    uint32_t partial[HEAP_CLASSES]; /* the first chunk with room, of each class; plus 1 */
};

bool heap_open(struct heap *heap, struct error *error);

/* Returns zeroed memory, aligned to 16 bytes; to a page if it is large. NULL with the error set. */
void *heap_alloc(struct heap *heap, size_t size, struct error *error);

/* Frees it; false if it is none of heap_alloc's. NULL is fine. */
bool heap_free(struct heap *heap, void *memory);

/* The share and find_shared of a struct crossing_side, for the host. */
bool heap_share(struct heap *heap, const void *at, uint64_t *reference, size_t *left);
bool heap_find(struct heap *heap, uint64_t reference, void **at, size_t *left);

/* Around a fork. A child reads and writes a copy of its own. */
void heap_before_fork(struct heap *heap);
void heap_after_fork(struct heap *heap);
void heap_leave_parent(struct heap *heap);

/* Before a worker starts: in a forked child, gives it a file of its own with what is allocated. */
bool heap_take(struct heap *heap, struct error *error);

void heap_deinit(struct heap *heap);

#endif
