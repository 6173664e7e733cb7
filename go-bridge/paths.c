/* SPDX-License-Identifier: MIT */
/* Go's plugin.Open asks realpath(3) for the path. A sealed copy has none but that through its
 * descriptor, a link that leads nowhere. Hidden, so that only the bridge gets this one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

__attribute__((visibility("hidden"))) char *realpath(const char *path, char *resolved);

char *realpath(const char *path, char *resolved)
{
    static const char descriptors[] = "/proc/self/fd/";
    char *(*own)(const char *, char *) =
        (char *(*)(const char *, char *))dlsym(RTLD_NEXT, "realpath");
    char *found = own ? own(path, resolved) : NULL;
    bool is_descriptor = path && !strncmp(path, descriptors, sizeof descriptors - 1) &&
                         strlen(path) < 2 * sizeof descriptors;
    return found || !resolved || !is_descriptor ? found : strcpy(resolved, path);
}
