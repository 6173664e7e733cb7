/* The Go plugins of this process. Go's run-time opens them, and runs the inits of their packages,
 * each once; but it aborts the process, or waits for ever, where it is asked for what cannot be. So
 * all that is decided before it is asked. */
#ifndef PLUGIN_GO_PLUGINS_H
#define PLUGIN_GO_PLUGINS_H

#include "fit/misfit.h"
#include "process/plugin_internal.h"

/* Finds the bridge, and claims the packages that no other Go plugin has brought. Waits while
 * another thread is opening a plugin that has brought one whose inits are still to run. Fails if
 * the init of one that is needed has failed, or is running below this very call. go_end must follow
 * in any case. */
bool go_begin(struct plugin *p, const char *bridge, struct error *error);

/* Is every package that the process has the same build as the plugin's own? Adds misfits. */
void go_judge(const struct plugin *p, struct misfits *misfits);

/* Opens a plugin that fits: the bridge is loaded if it is not yet, the plugin mapped, inits run.
 * Fills in the plugin as map_plugin does. */
enum outcome go_open(struct plugin *p, const struct file *file, struct error *error);

/* Ends what go_begin began. */
void go_end(struct plugin *p, enum outcome outcome);

#endif
