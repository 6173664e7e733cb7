/* SPDX-License-Identifier: MIT */
/* The subdirectories for libraries that need certain processors. */
#ifndef PLUGIN_HARDWARE_P_H
#define PLUGIN_HARDWARE_P_H

#include <stdbool.h>
#include <stddef.h>

/* Returns the subdirectory number `index`, without a slash at either end, in which glibc looks for
 * a library before it looks in the directory itself; NULL after the last one. Those of this
 * processor and of the C library in use: of another machine's processor nothing is known. */
const char *hardware_directory(size_t index);

/* Returns the number of the subdirectory that the file at this path is in; the number behind the
 * last one if it is in none. */
size_t hardware_rank(const char *path);

#endif
