/* SPDX-License-Identifier: MIT */
/* GLib's GModule. */
#include <gmodule.h>

#define PEER_NAME "gmodule"

static void peer_start(void)
{
}

static inline void *peer_open(const char *path)
{
    return g_module_open(path, G_MODULE_BIND_LOCAL);
}

static inline void *peer_find(void *handle, const char *name)
{
    void *address = NULL;
    return g_module_symbol(handle, name, &address) ? address : NULL;
}

static inline int *peer_find_int(void *handle, const char *name)
{
    return peer_find(handle, name);
}

static const char *peer_error(void)
{
    return g_module_error();
}
