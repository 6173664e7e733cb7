/* The dynamic loader's functions. A static program has none: libplugin-static has loader_none.c in
 * place of loader.c. */
#ifndef PLUGIN_LOADER_H
#define PLUGIN_LOADER_H

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>

/* Can this process load modules? If not, the functions below return NULL. */
bool loader_is_there(void);

/* dlopen, dlclose, dlerror. */
void *loader_open(const char *path, int flags);
void loader_close(void *handle);
const char *loader_error(void);

/* Frees the loader's text about this thread's last failure. */
void loader_forget_error(void);

/* dlvsym; dlsym if the version is NULL, or with musl, which has no versions. */
void *loader_find(void *handle, const char *name, const char *version);

/* Returns the loader's record of a module (RTLD_DI_LINKMAP). */
struct link_map *loader_record(void *handle);

#endif
