/* SPDX-License-Identifier: MIT */
/* The file of a bridge to Go. */
#ifndef PLUGIN_GO_BRIDGE_FILE_H
#define PLUGIN_GO_BRIDGE_FILE_H

#include "base/file.h"
#include "gofile/go_module.h"
#include "module/module.h"

/* Its default name, in the directory of libplugin. */
#define GO_BRIDGE_FILE_NAME "plugin-go-bridge.so"

/* Replaces the file by a copy that nobody can change. */
typedef bool go_bridge_seal(struct file *file, struct error *error);

struct go_bridge_file {
    char *path;        /* absolute, without symbolic links; owned */
    struct file *copy; /* the sealed one, open; NULL: none was asked for. Owned */
    dev_t device;      /* with inode: identifies the file */
    ino_t inode;
    struct module module;
};

/* Reads the bridge at this path, or, if that is NULL or empty, the one in the directory; with
 * `seal`, a sealed copy of it, which is kept. Fails if it is not a bridge for this machine.
 * `plugin_path` and `go` describe the plugin that needs it: a missing bridge is a misfit, and the
 * text says how to build it. Free with go_bridge_file_deinit, also after a failure. */
bool go_bridge_file_read(struct go_bridge_file *bridge, const char *path, const char *directory,
                         const char *plugin_path, const struct go_module *go, go_bridge_seal *seal,
                         struct error *error);
void go_bridge_file_deinit(struct go_bridge_file *bridge);

#endif
