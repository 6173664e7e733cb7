/* SPDX-License-Identifier: MIT */
/* What a call costs at least between processes: messages over a socket pair, and in shared memory
 * with a futex to wait for each other. */
#ifndef BARE_H
#define BARE_H

#include "calls.h"

extern const struct calls bare_socket_pair, bare_futex;

/* Start their processes, which end with this one. */
void bare_start(void);

#endif
