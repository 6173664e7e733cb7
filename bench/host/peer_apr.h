/* SPDX-License-Identifier: MIT */
/* Apache's APR DSO. */
#include <apr_dso.h>
#include <apr_general.h>

#define PEER_NAME "apr"

static apr_pool_t *pool;

static void peer_start(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
}

static inline void *peer_open(const char *path)
{
    apr_dso_handle_t *handle;
    return apr_dso_load(&handle, path, pool) == APR_SUCCESS ? handle : NULL;
}

static inline void *peer_find(void *handle, const char *name)
{
    apr_dso_handle_sym_t address;
    return apr_dso_sym(&address, handle, name) == APR_SUCCESS ? address : NULL;
}

static inline int *peer_find_int(void *handle, const char *name)
{
    return peer_find(handle, name);
}

static const char *peer_error(void)
{
    return "APR refuses it";
}
