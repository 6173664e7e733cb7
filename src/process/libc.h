/* SPDX-License-Identifier: MIT */
/* What is known of the process's C library, to which most references of plugins are bound. Each
 * call of the dynamic loader waits for other threads' dlopens, so its answers are remembered. They
 * stay true: the C library is never unmapped, and later modules are searched after it. */
#ifndef PLUGIN_LIBC_H
#define PLUGIN_LIBC_H

#include "process/loaded.h"

/* Returns its module; NULL if it is unknown, as in a static program. */
const struct loaded *libc_module(void);

/* Is this known to be the name by which modules need the C library? */
bool libc_is_called(const char *name);

/* Remembers the name if this handle, which dlopen returned for it, is that of the C library. */
void libc_remember_name(const char *name, void *handle);

/* Is a reference to this symbol, and to this version unless it is NULL, known to bind to the C
 * library? */
bool libc_has(const char *name, const char *version);

/* Remembers that it does. */
void libc_remember(const char *name, const char *version);

#endif
