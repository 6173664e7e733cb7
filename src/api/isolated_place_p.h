/* SPDX-License-Identifier: MIT */
/* Where what isolated plugins need is: in libplugin-isolated.so and beside it (isolated_loaded.c),
 * linked into a static program (isolated_linked.c), or not there (isolated_none.c). */
#ifndef PLUGIN_API_ISOLATED_PLACE_P_H
#define PLUGIN_API_ISOLATED_PLACE_P_H

#include "isolated/isolated.h"

/* Beside the libraries. */
#define ISOLATED_WORKER "plugin/plugin-worker"

/* Returns what runs isolated plugins, loaded by the first call; NULL with the error set. */
const struct isolated_functions *isolated_functions(struct error *error);

/* Sets the paths of the program that each plugin's process runs, and of the libplugin for plugins
 * that need it. */
bool isolated_find_files(struct text *worker, struct text *library, struct error *error);

/* Returns the host's function that a plugin in this process would be bound to; NULL if there is
 * none. */
const void *isolated_find_function(const char *name);

#endif
