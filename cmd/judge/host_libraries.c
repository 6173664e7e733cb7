/* SPDX-License-Identifier: MIT */
/* What the libraries of the host's file give the host, and the process of an isolated plugin. */
#include "judge/host_process.h"

#include "src/libraries/own_library.h"

#include <string.h>

const struct library *host_process_find_library(const struct libraries *libraries, const char *name)
{
    for (size_t i = 0; i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        if ((i && !strcmp(library->name, name)) ||
            (library->dynamic.soname && !strcmp(library->dynamic.soname, name)))
            return library;
    }
    return NULL;
}

/* Is it a name of the C library, or of the dynamic loader? */
static bool is_of_c_library(const char *name)
{
    static const char *const starts[] = {"libc.so", "libc.musl-", "ld-linux", "ld-musl-"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(name, starts[i], strlen(starts[i])))
            return true;
    return false;
}

/* A static host has no C library, but the plugin's process does: that which the plugin needs. */
bool host_process_has_isolated(const struct host_process *process, const char *name)
{
    return !strcmp(name, OWN_LIBRARY) ||
           (is_of_c_library(name) && host_process_find_library(&process->host.libraries, name));
}

/* Does the host offer it for calls back? */
static bool offers(const struct library *host, const char *name)
{
    struct dynamic_symbol symbol;
    return host->module->is_stamped ? module_kind(host->module, name) != 0
                                    : dynamic_find(&host->dynamic, name, NULL, &symbol);
}

bool host_process_find_isolated(void *context, const char *name, const char *version, uint32_t kind,
                                bool *found, struct provider *provider, struct error *error)
{
    (void)kind, (void)error;
    const struct host_process *process = context;
    const struct libraries *libraries = &process->host.libraries;
    struct dynamic_symbol symbol;
    bool is_own = own_library_defines(name);
    *found = true;
    if (!version && !is_own && offers(libraries->items, name)) {
        *provider = (struct provider){
            .path = libraries->items->path, .is_host = true, .module = libraries->items->module};
        return true;
    }
    for (size_t i = 1; i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        if (!is_of_c_library(library->name) ||
            !dynamic_find(&library->dynamic, name, version, &symbol))
            continue;
        *provider = (struct provider){.path = library->path, .module = library->module};
        return true;
    }
    *found = is_own || process->is_unknown;
    *provider = (struct provider){.path = is_own ? OWN_LIBRARY : "the host", .is_host = !is_own};
    return true;
}
