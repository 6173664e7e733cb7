/* SPDX-License-Identifier: MIT */
/* A root directory with the system's libraries and what a worker may read, and nothing else. */
#ifndef WORKER_ROOT_H
#define WORKER_ROOT_H

#include <stdbool.h>

/* Enters it, in a mount namespace of its own, with the right to mount. All of it is read-only; of
 * /proc, there are its own descriptors. False, with errno, if that is impossible. */
bool root_enter(const char *const *read_only);

#endif
