/* Paths as strings. */
#ifndef PLUGIN_PATH_H
#define PLUGIN_PATH_H

#include <string.h>

/* Returns where the last component of a path starts: the whole path, if it has no slash. */
static inline const char *path_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

#endif
