/* SPDX-License-Identifier: MIT */
/* Isolated plugins, in an open. */
#ifndef PLUGIN_API_ISOLATED_P_H
#define PLUGIN_API_ISOLATED_P_H

#include "api/opening_p.h"
#include "process/loaded.h"

/* Replaces the file by a sealed copy: what is judged is what the worker maps. */
bool isolated_seal(struct file *file, struct error *error);

/* The same for a library, which is admitted (libraries_admit). Those of the C implementation stay
 * files of the system. */
bool isolated_admit(const void *context, const char *name, const char *path, struct file *file,
                    struct error *error);

/* Returns the module that opens the plugin, stamped: that of the caller, else the program. */
const struct loaded *isolated_host(const struct opening *opening, struct error *error);

/* Plugins of one path are the same to Go's run-time, of which each process has its own. Returns
 * true. */
bool isolated_set_content(const struct opening *opening);

/* Reads the bridge of a Go plugin: each process has its own. */
bool isolated_find_bridge(struct opening *opening, struct error *error);

/* Can all that the judged plugin exports cross to another process? */
bool isolated_judge(const struct opening *opening, struct error *error);

/* Prepares the process of the plugin, which fits. */
bool isolated_prepare(const struct opening *opening, struct error *error);

/* Starts it. Its inits may call the host. */
bool isolated_start(struct plugin *p, struct error *error);

/* May the calling thread retire it, and so end its process? */
bool isolated_may_retire(const struct plugin *p, struct error *error);

/* Runs its PLUGIN_RETIRE blocks, and ends its process. False, with the error set, if it had to be
 * killed, or crashed. */
bool isolated_retire(const struct plugin *p, struct error *error);

#endif
