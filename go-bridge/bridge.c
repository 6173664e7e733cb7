/* SPDX-License-Identifier: MIT */
/* The functions of bridge.h. */
#include "bridge.h"

#include "closure.h"

/* Exported by Go. */
#pragma GCC visibility push(hidden)
char *plugin_go_open_(char *path, bool *is_init_failure);
void plugin_go_spoil_(void *init_task);
void *plugin_go_bind_(char *path, char *name, void *context, char **why);
void plugin_go_keep_(uintptr_t memory);
void plugin_go_release_(uintptr_t memory);
uintptr_t plugin_go_allocate_(size_t size, size_t *pointers, size_t pointer_count, size_t count);
#pragma GCC visibility pop

static char *open_plugin(const char *path, bool *is_init_failure)
{
    return plugin_go_open_((char *)path, is_init_failure);
}

static void *bind(const char *path, const char *name, void *context, char **why)
{
    return plugin_go_bind_((char *)path, (char *)name, context, why);
}

static void keep(const void *memory)
{
    plugin_go_keep_((uintptr_t)memory);
}

static void release(const void *memory)
{
    plugin_go_release_((uintptr_t)memory);
}

static void *allocate(size_t size, const size_t *pointers, size_t pointer_count, size_t count)
{
    return (void *)plugin_go_allocate_(size, (size_t *)pointers, pointer_count, count);
}

__attribute__((visibility("default"))) const struct plugin_go_bridge *plugin_go_bridge_(void);

const struct plugin_go_bridge *plugin_go_bridge_(void)
{
    static const struct plugin_go_bridge bridge = {
        .version = PLUGIN_GO_BRIDGE_VERSION,
        .open = open_plugin,
        .spoil = plugin_go_spoil_,
        .bind = bind,
        .set_panicked = plugin_go_set_panicked,
        .keep = keep,
        .release = release,
        .allocate = allocate,
    };
    return &bridge;
}
