/* SPDX-License-Identifier: MIT */
/* The frames of the calling thread. */
#ifndef WORKER_FRAMES_H
#define WORKER_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Calls `is_it` with the address of an instruction of each frame, the innermost first, until it
 * returns true. False: it never did. Async-signal-safe. */
bool frames_search(bool (*is_it)(uintptr_t code, void *data), void *data);

#endif
