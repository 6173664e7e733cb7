/* SPDX-License-Identifier: MIT */
/* Restricts which files the process opens, and more where the kernel can. */
#ifndef WORKER_LANDLOCK_H
#define WORKER_LANDLOCK_H

#include <stdbool.h>

/* What is denied from then on. */
struct landlock {
    bool files;   /* opening, to read, anything but what was allowed; all that changes a file */
    bool signals; /* signals to processes outside */
};

/* Paths of the system's libraries, and of what says where they are; ends with NULL. */
extern const char *const system_libraries[];

/* Allows reading beneath the paths of `read_only` (ends with NULL; may be NULL) and in the system's
 * libraries. What does not exist is left out. Needs no_new_privs. errno says why files are not
 * denied. */
struct landlock landlock_enter(const char *const *read_only);

#endif
