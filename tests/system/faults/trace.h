/* System calls of a child, by ptrace: seen, failed, or the last thing that it does. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Can the system calls of this machine be replaced, as far as this file knows? */
extern const bool trace_is_known;

/* May this process trace its children? */
bool trace_is_permitted(void);

struct trace_call {
    bool is_entry; /* or else the exit of the call before */
    long number;   /* of an entry */
    uint64_t arguments[6];
};

/* In the child: stops until the parent goes on with it. Ends it if it may not be traced. */
void trace_me(void);

/* In the parent: waits for that. With its own children, which stop as well, or alone. */
bool trace_begin(pid_t child, bool with_children);

/* Goes on until a system call of any traced process. False: the child has ended, as *status tells.
 * `stopped` is the one that stopped last, 0 at first, and becomes the one that stops now. */
bool trace_next(pid_t child, pid_t *stopped, struct trace_call *call, int *status);

/* Lets the stopped child go on by itself. */
void trace_end(pid_t child);

/* At an entry: lets another call, which does not exist, take its place. */
bool trace_prevent(pid_t child);

/* At an entry: changes the first argument. */
bool trace_set_argument(pid_t child, uint64_t value);

/* At an exit: what the call returns; or what its first argument was, for who has changed it. */
bool trace_set_result(pid_t child, long result);
bool trace_restore_argument(pid_t child, uint64_t value);

#endif
