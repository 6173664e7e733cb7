/* How the system calls of an open can fail. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>

enum { ERRNO_MAX = 32 };

struct failing_call {
    long number;
    const char *name;
    int errnos[ERRNO_MAX]; /* ended by 0 */
    bool is_done;          /* it does what it shall, and fails all the same */
    bool keeps_old;        /* it returns what is there, as it does for an argument of 0 */
};

/* NULL: nothing is known of such a call. */
const struct failing_call *calls_find(long number);

#endif
