/* SPDX-License-Identifier: MIT */
/* libplugin itself, as a library that plugins need. */
#ifndef PLUGIN_OWN_LIBRARY_H
#define PLUGIN_OWN_LIBRARY_H

#include <stdbool.h>

#define OWN_LIBRARY "libplugin.so.0"

/* Is this the name of a function of <plugin.h>? A plugin in a process of its own never gets the
 * host's: it could open plugins there. */
bool own_library_defines(const char *name);

#endif
