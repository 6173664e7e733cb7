/* Memory for as long as an open takes, apart from the heap.
 *
 * What the dynamic loader allocates for each module lies in the heap for ever, and all of it is
 * walked through by each dlopen. Where short-lived blocks of ours lie between, or are left behind
 * as gaps of many sizes, that walk takes twice as long: the loader's records are then not as evenly
 * spaced as a processor expects. So an open takes its memory from a block of its own.
 *
 * Between brief_begin and brief_end, what the thread takes lies there, and is gone at the end. At
 * all other times, and when the block is full, it comes from the heap. It is given back all the
 * same. */
#ifndef PLUGIN_BRIEF_H
#define PLUGIN_BRIEF_H

#include <stdbool.h>
#include <stddef.h>

/* These are called in pairs, which may lie within each other: a constructor may open a plugin. The
 * first returns what the second takes; NULL if the heap will have to do. */
struct area *brief_begin(void);
void brief_end(struct area *area);

/* For any object; NULL for want of memory. The second is zeroed. */
void *brief_take(size_t size);
void *brief_take_zeroed(size_t count, size_t size);

/* The block of this size, or NULL, as one of another size, with what it holds; NULL, and it stays
 * as it was, for want of memory. */
void *brief_resize(void *block, size_t size, size_t new_size);

/* A copy of so many characters, which a NUL follows. */
char *brief_copy(const char *string, size_t length);

/* Gives back a block, or NULL. */
void brief_give(void *block);

/* Is it gone when the open ends? */
bool brief_has(const void *block);

#endif
