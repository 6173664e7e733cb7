/* The dynamic loader's functions, which a static program does not have: loader.c asks them,
 * loader_none.c, which libplugin-static is made with, says that there is none. */
#ifndef PLUGIN_LOADER_H
#define PLUGIN_LOADER_H

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>

/* Can this process load modules? Where it cannot, the functions below give NULL. */
bool loader_is_there(void);

/* dlopen, dlclose, dlerror. */
void *loader_open(const char *path, int flags);
void loader_close(void *handle);
const char *loader_error(void);

/* Frees what the loader has to say of this thread's last failure. */
void loader_forget_error(void);

/* dlvsym; or dlsym where the version is NULL, or the C library knows none, as musl. */
void *loader_find(void *handle, const char *name, const char *version);

/* The loader's own record of a module (RTLD_DI_LINKMAP). */
struct link_map *loader_record(void *handle);

#endif
