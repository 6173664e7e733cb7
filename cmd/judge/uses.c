/* SPDX-License-Identifier: MIT */
/* What the plugin that was judged last uses, and of which module. */
#include "judge/uses.h"

#include "src/libraries/toolchain.h"

#include <string.h>

/* Sets who has it, unless that is the plugin itself. */
static void use_set_provider(struct use *use, const struct provider *provider, const char *own_path)
{
    if (provider->path && !strcmp(provider->path, own_path))
        return;
    use->path = provider->path;
    use->module = provider->module;
    use->is_host = provider->is_host;
}

/* A function or variable of a package that the plugin carries. */
static bool use_find_package(struct use *use, struct host_process *process, struct error *error)
{
    const struct subject *own = process->judged;
    struct provider provider = {0};
    bool is_found;
    if (!host_process_find_package(process, use->package, &is_found, &provider, error))
        return false;
    if (!is_found)
        return true;
    use_set_provider(use, &provider, own->libraries.items[0].path);
    bool is_built_in = provider.is_host && provider.module != &process->host.module;
    use->built_in = is_built_in ? provider.path : NULL;
    return true;
}

/* One of no package: of a module of the process, or a library that comes with the plugin. */
static bool use_find_symbol(struct use *use, struct host_process *process,
                            const struct meta_import *import, struct error *error)
{
    const struct subject *own = process->judged;
    struct provider provider = {0};
    bool is_found;
    bool is_searched = process->is_isolated
                           ? host_process_find_isolated(process, use->name, NULL, import->kind,
                                                        &is_found, &provider, error)
                           : host_process_find_symbol(process, use->name, NULL, import->kind,
                                                      &is_found, &provider, error);
    if (!is_searched)
        return false;
    const struct library *library =
        is_found ? NULL : libraries_find(&own->libraries, use->name, NULL);
    if (library)
        provider = (struct provider){.path = library->path, .module = library->module};
    if (is_found || library)
        use_set_provider(use, &provider, own->libraries.items[0].path);
    use->is_implementation = (*import->library && toolchain_has(import->library)) ||
                             (use->path && toolchain_has(use->path));
    return true;
}

bool uses_each(struct host_process *process, bool (*each)(void *context, const struct use *use),
               void *context, struct error *error)
{
    const struct meta *meta = &process->judged->module.meta;
    for (uint32_t i = 0; i < meta->header.imports.count; i++) {
        struct meta_import import = meta_import(meta, i);
        struct use use = {.name = import.name};
        if (import.package)
            use.package = meta_package(meta, import.package - 1).path;
        bool is_found = import.package ? use_find_package(&use, process, error)
                                       : use_find_symbol(&use, process, &import, error);
        if (!is_found)
            return false;
        bool is_own = !use.path && (import.package || import.is_by_definition);
        use.is_unchecked = !import.type || !use.module || !use.module->is_stamped;
        if (!is_own && !each(context, &use))
            return false;
    }
    return true;
}
