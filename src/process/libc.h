/* The C library of the process. Plugins need little else, and each call of the dynamic loader waits
 * for the dlopens of other threads. But its answers about the C library stay true: nobody unmaps
 * it, and the loader searches later modules after it. */
#ifndef PLUGIN_LIBC_H
#define PLUGIN_LIBC_H

#include "process/loaded.h"

/* Returns its module; NULL if it is unknown, as in a static program. */
const struct loaded *libc_module(void);

/* Is this known to be the name by which modules need the C library? */
bool libc_is_called(const char *name);

/* Remembers the name if it has led the dynamic loader to the C library, with this handle. */
void libc_remember_name(const char *name, void *handle);

/* Is a reference to this symbol, and to this version unless it is NULL, known to bind to the C
 * library? */
bool libc_has(const char *name, const char *version);

/* Remembers that it does. */
void libc_remember(const char *name, const char *version);

#endif
