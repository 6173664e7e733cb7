/* Memory that lasts as long as the process, apart from the heap: it is that of opened plugins, and
 * lies close together. In the heap it would lie between the dynamic loader's records of modules,
 * all of which a dlopen walks through: with 10,000 plugins, several times as slowly. */
#ifndef PLUGIN_KEPT_MEMORY_P_H
#define PLUGIN_KEPT_MEMORY_P_H

#include <stddef.h>

/* Larger blocks are the heap's, where they do no harm. */
#define KEPT_MAX ((size_t)16384)

/* Returns a zeroed block for any object, or NULL without memory. */
void *kept_alloc(size_t size);

/* Frees a block of this size, or NULL. */
void kept_free(void *memory, size_t size);

#endif
