/* SPDX-License-Identifier: MIT */
/* Files in memory that nobody can change: what the host tells its worker. */
#ifndef PLUGIN_SEALED_MEMORY_H
#define PLUGIN_SEALED_MEMORY_H

#include <stddef.h>

/* Returns a descriptor of such a file with these bytes, which is closed on exec; -1 with errno. The
 * name is for /proc alone. */
int sealed_memory(const char *name, const void *bytes, size_t size);

#endif
