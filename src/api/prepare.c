/* SPDX-License-Identifier: MIT */
/* Prepares the process before a plugin is mapped: promotes packages and maps libraries that the
 * plugin will be bound to. */
#include "api/opening_p.h"
#include "base/loader.h"
#include "packages/package.h"
#include "process/map.h"
#include "trust/sealed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- packages of the libraries that the plugin brings along ---- */

/* Returns the carrier of the live copy that the library's package will be bound to, and sets
 * *number to the package's number in it; NULL if the library's own copy is live. */
static const struct carrier *prepare_find_live_copy(const struct library *library, uint32_t package,
                                                    const struct plugin *candidate,
                                                    uint32_t *number)
{
    const struct meta *meta = &library->module->meta;
    const char *path = meta_package(meta, package).path;
    const struct carrier *carrier = package_find(path, candidate);
    bool is_bound = carrier && meta_find_package(&carrier->module->meta, path, number) &&
                    meta_exports_package(meta, package);
    return is_bound ? carrier : NULL;
}

/* Promotes the live copies that the libraries' packages will be bound to. */
static bool prepare_packages(const struct libraries *libraries, const struct plugin *candidate,
                             struct error *error)
{
    uint32_t number;
    for (size_t i = 1; i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        bool is_stamped = library->module->is_stamped;
        uint32_t count = is_stamped ? library->module->meta.header.packages.count : 0;
        for (uint32_t k = 0; k < count; k++)
            if (prepare_find_live_copy(library, k, candidate, &number) &&
                !package_promote_live(meta_package(&library->module->meta, k).path, error))
                return false;
    }
    return true;
}

/* ---- libraries under a trust policy ---- */

/* Does the dynamic loader have a library of this name? */
static bool prepare_is_loaded(const char *name)
{
    void *handle = loader_open(name, RTLD_LAZY | RTLD_NOLOAD);
    if (handle)
        loader_close(handle);
    return handle;
}

static bool prepare_has_needed(const struct library *library)
{
    const char *name;
    for (size_t i = 0; (name = dynamic_needed(&library->dynamic, i)); i++)
        if (dynamic_needed_tag(&library->dynamic, i) == DT_NEEDED && !prepare_is_loaded(name))
            return false;
    return true;
}

/* Maps a library's sealed copy, and verifies that the dynamic loader then finds it under the
 * library's name. */
static bool prepare_library(struct library *library, struct error *error)
{
    char *path = file_descriptor_path(library->file.descriptor, NULL);
    if (!path)
        return error_set_no_memory(error);
    void *handle = map_load_library(path);
    const char *reason = handle ? NULL : loader_error();
    /* Without memory, glibc's dlopen may fail and leave the library loaded. */
    library->file.is_kept = handle || loader_has(path);
    free(path);
    if (!handle)
        return error_set(error, PLUGIN_SYSTEM, "%s: the dynamic loader refuses it: %s",
                         library->path, reason ? reason : "reason unknown");
    return prepare_is_loaded(library->name) ||
           error_set(error, PLUGIN_UNTRUSTED,
                     "DT_SONAME of its library %s, at %s, differs from the requested name, so the "
                     "dynamic loader would load an unchecked file",
                     library->name, library->path);
}

/* Maps the libraries, each after those that it needs, so that the dynamic loader does not search
 * for any. */
static bool prepare_libraries(struct libraries *libraries, struct error *error)
{
    size_t left = libraries->count - 1;
    for (bool is_moving = true; left && is_moving;) {
        is_moving = false;
        for (size_t i = 1; i < libraries->count; i++) {
            struct library *library = &libraries->items[i];
            if (library->file.is_kept || !prepare_has_needed(library))
                continue;
            if (!prepare_library(library, error))
                return false;
            is_moving = true;
            left--;
        }
    }
    if (left || !prepare_has_needed(&libraries->items[0]))
        return error_set(error, PLUGIN_UNTRUSTED,
                         "its libraries depend on each other in a cycle, so the dynamic loader "
                         "would load unchecked files");
    return true;
}

/* ---- libraries that the dynamic loader finds ---- */

/* Remembers which files were judged: the judgement's memory is freed before they are mapped. */
static bool prepare_remember_libraries(struct opening *opening, struct error *error)
{
    const struct libraries *libraries = &opening->libraries;
    if (libraries->count < 2)
        return true;
    opening->judged = calloc(libraries->count - 1, sizeof *opening->judged);
    for (size_t i = 1; opening->judged && i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        struct judged_library *judged = &opening->judged[opening->judged_count++];
        *judged = (struct judged_library){strdup(library->name), strdup(library->path),
                                          library->device, library->inode};
        if (!judged->name || !judged->path)
            return error_set_no_memory(error);
    }
    return opening->judged || error_set_no_memory(error);
}

bool process_check_libraries(struct opening *opening, struct error *error)
{
    bool is_same = true;
    for (size_t i = 0; is_same && i < opening->judged_count; i++) {
        const struct judged_library *judged = &opening->judged[i];
        char name[PATH_MAX];
        struct stat status;
        void *handle = loader_open(judged->name, RTLD_LAZY | RTLD_NOLOAD);
        bool is_named = handle && loader_name(handle, name);
        if (handle)
            loader_close(handle);
        is_same = is_named && stat(name, &status) == 0 && status.st_dev == judged->device &&
                  status.st_ino == judged->inode;
        if (!is_same)
            error_set(error, PLUGIN_SYSTEM,
                      "the dynamic loader mapped %s for its library %s, and not %s, which was "
                      "judged",
                      is_named ? name : "nothing", judged->name, judged->path);
    }
    return is_same;
}

bool process_prepare(struct opening *opening, struct error *error)
{
    return prepare_packages(&opening->libraries, opening->p, error) &&
           (opening->options->trust ? prepare_libraries(&opening->libraries, error)
                                    : prepare_remember_libraries(opening, error)) &&
           package_promote(opening->p, error);
}
