/* One case: a process in which something fails during an open. */
#ifndef ONE_OPEN_H
#define ONE_OPEN_H

#include "trace.h"

#include <plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct state {
    size_t descriptors, mappings; /* mappings of files */
    size_t blocks, bytes;         /* of memory */
};

/* The process's report. */
struct report {
    bool is_over;                      /* it ran to its end */
    bool is_open, is_refused, behaves; /* the faulty open; REFUSED; PLUGIN, in the end */
    struct state before, after;        /* the faulty open */
    struct state then;                 /* REFUSED, after that */
    struct state in_the_end;           /* PLUGIN, after that */
    /* dlopen during the faulty open: the plugins and libraries that it loaded; what it leaked of
     * those that it failed to load; whether it said "not found" when out of memory; whether it
     * failed. */
    size_t loaded, left_descriptors, left_mappings, left_blocks, left_bytes;
    bool has_lied, has_failed;
    long allocations;
    enum plugin_code code;             /* of the faulty open */
    char text[1024], later_text[1024]; /* of it; of a later open with an unexpected result */
};
extern struct report *report;

/* What fails: nothing; system calls, which the tracing parent chooses; or the allocations with
 * these numbers, from 1. */
struct fault {
    bool is_traced;
    long first, last;
};

struct plugins {
    const char *path, *refused;
    const struct plugin_options *options;
};

/* System calls by which the process tells its parent what follows: the open begins or ends (OPEN);
 * calls that do not belong to it (ASIDE); the dynamic loader's search for a loaded library
 * (QUESTION); the open goes on (ON). */
enum mark { NO_MARK = 0, OPEN = -12345, ASIDE = -12346, QUESTION = -12347, ON = -12348 };
enum mark one_open_mark(const struct trace_call *call);

/* Call it before the others. */
bool one_open_prepare(void);

/* Starts a process, which fills in the report. Without a fault, it opens REFUSED first. Returns -1
 * on failure. */
pid_t one_open_start(const struct plugins *plugins, const struct fault *fault);

/* Starts a process that opens PLUGIN hundreds of times, each time with a failure of the allocation
 * with this number. The report's `before` is the state after the first open, `after` that after the
 * last: memory that the library keeps for the next open is in both, and small leaks add up. */
pid_t one_open_start_many(const struct plugins *plugins, long number);

#endif
