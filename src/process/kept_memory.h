/* Memory that lasts as long as the process, apart from the heap: it is that of opened plugins, and
 * lies close together. In the heap it would lie between the dynamic loader's records of modules,
 * all of which a dlopen walks through: with 10,000 plugins, several times as slowly. */
#ifndef PLUGIN_KEEP_H
#define PLUGIN_KEEP_H

#include <stddef.h>

/* So much can be taken at once: what is larger does no harm where it is. */
#define KEEP_MAX ((size_t)16384)

/* Zeroed memory, for any object; NULL if there is none. */
void *keep_take(size_t size);

/* Gives back what was taken with this size, of a plugin that was refused; or NULL. */
void keep_give(void *memory, size_t size);

#endif
