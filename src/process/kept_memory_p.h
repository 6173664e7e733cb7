/* SPDX-License-Identifier: MIT */
/* Memory of open plugins, apart from the heap. In the heap, it would lie between the dynamic
 * loader's records of modules, through which each dlopen walks: with 10,000 plugins, that would be
 * several times slower. */
#ifndef PLUGIN_KEPT_MEMORY_P_H
#define PLUGIN_KEPT_MEMORY_P_H

#include <stddef.h>

/* Larger blocks come from the heap, where they do no harm. */
#define KEPT_MAX ((size_t)16384)

/* Returns a zeroed block for any object; NULL if memory runs out. */
void *kept_alloc(size_t size);

/* Frees a block of this size, or NULL. */
void kept_free(void *memory, size_t size);

#endif
