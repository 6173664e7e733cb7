/* SPDX-License-Identifier: MIT */
/* Where plugins are in memory. A search takes no lock, so that a signal handler may search while
 * other threads open plugins. */
#ifndef PLUGIN_PLACES_H
#define PLUGIN_PLACES_H

#include "process/plugin.h"

/* From now on, this plugin is found at the addresses to which it is mapped. It must not be freed.
 */
void places_add(struct plugin *p);

/* Returns the plugin with this address, or NULL. Async-signal-safe. */
struct plugin *places_find(const void *address);

#endif
