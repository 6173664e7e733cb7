/* SPDX-License-Identifier: MIT */
/* This library. */
#include <plugin.h>

#include <stdint.h>

#ifndef PEER_NAME
#define PEER_NAME "plugin"
#endif

static void peer_start(void)
{
}

static inline void *peer_open(const char *path)
{
    return plugin_open(path);
}

static inline void *peer_find(void *handle, const char *name)
{
    return (void *)(uintptr_t)plugin_lookup(handle, name);
}

static inline int *peer_find_int(void *handle, const char *name)
{
    return plugin_as(plugin_lookup(handle, name), int *);
}

static const char *peer_error(void)
{
    return plugin_error();
}
