/* How the system calls of an open can fail. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>

enum { ERRNO_MAX = 32 };

struct failing_call {
    long number;
    const char *name;
    int errnos[ERRNO_MAX]; /* ended by 0 */
    bool is_done;          /* it has its effect even if it fails */
    bool keeps_old;        /* on failure it returns the old value, as with argument 0 */
};

/* Returns NULL for an unknown call. */
const struct failing_call *calls_find(long number);

#endif
