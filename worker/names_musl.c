/* SPDX-License-Identifier: MIT */
/* musl knows a library by the name of the file that it found in a search, and by no DT_SONAME
 * (load_library in ldso/dynlink.c). If a search leads to a file that was mapped by its path before,
 * musl takes the end of that path for the library's name. So the path is made to end in the
 * DT_SONAME, and the descriptor is searched for, as a file of /proc/self/fd: the worker is linked
 * with that run path. */
#include "worker/names.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns the DT_SONAME, which the host has checked; NULL if there is none. */
static const char *soname(const struct link_map *library)
{
    const char *strings = NULL;
    const ElfW(Dyn) *name = NULL;
    for (const ElfW(Dyn) *entry = library->l_ld; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_STRTAB)
            strings = (const char *)library->l_addr + entry->d_un.d_ptr;
        if (entry->d_tag == DT_SONAME)
            name = entry;
    }
    return strings && name ? strings + name->d_un.d_val : NULL;
}

static bool is_found(const char *name, const struct link_map *library)
{
    struct link_map *found;
    void *handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    return handle && dlinfo(handle, RTLD_DI_LINKMAP, &found) == 0 && found == library;
}

bool names_publish(struct link_map *library, unsigned descriptor)
{
    char file[16], *path;
    const char *name = soname(library);
    if (!name)
        return true;
    snprintf(file, sizeof file, "%u", descriptor);
    if (asprintf(&path, "/%s", name) < 0)
        return false;
    library->l_name = path;
    return is_found(file, library) && is_found(name, library);
}
