/* The process's bridge to Go: loaded once, for good. */
#ifndef PLUGIN_GO_BRIDGE_LOADED_H
#define PLUGIN_GO_BRIDGE_LOADED_H

#include "go-bridge/bridge.h"
#include "module/bridge_file.h"

struct go_bridge {
    struct go_bridge_file file;
    const struct plugin_go_bridge *table; /* NULL until it is loaded. Atomic. */
};

/* The bridge that is loaded, or else the one to be loaded, which is read and judged by itself: that
 * of `option`, of the environment, or of the library's directory. Free with go_bridge_free, which
 * spares one that is loaded. NULL with the error set. `plugin_path` and `go` are of the plugin that
 * needs it: a bridge that is not there is a misfit, and the text says how to make it. */
struct go_bridge *go_bridge_find(const char *option, const char *plugin_path,
                                 const struct go_module *go, struct error *error);
void go_bridge_free(struct go_bridge *bridge);

/* Loads it, and makes it the process's. Another thread's may have come first: *bridge is the one
 * that stays. */
bool go_bridge_load(struct go_bridge **bridge, struct error *error);

/* The bridge that is loaded; NULL: none is. */
const struct go_bridge *go_bridge_loaded(void);

#endif
