/* SPDX-License-Identifier: MIT */
/* The file of a bridge to Go. */
#include "module/bridge_file.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text also names the command that makes the bridge at this path. */
static bool bridge_file_set_missing(struct error *error, const char *path, const char *reason,
                                    bool is_default, const char *plugin_path,
                                    const struct go_module *go)
{
    return error_set(
        error, PLUGIN_MISFIT,
        "it is a Go plugin, built by %s, and the bridge to Go is missing: %s: %s; build it with "
        "the same Go: plugin go-bridge --for=%s%s%s",
        go->version, path, reason, plugin_path, is_default ? "" : " -o ", is_default ? "" : path);
}

/* Returns the path without symbolic links, newly allocated, or NULL with the error set. */
static char *bridge_file_locate(const char *given, const char *directory, const char *plugin_path,
                                const struct go_module *go, struct error *error)
{
    bool is_default = !given || !*given;
    char *beside = NULL, *resolved = NULL;
    if (is_default && asprintf(&beside, "%s/" GO_BRIDGE_FILE_NAME, directory) < 0)
        beside = NULL;
    const char *path = is_default ? beside : given;
    if (path)
        resolved = realpath(path, NULL);
    if (!path || (!resolved && errno == ENOMEM))
        error_set_no_memory(error);
    else if (!resolved)
        bridge_file_set_missing(error, path, strerror(errno), is_default, plugin_path, go);
    free(beside);
    return resolved;
}

static bool bridge_file_judge(const struct module *module, struct error *error)
{
    const struct go_module *go = module->go;
    if (go && !go->is_plugin && go_module_package(go, "plugin") && elf_is_own_machine(&module->elf))
        return true;
    return error_set(error, PLUGIN_MISFIT,
                     "it is not a bridge for this machine; build one with: plugin go-bridge");
}

/* Moves the sealed copy to the bridge. */
static bool bridge_file_keep(struct go_bridge_file *bridge, struct file *file, struct error *error)
{
    bridge->copy = malloc(sizeof *bridge->copy);
    if (!bridge->copy)
        return error_set_no_memory(error);
    *bridge->copy = *file;
    bridge->copy->start = bridge->copy->end = (struct file_part){0};
    *file = (struct file)FILE_NONE;
    return true;
}

bool go_bridge_file_read(struct go_bridge_file *bridge, const char *path, const char *directory,
                         const char *plugin_path, const struct go_module *go, go_bridge_seal *seal,
                         struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    ARENA_AUTO arena = {0};
    *bridge = (struct go_bridge_file){
        .path = bridge_file_locate(path, directory, plugin_path, go, error)};
    if (!bridge->path)
        return false;
    bool is_open = file_open(&file, bridge->path, error);
    bridge->device = file.device;
    bridge->inode = file.inode;
    if (!is_open || (seal && !seal(&file, error)) ||
        !module_read(&bridge->module, &file, &arena, error) ||
        !bridge_file_judge(&bridge->module, error) || !module_keep(&bridge->module, error) ||
        (seal && !bridge_file_keep(bridge, &file, error)))
        return error_prefix(error, "cannot use the bridge to Go, %s: ", bridge->path);
    return true;
}

void go_bridge_file_deinit(struct go_bridge_file *bridge)
{
    module_deinit(&bridge->module);
    if (bridge->copy)
        file_close(bridge->copy);
    free(bridge->copy);
    free(bridge->path);
    *bridge = (struct go_bridge_file){0};
}
