/* SPDX-License-Identifier: MIT */
/* Paths as strings. */
#ifndef PLUGIN_PATH_H
#define PLUGIN_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Returns where the last component of a path starts: the whole path, if it has no slash. */
static inline const char *path_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Returns the length of the dynamic string token (ld.so(8)) `$NAME` or `${NAME}` that a string of
 * this length starts with; 0 if it starts otherwise. */
size_t path_token_length(const char *string, size_t length, const char *name);

/* Is the path absolute, without a component that is empty, "." or ".."? */
bool path_is_plain(const char *path);

/* Does the path have a token? glibc's dlopen would replace it. */
bool path_has_token(const char *path);

#endif
