/* SPDX-License-Identifier: MIT */
/* The dynamic loader's functions. A static program has none: libplugin-static has loader_none.c in
 * place of loader.c. */
#ifndef PLUGIN_LOADER_H
#define PLUGIN_LOADER_H

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <plugin.h>
#include <stdbool.h>

enum loader {
    LOADER_THERE = 1,
    LOADER_NONE,        /* a static program has none; the functions below return NULL */
    LOADER_OF_NAMESPACE /* this library was loaded by dlmopen, apart from the program's modules */
};

/* Can this process load modules? */
enum loader loader_kind(void);

/* dlopen, dlclose, dlerror. */
void *loader_open(const char *path, int flags);
void loader_close(void *handle);
const char *loader_error(void);

/* Returns PLUGIN_NO_MEMORY or PLUGIN_SYSTEM if the loader's text tells that the process lacks
 * memory, descriptors or the like, which is no fault of the file; else `other`. */
enum plugin_code loader_error_code(const char *reason, enum plugin_code other);

/* Frees the loader's text about this thread's last failure. */
void loader_forget_error(void);

/* dlvsym; dlsym if the version is NULL, or with musl, which has no versions. */
void *loader_find(void *handle, const char *name, const char *version);

/* Is a module loaded that the loader knows by this name? Allocates nothing. */
bool loader_has(const char *name);

/* Returns how many modules were loaded so far; the same as before if nothing was mapped since. */
unsigned long long loader_count(void);

/* Returns the loader's record of a module (RTLD_DI_LINKMAP). */
struct link_map *loader_record(void *handle);

/* For each function that reads or writes such a record, or what the loader keeps in a module's
 * memory: the loader's own lock guards it, which ThreadSanitizer does not see. Such a function
 * passes nothing that the loader wrote to a function of libc: ThreadSanitizer would see that. */
#define LOADER_ACCESS __attribute__((noinline, no_sanitize("thread")))

/* Copies the name by which the loader knows a module. False if it has none, or a longer one. */
bool loader_name(void *handle, char name[static PATH_MAX]);

#endif
