/* SPDX-License-Identifier: MIT */
/* Names of system calls, for messages. */
#ifndef WORKER_CALL_NAME_H
#define WORKER_CALL_NAME_H

/* Returns the name of what a sandbox may deny; NULL for a number that it does not know. It may be
 * called by a signal handler: of SIGSYS, with si_syscall. */
const char *call_name(int number);

#endif
