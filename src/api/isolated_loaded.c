/* SPDX-License-Identifier: MIT */
/* libplugin-isolated.so, which the first isolated open loads. */
#include "api/isolated_place_p.h"
#include "base/loader.h"
#include "libraries/own_library.h"
#include "process/loaded.h"
#include "process/map.h"

#include <stdlib.h>
#include <string.h>

#define LIBRARY "libplugin-isolated.so.0"

#define LOADED_BY_NAME                                                                             \
    "[{\"feature\":\"isolated\",\"description\":\"Plugins in sandboxed processes\","               \
    "\"priority\":\"recommended\",\"soname\":[\"" LIBRARY "\"]},"                                  \
    "{\"feature\":\"trust\",\"description\":\"Signatures and hashes of plugins\","                 \
    "\"priority\":\"recommended\",\"soname\":[\"libsodium.so.23\",\"libsodium.so.26\"]}]"

/* What the library loads itself, trust/sodium.c too, as a note for packagers:
 * systemd.io/ELF_DLOPEN_METADATA. A static program has no part of this file, and loads nothing. A
 * bridge to Go has no name on which a package could depend: users build it. */
static const struct {
    uint32_t owner_size, text_size, type;
    char owner[4], text[sizeof LOADED_BY_NAME];
} dlopen_note __attribute__((used, section(".note.dlopen"), aligned(4))) = {
    4, sizeof LOADED_BY_NAME, 0x407c0c0a, "FDO", LOADED_BY_NAME};

static const struct isolated_functions *functions; /* set once; atomic */

/* Loads the library from the directory of this one, or else as the dynamic loader finds it. */
static void *library_open(void)
{
    char own[PATH_MAX];
    uintptr_t start, behind;
    TEXT_AUTO path = {0};
    bool is_known = loaded_name((void *)library_open, own, &start, &behind);
    const char *end = is_known ? strrchr(own, '/') : NULL;
    if (end)
        text_add(&path, "%.*s/" LIBRARY, (int)(end - own), own);
    void *handle = end && !path.failed ? loader_open(path.chars, RTLD_NOW | RTLD_LOCAL) : NULL;
    return handle ? handle : loader_open(LIBRARY, RTLD_NOW | RTLD_LOCAL);
}

const struct isolated_functions *isolated_functions(struct error *error)
{
    const struct isolated_functions *known = __atomic_load_n(&functions, __ATOMIC_ACQUIRE);
    if (known)
        return known;
    void *handle = library_open();
    const char *reason = handle ? NULL : loader_error();
    isolated_load *load = handle ? (isolated_load *)loader_find(handle, ISOLATED_LOAD, NULL) : NULL;
    known = load ? load(PLUGIN_VERSION, error_publish) : NULL;
    if (known)
        __atomic_store_n(&functions, known, __ATOMIC_RELEASE);
    else
        error_set(error, PLUGIN_UNSUPPORTED,
                  "PLUGIN_ISOLATED needs " LIBRARY " of this version, beside libplugin: %s",
                  reason   ? reason
                  : handle ? "it is of another version"
                           : "not found");
    return known;
}

/* Beside LIBRARY, of which the loader may know a symbolic link; of libplugin, the host may have a
 * copy linked into it. */
bool isolated_find_files(struct text *worker, struct text *library, struct error *error)
{
    char beside[PATH_MAX];
    uintptr_t start, behind;
    const struct isolated_functions *known = isolated_functions(error);
    if (!known)
        return false;
    char *resolved =
        loaded_name((void *)known->judge, beside, &start, &behind) ? realpath(beside, NULL) : NULL;
    const char *end = resolved ? strrchr(resolved, '/') : NULL;
    if (end) {
        text_add(worker, "%.*s/" ISOLATED_WORKER, (int)(end - resolved), resolved);
        text_add(library, "%.*s/" OWN_LIBRARY, (int)(end - resolved), resolved);
    }
    free(resolved);
    if (worker->failed || library->failed)
        return error_set_no_memory(error);
    return end || error_set(error, PLUGIN_SYSTEM, "cannot find the directory of " LIBRARY);
}

const void *isolated_find_function(const char *name)
{
    return map_find_global(name, NULL);
}
