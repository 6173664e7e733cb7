/* Blocks of memory that are needed for a short time, again and again. They are kept apart, and out
 * of the heap's way: a heap in which short-lived blocks lie between lasting ones scatters what is
 * allocated later, and the dynamic loader walks through all of its modules for each dlopen, which
 * takes several times as long if they are scattered. */
#ifndef PLUGIN_SCRATCH_H
#define PLUGIN_SCRATCH_H

#include <stddef.h>

/* A block of at least this size; NULL for want of memory. */
void *scratch_take(size_t size);

/* The block of one size as one of another, with what it holds; NULL, and it stays as it was, for
 * want of memory. */
void *scratch_resize(void *block, size_t size, size_t new_size);

/* Gives back a block of this size, or NULL. */
void scratch_give(void *block, size_t size);

#endif
