/* SPDX-License-Identifier: MIT */
/* The dynamic loader itself, as most programs use it: each plugin in a scope of its own. */
#include <dlfcn.h>

#ifndef PEER_FLAGS
#define PEER_NAME  "dlopen"
#define PEER_FLAGS (RTLD_NOW | RTLD_LOCAL)
#endif

static void peer_start(void)
{
}

static inline void *peer_open(const char *path)
{
    return dlopen(path, PEER_FLAGS);
}

static inline void *peer_find(void *handle, const char *name)
{
    return dlsym(handle, name);
}

/* Nothing checks the type. */
static inline int *peer_find_int(void *handle, const char *name)
{
    return dlsym(handle, name);
}

static const char *peer_error(void)
{
    return dlerror();
}
