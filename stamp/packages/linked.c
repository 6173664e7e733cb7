/* SPDX-License-Identifier: MIT */
/* Checks that every imported package is linked in: carried by the module itself, or by a stamped
 * library that it needs. */
#include "model/image.h"
#include "packages/packages.h"
#include "src/libraries/libraries.h"
#include "src/libraries/toolchain.h"

#include <limits.h>
#include <stdio.h>

/* The libraries that the module needs. */
struct linked {
    struct arena arena;
    struct libraries libraries;
    struct module *found; /* for each missing one, the module in the link's directories, or zeros */
    size_t found_count;
};

/* A library that is not found is not an error. */
static void linked_find(const char *const *directories, const char *name, struct module *module,
                        struct arena *arena)
{
    for (size_t i = 0; directories && directories[i]; i++) {
        ERROR_AUTO ignored = {0};
        FILE_AUTO file = FILE_NONE;
        char path[PATH_MAX];
        int length = snprintf(path, sizeof path, "%s/%s", directories[i], name);
        if (length > 0 && (size_t)length < sizeof path && file_open(&file, path, &ignored) &&
            module_read(module, &file, arena, &ignored))
            return;
    }
}

static bool linked_read_found(struct linked *linked, const char *const *directories,
                              struct error *error)
{
    size_t count = linked->libraries.missing_count;
    linked->found = arena_alloc_zeroed(&linked->arena, count, sizeof *linked->found);
    if (!linked->found)
        return error_set_no_memory(error);
    linked->found_count = count;
    for (size_t i = 0; i < count; i++)
        linked_find(directories, linked->libraries.missing[i].name, &linked->found[i],
                    &linked->arena);
    return true;
}

static bool module_carries(const struct module *module, const char *package)
{
    uint32_t index;
    return module->is_stamped && meta_find_package(&module->meta, package, &index);
}

static bool linked_carries(const struct linked *linked, const char *package)
{
    /* The first one is the module itself. */
    for (size_t i = 1; i < linked->libraries.count; i++)
        if (module_carries(linked->libraries.items[i].module, package))
            return true;
    for (size_t i = 0; i < linked->found_count; i++)
        if (module_carries(&linked->found[i], package))
            return true;
    return false;
}

static bool set_not_linked(const struct stamp *stamp, const struct stamp_dependency *dependency,
                           const struct linked *linked, struct error *error)
{
    TEXT_AUTO others = {0};
    for (size_t i = 0; i < linked->found_count; i++)
        if (!linked->found[i].elf.file_size)
            text_add(&others, "; not found: %s", linked->libraries.missing[i].name);
    for (size_t i = 1; i < linked->libraries.count; i++) {
        const struct library *library = &linked->libraries.items[i];
        if (!library->module->is_stamped && !toolchain_has(library->name))
            text_add(&others, "; not stamped: %s", library->name);
    }
    for (size_t i = 0; i < linked->found_count; i++)
        if (linked->found[i].elf.file_size && !linked->found[i].is_stamped)
            text_add(&others, "; not stamped: %s", linked->libraries.missing[i].name);
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "package \"%s\" imports \"%s\", which is not linked in: no linked file or "
                     "stamped library carries it%s",
                     stamp->packages.items[dependency->importer].path, dependency->path,
                     text_chars(&others));
}

static bool linked_check(const struct stamp *stamp, const struct linked *linked,
                         struct error *error)
{
    for (size_t i = 0; i < stamp->packages.dependency_count; i++) {
        const struct stamp_dependency *dependency = &stamp->packages.dependencies[i];
        if (!dependency->package && !linked_carries(linked, dependency->path))
            return set_not_linked(stamp, dependency, linked, error);
    }
    return true;
}

bool stamp_check_linked(const struct stamp *stamp, const char *path, const char *const *directories,
                        struct error *error)
{
    size_t found = 0; /* a package that the module does not carry */
    while (found < stamp->packages.dependency_count && stamp->packages.dependencies[found].package)
        found++;
    if (found == stamp->packages.dependency_count)
        return true;
    struct linked linked = {.libraries.arena = &linked.arena};
    bool done = libraries_read(&linked.libraries, path, &stamp->image->module,
                               &stamp->image->dynamic, NULL, NULL, error) &&
                linked_read_found(&linked, directories, error) &&
                linked_check(stamp, &linked, error);
    for (size_t i = 0; i < linked.found_count; i++)
        module_deinit(&linked.found[i]);
    libraries_deinit(&linked.libraries);
    arena_deinit(&linked.arena);
    return done;
}
