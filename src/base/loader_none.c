/* SPDX-License-Identifier: MIT */
/* A static program has no dynamic loader. References to its functions would make the linker warn,
 * and link in what it finds of them. */
#include "base/loader.h"

#include <stddef.h>

enum loader loader_kind(void)
{
    return LOADER_NONE;
}

bool loader_has(const char *name)
{
    (void)name;
    return false;
}

unsigned long long loader_count(void)
{
    return 0;
}

void *loader_open(const char *path, int flags)
{
    (void)path, (void)flags;
    return NULL;
}

void loader_close(void *handle)
{
    (void)handle;
}

const char *loader_error(void)
{
    return "a static program has no dynamic loader";
}

enum plugin_code loader_error_code(const char *reason, enum plugin_code other)
{
    (void)reason;
    return other;
}

void loader_forget_error(void)
{
}

void *loader_find(void *handle, const char *name, const char *version)
{
    (void)handle, (void)name, (void)version;
    return NULL;
}

struct link_map *loader_record(void *handle)
{
    (void)handle;
    return NULL;
}

bool loader_name(void *handle, char name[static PATH_MAX])
{
    (void)handle, (void)name;
    return false;
}
