/* Mapping a judged plugin into the process. */
#ifndef PLUGIN_MAP_H
#define PLUGIN_MAP_H

#include "plugin_internal.h"

/* Maps the plugin with the dynamic loader, which runs its constructors, and fills in its handle,
 * its base and its symbols' addresses. The file must be the one that was judged. *waiting are the
 * modules whose inits were to run meanwhile, and have to run now: the plugin itself, and libraries
 * that came with it. */
bool map_plugin(struct plugin *p, const struct file *file, struct plugin_init_ **waiting,
                struct error *error);

/* Is the calling thread in map_plugin? Then this code was called by a constructor, and the dynamic
 * loader's lock is held: it must not wait for a thread that may be waiting for that. */
bool map_is_under_way(void);

/* In map_plugin, leaves the inits of a module, the first one of which this is, to it. */
void map_defer(struct plugin_init_ *first);

/* The address of a symbol whose address its module does not tell: for the calling thread, if the
 * symbol is thread-local. NULL if the dynamic loader does not know it either. */
void *map_find_address(const struct plugin_symbol *symbol);

#endif
