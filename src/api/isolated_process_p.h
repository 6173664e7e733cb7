/* SPDX-License-Identifier: MIT */
/* What the process of an isolated plugin has, before the plugin is mapped: its program, and the
 * libraries of that, above all the C library. */
#ifndef PLUGIN_API_ISOLATED_PROCESS_P_H
#define PLUGIN_API_ISOLATED_PROCESS_P_H

#include "libraries/libraries.h"

struct isolated_process {
    struct module module; /* of the program */
    struct dynamic dynamic;
    struct libraries libraries; /* items[0] is the program */
};

/* Reads them from their files, into the arena. Call isolated_process_deinit in any case. */
bool isolated_process_read(struct isolated_process *process, struct arena *arena,
                           struct error *error);

void isolated_process_deinit(struct isolated_process *process);

/* Is this library there in each such process, or handed over by us? */
bool isolated_process_has(const struct isolated_process *process, const char *name);

#endif
