/* SPDX-License-Identifier: MIT */
/* Finding the bridge to Go. */
#ifndef PLUGIN_GO_FIND_BRIDGE_H
#define PLUGIN_GO_FIND_BRIDGE_H

#include "module/bridge_file.h"

/* Reads the bridge for a plugin: that of `option`, of PLUGIN_GO_BRIDGE, or in the library's
 * directory, whatever this process has loaded. `plugin_path` and `go` describe the plugin: a
 * missing bridge is a misfit, and the text says how to build it. `seal` is as in
 * go_bridge_file_read. Free with go_bridge_file_deinit, also after a failure. */
bool go_bridge_read(struct go_bridge_file *bridge, const char *option, const char *plugin_path,
                    const struct go_module *go, go_bridge_seal *seal, struct error *error);

#endif
