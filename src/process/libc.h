/* The C library of the process. Nearly all that a plugin wants of others is from there, and each
 * question to the dynamic loader waits for the dlopens of other threads. But what it has once
 * answered of the C library stays true: that is never unmapped, and what is loaded later comes
 * behind it, wherever the dynamic loader looks. */
#ifndef PLUGIN_LIBC_H
#define PLUGIN_LIBC_H

#include "process/loaded.h"

/* Its module; NULL: it is not known, as in a static program. */
const struct loaded *libc_module(void);

/* Is this the name that the C library is needed by, as far as that is known? */
bool libc_is_called(const char *name);

/* Remembers the name, if this is the C library that it has led the dynamic loader to. */
void libc_remember_name(const char *name, void *handle);

/* Is a reference to this symbol, of this version unless that is NULL, bound to the C library's, as
 * far as that is known? */
bool libc_has(const char *name, const char *version);

/* Remembers that it is. */
void libc_remember(const char *name, const char *version);

#endif
