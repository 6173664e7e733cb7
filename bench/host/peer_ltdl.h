/* SPDX-License-Identifier: MIT */
/* GNU Libtool's libltdl. */
#include <ltdl.h>

#define PEER_NAME "ltdl"

static void peer_start(void)
{
    lt_dlinit();
}

static inline void *peer_open(const char *path)
{
    return lt_dlopen(path);
}

static inline void *peer_find(void *handle, const char *name)
{
    return lt_dlsym(handle, name);
}

static inline int *peer_find_int(void *handle, const char *name)
{
    return lt_dlsym(handle, name);
}

static const char *peer_error(void)
{
    return lt_dlerror();
}
