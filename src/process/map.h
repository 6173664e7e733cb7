/* Mapping a judged plugin into the process. */
#ifndef PLUGIN_MAP_H
#define PLUGIN_MAP_H

#include "process/plugin.h"

/* What a thread is about to make part of the process. */
struct mapping {
    const char *path;
    uintptr_t base, end; /* of the module, once it is known */
    struct mapping *outer;
};

/* Loads a library that a plugin is to find loaded. It announces itself, and its inits wait, as
 * those of a library that the plugin itself brings along. Returns the handle, or NULL: loader_error
 * says why. */
void *map_load_library(const char *path);

/* Maps the plugin with the dynamic loader, which runs its constructors, and fills in its handle,
 * its base and its symbols' addresses. The file must be the one that was judged. */
bool map_plugin(struct plugin *p, struct file *file, struct error *error);

/* Where the module of this handle was mapped, and where its dynamic section is. */
bool map_find_place(void *handle, uintptr_t *base, uintptr_t *dynamic);

/* Is the calling thread in map_plugin, or in a constructor that told of itself? Then the dynamic
 * loader's lock is held: it must not wait for a thread that may be waiting for that. */
bool map_is_under_way(void);

/* May a constructor map a module whose constructors another thread runs? Under glibc that one has
 * the dynamic loader's lock, or waits for it; musl's loader has none then, but waits for
 * constructors of other threads, which may wait for these. */
bool map_may_be_twice(void);

/* Is it in map_plugin, for a plugin or for what that brings along? */
bool map_is_mapping(void);

/* Is it in map_plugin for the plugin that this address is in? */
bool map_is_mapping_address(const void *address);

/* Is it the module of this path, at [base, end)? Then map_is_mapping_address knows it from here on.
 */
bool map_recognise(const char *path, uintptr_t base, uintptr_t end);

/* Tells that the calling thread is in a constructor, until the end of it. */
void map_begin_constructor(void);
void map_end_constructor(void);

/* Tells that the calling thread runs the constructors of a built-in plugin, which are part of
 * the module that has this address: until the end of that, what the module announces is the
 * plugin's. */
void map_begin_built_in(struct mapping *mapping, const char *name, const void *address);
void map_end_built_in(const struct mapping *mapping);

/* The address that everybody finds for this symbol, of this version unless that is NULL: in the
 * global scope, of the program, its libraries, and what was promoted. NULL: there is none. */
void *map_find_global(const char *name, const char *version);

/* The directories that the program names for its libraries, in DT_RUNPATH, or in DT_RPATH if there
 * is no other; NULL: none. */
const char *map_program_runpath(bool *is_rpath);

/* The address that a mapped plugin, and what it brought along, finds for this symbol. */
void *map_find_local(const struct plugin *p, const char *name);

/* Calls `found` with the base of each module that the plugin needs, by itself or through others;
 * what a built-in one needs is the program's. Fails for want of memory. */
bool map_find_needed(const struct plugin *p, void (*found)(void *context, uintptr_t base),
                     void *context, struct error *error);

/* The address of a symbol whose address its module does not tell: for the calling thread, if the
 * symbol is thread-local. NULL if the dynamic loader does not know it either. */
void *map_find_address(const struct plugin_symbol *symbol);

#endif
