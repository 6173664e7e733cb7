/* SPDX-License-Identifier: MIT */
/* Mapping plugins and libraries into the process, by the dynamic loader. */
#include "process/map.h"

#include "base/array.h"
#include "base/loader.h"
#include "process/loaded.h"

#include <stdlib.h>
#include <string.h>

/* The innermost mapping of this thread, or NULL. */
static __thread struct mapping *under_way;
static __thread unsigned
    constructors; /* the depth of constructors that have called map_begin_constructor */

bool map_is_under_way(void)
{
    return under_way || constructors;
}

bool map_may_be_twice(void)
{
#ifdef __GLIBC__
    return true;
#else
    return false;
#endif
}

bool map_is_mapping(void)
{
    return under_way;
}

bool map_is_mapping_address(const void *address)
{
    const struct mapping *mapping = under_way;
    while (mapping && ((uintptr_t)address < mapping->base || (uintptr_t)address >= mapping->end))
        mapping = mapping->outer;
    return mapping;
}

bool map_recognise(const char *path, uintptr_t base, uintptr_t end)
{
    struct mapping *mapping = under_way;
    while (mapping && strcmp(mapping->path, path) != 0)
        mapping = mapping->outer;
    if (!mapping)
        return false;
    mapping->base = base;
    mapping->end = end;
    return true;
}

void map_begin_constructor(void)
{
    constructors++;
}

void map_end_constructor(void)
{
    constructors--;
}

void map_begin_built_in(struct mapping *mapping, const char *name, const void *address)
{
    char module[PATH_MAX]; /* the program */
    *mapping = (struct mapping){.path = name, .outer = under_way};
    loaded_name(address, module, &mapping->base, &mapping->end);
    under_way = mapping;
}

void map_end_built_in(const struct mapping *mapping)
{
    under_way = mapping->outer;
}

/* ---- the program, and the global scope ---- */

/* Returns the string table of a module in memory. */
LOADER_ACCESS static const char *link_map_strings(const struct link_map *map)
{
    uintptr_t strings = 0;
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == DT_STRTAB)
            strings = (uintptr_t)entry->d_un.d_ptr;
    /* Some loaders relocate this entry, others do not. */
    if (strings < (uintptr_t)map->l_addr)
        strings += (uintptr_t)map->l_addr;
    return (const char *)strings;
}

static void *program;

static void map_open_program(void)
{
    program = loader_open(NULL, RTLD_LAZY);
}

static void *map_program(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, map_open_program);
    return program;
}

const char *map_promote(const char *path)
{
    if (loader_open(path, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL | RTLD_NODELETE))
        return NULL;
    const char *reason = loader_error();
    return reason ? reason : "no longer loaded";
}

bool map_promotes_by_file(void)
{
#ifdef __GLIBC__
    return false;
#else
    return true;
#endif
}

bool map_make_global(struct plugin *p, struct error *error)
{
    if (__atomic_load_n(&p->is_global, __ATOMIC_ACQUIRE))
        return true;
    const char *reason = map_promote(p->mapped ? p->mapped : p->path);
    if (reason)
        return error_set(error, PLUGIN_SYSTEM,
                         "it is open, but its symbols cannot be offered to others: %s", reason);
    __atomic_store_n(&p->is_global, true, __ATOMIC_RELEASE);
    return true;
}

void *map_find_global(const char *name, const char *version)
{
    /* Not RTLD_DEFAULT: if this library was loaded into a local scope, that would search the local
     * scope too. */
    return loader_find(map_program(), name, version);
}

LOADER_ACCESS const char *map_program_runpath(bool *is_rpath)
{
    const struct link_map *map = loader_record(map_program());
    const char *rpath = NULL, *runpath = NULL;
    if (!map || !map->l_ld)
        return NULL;
    const char *strings = link_map_strings(map);
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_RPATH)
            rpath = strings + entry->d_un.d_val;
        if (entry->d_tag == DT_RUNPATH)
            runpath = strings + entry->d_un.d_val;
    }
    *is_rpath = !runpath;
    return runpath ? runpath : rpath;
}

void *map_find_local(const struct plugin *p, const char *name)
{
    return loader_find(p->handle, name, NULL);
}

bool map_set_refused(const char *path, struct error *error)
{
    const char *reason = loader_error();
    enum plugin_code code = reason ? loader_error_code(reason, PLUGIN_MISFIT) : PLUGIN_MISFIT;
    if (!reason)
        reason = "reason unknown";
    return code == PLUGIN_MISFIT
               ? error_set(error, code, "%s does not fit: the dynamic loader refuses it: %s", path,
                           reason)
               : error_set(error, code, "the dynamic loader cannot map it: %s", reason);
}

void *map_find_address(const struct plugin_symbol *symbol)
{
    return map_find_local(symbol->plugin, symbol->name);
}

/* Sets the addresses of the plugin's symbols in this process. */
static bool map_set_addresses(struct plugin *p, uintptr_t base, struct error *error)
{
    for (uint32_t i = 0; i < p->symbol_count; i++) {
        struct plugin_symbol *symbol = &p->symbols[i];
        uint64_t address = meta_symbol(&p->module.meta, i).address;
        if (symbol->kind == FORMAT_THREAD_LOCAL)
            continue;
        if (symbol->kind != FORMAT_INDIRECT) {
            symbol->address = (void *)(base + (uintptr_t)address);
            continue;
        }
        symbol->address = map_find_address(symbol);
        if (!symbol->address)
            return map_set_refused(p->path, error);
    }
    return true;
}

LOADER_ACCESS bool map_find_place(void *handle, uintptr_t *base, uintptr_t *dynamic)
{
    const struct link_map *map = loader_record(handle);
    if (!map)
        return false;
    *base = (uintptr_t)map->l_addr;
    *dynamic = (uintptr_t)map->l_ld;
    return true;
}

/* `known` is the path that map_recognise compares. */
static void *map_load(const char *path, const char *known)
{
    struct mapping own = {.path = known, .outer = under_way};
    under_way = &own;
    /* NODELETE: others may point into a plugin, so not even a dlclose by the host may unmap it. */
    void *handle = loader_open(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    under_way = own.outer;
    return handle;
}

void *map_load_library(const char *path)
{
    return map_load(path, "");
}

/* Gives a module that has another path for the dynamic loader its own path: a debugger reads it
 * there, and dladdr. Both names stay, since others may have them. */
LOADER_ACCESS static void map_set_name(void *handle, const char *path)
{
    struct link_map *map = loader_record(handle);
    size_t length = strlen(path) + 1;
    struct {
        char *old;
        char path[];
    } *name = map ? malloc(sizeof *name + length) : NULL;
    if (!name)
        return;
    memcpy(name->path, path, length);
    name->old = map->l_name;
    map->l_name = name->path;
}

bool map_plugin(struct plugin *p, struct file *file, struct error *error)
{
    const char *path = p->mapped ? p->mapped : p->path;
    unsigned long long count = loader_count();
    uintptr_t dynamic;
    p->handle = map_load(path, path);
    if (!p->handle)
        return map_set_refused(p->path, error);
    file->is_kept = p->holds_file;
    if (!map_find_place(p->handle, &p->base, &dynamic))
        return map_set_refused(p->path, error);
    /* The loader compares names first: it may have a file that had this name before. */
    if (loader_count() == count && !loaded_is_file((const void *)dynamic, file))
        return error_set(error, PLUGIN_SYSTEM,
                         "the process has another file mapped by this name, which was replaced "
                         "since; restart the program, or rename the plugin");
    if (!file_is_still(file, path) || dynamic - p->base != p->module.dynamic_address)
        return error_set(error, PLUGIN_SYSTEM, "the file changed while it was being opened");
    if (p->mapped && !p->pin)
        map_set_name(p->handle, p->path);
    return map_set_addresses(p, p->base, error);
}

bool map_set_program(struct plugin *p, uintptr_t base, struct error *error)
{
    p->handle = map_program();
    p->base = base;
    return map_set_addresses(p, base, error);
}

/* ---- what a plugin needs ---- */

/* Modules, in the order of their discovery. */
struct needed {
    struct link_map **items;
    size_t count, capacity;
    bool failed;
};

static void needed_add(struct needed *needed, struct link_map *map)
{
    for (size_t i = 0; i < needed->count; i++)
        if (needed->items[i] == map)
            return;
    struct link_map **added = array_add(NULL, needed->items, needed->count, needed->capacity);
    if (added)
        *added = map;
    needed->failed |= !added;
}

/* Adds the modules in DT_NEEDED. They stay loaded as long as the module that needs them, and
 * plugins are never unloaded. */
LOADER_ACCESS static void needed_add_of(struct needed *needed, struct link_map *map)
{
    const char *strings = link_map_strings(map);
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag != DT_NEEDED)
            continue;
        void *handle = loader_open(strings + entry->d_un.d_val, RTLD_LAZY | RTLD_NOLOAD);
        struct link_map *other = handle ? loader_record(handle) : NULL;
        if (other)
            needed_add(needed, other);
        if (handle)
            loader_close(handle);
    }
}

LOADER_ACCESS static uintptr_t link_map_base(const struct link_map *map)
{
    return (uintptr_t)map->l_addr;
}

bool map_find_needed(const struct plugin *p, void (*found)(void *context, uintptr_t base),
                     void *context, struct error *error)
{
    struct needed needed = {0};
    if (p->built_in)
        return true;
    struct link_map *own = loader_record(p->handle);
    if (!own)
        return map_set_refused(p->path, error);
    needed_add_of(&needed, own);
    for (size_t i = 0; i < needed.count; i++)
        needed_add_of(&needed, needed.items[i]);
    for (size_t i = needed.count; i-- > 0;)
        found(context, link_map_base(needed.items[i]));
    free(needed.items);
    return !needed.failed || error_set_no_memory(error);
}
