/* Mapping a judged plugin into the process. */
#ifndef PLUGIN_MAP_H
#define PLUGIN_MAP_H

#include "plugin_internal.h"

/* Maps the plugin with the dynamic loader, which runs its constructors, and fills in its handle and
 * its symbols' addresses. The file must be the one that was judged. */
bool map_plugin(struct plugin *p, const struct file *file, struct error *error);

/* The address of a symbol whose address its module does not tell: for the calling thread, if the
 * symbol is thread-local. NULL if the dynamic loader does not know it either. */
void *map_find_address(const struct plugin_symbol *symbol);

#endif
