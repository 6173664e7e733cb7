/* SPDX-License-Identifier: MIT */
/* The bridge to Go of this process, which is loaded once and stays. */
#ifndef PLUGIN_GO_BRIDGE_P_H
#define PLUGIN_GO_BRIDGE_P_H

#include "go-bridge/bridge.h"
#include "go/bridge.h"

struct go_bridge {
    struct go_bridge_file file;
    const struct plugin_go_bridge *table; /* NULL until it is loaded; atomic */
};

/* Returns the loaded bridge, or else reads and judges the one to load: that of `option`, of
 * PLUGIN_GO_BRIDGE, or in the library's directory. `plugin_path` and `go` describe the plugin that
 * needs it: a missing bridge is a misfit, and the text says how to build it. Returns NULL with the
 * error set. Free with go_bridge_free, which does nothing to a loaded one. */
struct go_bridge *go_bridge_find(const char *option, const char *plugin_path,
                                 const struct go_module *go, struct error *error);
void go_bridge_free(struct go_bridge *bridge);

/* Loads the bridge. If another thread loaded the same one first, frees *bridge and replaces it. */
bool go_bridge_load(struct go_bridge **bridge, struct error *error);

/* Returns the loaded bridge, or NULL. */
const struct go_bridge *go_bridge_loaded(void);

#endif
