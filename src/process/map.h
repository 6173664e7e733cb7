/* SPDX-License-Identifier: MIT */
/* Mapping plugins and libraries into the process. */
#ifndef PLUGIN_MAP_H
#define PLUGIN_MAP_H

#include "process/plugin.h"

/* A module that a thread is mapping, or whose constructors it runs. */
struct mapping {
    const char *path;
    uintptr_t base, end; /* once they are known */
    struct mapping *outer;
};

/* Maps a library that a plugin needs. Its inits are deferred, as those of a library that the
 * dynamic loader maps with the plugin. Returns the handle, or NULL: see loader_error. */
void *map_load_library(const char *path);

/* Maps the plugin, which runs its constructors. Sets its handle, its base and its symbols'
 * addresses. Fails if the file is not the one that was judged. */
bool map_plugin(struct plugin *p, struct file *file, struct error *error);

/* The same for the program, which is mapped at this base. */
bool map_set_program(struct plugin *p, uintptr_t base, struct error *error);

/* Sets the error that the dynamic loader refuses the module of this path: PLUGIN_NO_MEMORY or
 * PLUGIN_SYSTEM if the process lacks memory, descriptors or the like, else PLUGIN_MISFIT. */
bool map_set_refused(const char *path, struct error *error);

/* Gets the base and the dynamic section's address of the module with this handle. */
bool map_find_place(void *handle, uintptr_t *base, uintptr_t *dynamic);

/* Is the calling thread in map_plugin, or in a constructor that called map_begin_constructor? It
 * then holds the dynamic loader's lock, and must not wait for a thread that may wait for that lock.
 */
bool map_is_under_way(void);

/* May a constructor map a module whose constructors another thread runs? With glibc, the other
 * thread holds the dynamic loader's lock or waits for it. musl runs constructors without that lock,
 * but waits for those of other threads, which may wait for this one. */
bool map_may_be_twice(void);

/* Is the calling thread in map_plugin? */
bool map_is_mapping(void);

/* Is the calling thread in map_plugin for the module with this address? */
bool map_is_mapping_address(const void *address);

/* Is the calling thread mapping the module of this path? Then records its place, [base, end), for
 * map_is_mapping_address. */
bool map_recognise(const char *path, uintptr_t base, uintptr_t end);

/* Enclose a constructor of the calling thread. */
void map_begin_constructor(void);
void map_end_constructor(void);

/* Enclose the constructors of a built-in plugin, which are in the module with this address: the
 * packages that the module announces meanwhile are the plugin's. */
void map_begin_built_in(struct mapping *mapping, const char *name, const void *address);
void map_end_built_in(const struct mapping *mapping);

/* Puts the mapped module that the dynamic loader knows by this path, with its libraries, into the
 * global scope, behind what is there. Returns NULL, or the reason why it failed. */
const char *map_promote(const char *path);

/* Does the dynamic loader find a mapped module by its file alone, which must then still have the
 * path? glibc compares paths first; musl does not. */
bool map_promotes_by_file(void);

/* The same for a plugin, once. */
bool map_make_global(struct plugin *p, struct error *error);

/* Returns the address of this symbol, and of this version unless it is NULL, in the global scope:
 * the program, its libraries and promoted modules. NULL if there is none. */
void *map_find_global(const char *name, const char *version);

/* Returns the DT_RUNPATH of the program, or else its DT_RPATH; NULL if it has none. */
const char *map_program_runpath(bool *is_rpath);

/* Returns the address of this symbol in a mapped plugin and its libraries, or NULL. */
void *map_find_local(const struct plugin *p, const char *name);

/* Calls `found` with the base of each module that the plugin needs, directly or through others; for
 * a built-in plugin, of none. Fails if memory runs out. */
bool map_find_needed(const struct plugin *p, void (*found)(void *context, uintptr_t base),
                     void *context, struct error *error);

/* Returns the address of a symbol whose address is not in the stamp; of a thread-local one, for the
 * calling thread. NULL if the dynamic loader does not find it. */
void *map_find_address(const struct plugin_symbol *symbol);

#endif
