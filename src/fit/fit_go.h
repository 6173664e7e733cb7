/* SPDX-License-Identifier: MIT */
/* Whether a Go plugin fits the Go code of a process. A process has one Go run-time and one copy of
 * each package, so all its modules must have the same builds of them. This is Go's own rule, judged
 * from files. */
#ifndef PLUGIN_FIT_GO_H
#define PLUGIN_FIT_GO_H

#include "fit/misfit.h"
#include "module/bridge_file.h"

/* A module with Go packages. */
struct go_side {
    const struct go_module *module;
    const char *path;
};

/* Reads the bridge for a plugin: of these paths, separated by colons, the first that fits. Without
 * one, the first of the plugin's version of Go, or else the first, for fit_go_bridge to tell why it
 * does not. The rest is as in go_bridge_file_read. */
bool fit_go_read_bridge(struct go_bridge_file *bridge, const char *paths, const char *directory,
                        struct go_side own, go_bridge_seal *seal, struct error *error);

/* Adds a misfit if the bridge was built by another version of Go, or else one that lists all
 * packages that differ. */
void fit_go_bridge(struct go_side own, struct go_side bridge, struct misfits *misfits);

/* Adds a misfit if packages differ from those of another open plugin. Packages of the bridge do not
 * count. */
void fit_go_plugin(struct go_side own, struct go_side other, struct go_side bridge,
                   struct misfits *misfits);

#endif
