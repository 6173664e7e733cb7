/* SPDX-License-Identifier: MIT */
/* An arena: blocks that are freed together.
 *
 * What an open needs until a plugin is mapped lies in one, apart from the heap. The dynamic loader
 * keeps its records of modules in the heap for ever, and each dlopen walks through all of them;
 * with short-lived blocks between them, that walk takes twice as long. */
#ifndef PLUGIN_ARENA_H
#define PLUGIN_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/* A zeroed one is valid and empty. Not thread-safe. */
struct arena {
    struct arena_chunk *chunks; /* the first one has the room for new blocks */
};

/* Returns a block for any object, or NULL without memory. arena_alloc_zeroed returns count * size
 * zeroed bytes. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_alloc_zeroed(struct arena *arena, size_t count, size_t size);

/* Returns a block of new_size bytes that starts as `block` does, which has `size` bytes or is NULL;
 * NULL without memory, and `block` stays as it is. */
void *arena_resize(struct arena *arena, void *block, size_t size, size_t new_size);

/* Returns a copy of `length` characters, with a NUL added, or NULL without memory. */
char *arena_strndup(struct arena *arena, const char *string, size_t length);

/* Frees all blocks; the arena is empty then. */
void arena_deinit(struct arena *arena);

#define ARENA_AUTO __attribute__((cleanup(arena_deinit))) struct arena

#endif
