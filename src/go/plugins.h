/* SPDX-License-Identifier: MIT */
/* The Go plugins of this process. Go's run-time maps them, and runs each package's inits once. But
 * if inits form a cycle or have failed before, it aborts the process or waits for ever, so such
 * opens are refused before it is called. */
#ifndef PLUGIN_GO_PLUGINS_H
#define PLUGIN_GO_PLUGINS_H

#include "fit/misfit.h"
#include "process/plugin.h"

/* Finds the bridge, for go_plugin_judge; go_plugin_finish must follow in any case. */
bool go_plugin_find_bridge(struct plugin *p, const char *bridge, struct error *error);

/* Finds the bridge, and claims those of the plugin's packages that have no live copy yet. Waits
 * while another thread opens a plugin whose inits it needs. Fails if the init of such a package has
 * failed, or is running in this call chain. go_plugin_finish must follow in any case. */
bool go_plugin_prepare(struct plugin *p, const char *bridge, struct error *error);

/* Adds misfits for packages of which the process has another build. */
void go_plugin_judge(const struct plugin *p, struct misfits *misfits);

/* Opens a plugin that fits: loads the bridge if necessary, maps the plugin, runs its inits, and
 * fills it in as map_plugin does. */
enum outcome go_plugin_open(struct plugin *p, const struct file *file, struct error *error);

/* Records the outcome; after a refusal, releases the plugin's claims. */
void go_plugin_finish(struct plugin *p, enum outcome outcome);

#endif
