/* Observes the system calls of a child by ptrace, makes them fail, or kills the child at one. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Is this machine's system call interface known to trace.c? */
extern const bool trace_is_known;

/* May this process trace its children? */
bool trace_is_permitted(void);

struct trace_call {
    bool is_entry; /* false: the exit of the previous call */
    long number;   /* of an entry */
    uint64_t arguments[6];
};

/* In the child: stops until the parent continues it. Exits if it may not be traced. */
void trace_me(void);

/* In the parent: waits for trace_me of the child, and traces its children, too, if requested. */
bool trace_begin(pid_t child, bool with_children);

/* Continues until the next system call of any traced process. False: the child has ended, with
 * *status. *stopped is the process that stopped last, 0 at first, and is set to the next one. */
bool trace_next(pid_t child, pid_t *stopped, struct trace_call *call, int *status);

/* Detaches from the stopped child. */
void trace_end(pid_t child);

/* At an entry: replaces the call by one that does not exist. */
bool trace_prevent(pid_t child);

/* At an entry: changes the first argument. */
bool trace_set_argument(pid_t child, uint64_t value);

/* At an exit: sets the call's result, or restores its first argument after
 * trace_set_argument. */
bool trace_set_result(pid_t child, long result);
bool trace_restore_argument(pid_t child, uint64_t value);

#endif
