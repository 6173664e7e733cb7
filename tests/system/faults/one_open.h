/* One case: a process in which an open has a failure. */
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

/* What the process tells of itself. */
struct report {
    bool is_over;                      /* it came to its end */
    bool is_open, is_refused, behaves; /* the faulty open; REFUSED; PLUGIN, in the end */
    struct state before, after;        /* the faulty open */
    struct state then;                 /* REFUSED, after that */
    struct state in_the_end;           /* PLUGIN, after that */
    /* What dlopen did during the faulty open: plugins and libraries that it loaded, and what it
     * left behind of one that it did not; whether it said, out of memory, that one is not there;
     * whether it failed. */
    size_t loaded, left_descriptors, left_mappings, left_blocks, left_bytes;
    bool has_lied, has_failed;
    long allocations;
    enum plugin_code code;             /* of the faulty open */
    char text[1024], later_text[1024]; /* of it; of another one that did not end as it should */
};
extern struct report *report;

/* What fails: nothing; system calls, as the parent likes, which is to trace the process; or the
 * allocations of these numbers, from 1. */
struct fault {
    bool is_traced;
    long first, last;
};

struct plugins {
    const char *path, *refused;
    const struct plugin_options *options;
};

/* System calls by which such a process tells that the open begins or ends; that what follows does
 * not belong to it; or is how the dynamic loader finds out whether a library is loaded; or does
 * belong to it, again. */
enum mark { NO_MARK = 0, OPEN = -12345, ASIDE = -12346, QUESTION = -12347, ON = -12348 };
enum mark one_open_mark(const struct trace_call *call);

/* Prepares for the others. */
bool one_open_prepare(void);

/* Starts such a process, which fills in the report. Without a fault, it begins with REFUSED.
 * Returns -1 if there cannot be one. */
pid_t one_open_start(const struct plugins *plugins, const struct fault *fault);

/* Starts a process that opens PLUGIN hundreds of times, and each time the allocation of this number
 * fails. What is there after the first of these is in the report's `before`, and after the last one
 * in `after`; what the library keeps for the next open is in use then, and a little that is lost
 * each time is seen. */
pid_t one_open_start_many(const struct plugins *plugins, long number);

#endif
