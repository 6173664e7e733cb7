/* SPDX-License-Identifier: MIT */
/* The process of an isolated plugin, as its host sees it: started, watched, killed. */
#ifndef PLUGIN_WORKER_H
#define PLUGIN_WORKER_H

#include "base/error.h"
#include "crossing/inits.h"
#include "isolated/channel.h"
#include "isolated/group.h"
#include "isolated/start.h"

#include <pthread.h>
#include <sys/types.h>

struct worker_start;

struct worker {
    pid_t pid;
    int pidfd, socket;       /* -1: none */
    struct channel *channel; /* NULL: not mapped */
    int memory;              /* the descriptor of the shared memory; -1: none */
    pthread_t thread;        /* that keeps it; until it is joined */
    bool has_thread;
    uint32_t is_started; /* atomic, and a futex; or then `failure` is errno of why not */
    int failure;
    const struct worker_start *start; /* the caller's */
    uint32_t death;   /* atomic; not zero once the process has ended, or calls wait in vain */
    uint32_t is_dead; /* atomic; not zero once it has ended: */
    int code, status; /* si_code and si_status of waitid(2); without a code, errno of why its
                         program did not start, or 0: nobody knows how it ended */
    struct group group;
};

#define WORKER_NONE                                                                                \
    {                                                                                              \
        .pidfd = -1, .socket = -1, .memory = -1, .group = GROUP_NONE                               \
    }

/* What a worker starts with. The descriptors stay the caller's. */
struct worker_start {
    const char *program;   /* absolute path of the executable */
    int start;             /* of the struct start */
    int memory, variables; /* START_MEMORY and START_VARIABLES; -1: none */
    const int *files;
    char **names; /* of them, for messages; NULL: it has none */
    size_t file_count;
    int namespaces; /* CLONE_NEW*, ored: that it is to have of its own, where that is possible */
    bool has_group; /* it is to have one, for `limit` bytes of memory */
    size_t limit;
    int streams[3]; /* to be its descriptors 0, 1 and 2; -1: /dev/null */
};

/* Starts a worker. On failure nothing of it is left. */
bool worker_run(struct worker *worker, const struct worker_start *start, struct error *error);

/* Reads how the start went, once the worker has said in the slot of its inits that it is ready, or
 * has ended, which the error tells. *sandbox: what of the sandbox holds (enum
 * plugin_isolation_part). */
bool worker_take_ready(const struct worker *worker, bool is_ready, const struct inits *inits,
                       uint32_t *sandbox, struct error *error);

/* Kills the process, if it lives. */
void worker_kill(const struct worker *worker);

/* Tells the threads that wait for answers that there will be none. */
static inline void worker_wake(struct worker *worker)
{
    channel_set_flag(&worker->death);
}

/* Has the process ended, and is it known how? */
static inline bool worker_is_dead(const struct worker *worker)
{
    return __atomic_load_n(&worker->is_dead, __ATOMIC_ACQUIRE);
}

/* Waits until the process has ended, or the time `until`, as channel_wait does. Returns whether it
 * has. */
static inline bool worker_wait(struct worker *worker, uint64_t until)
{
    return channel_wait_flag(&worker->is_dead, until);
}

/* Asks for a thread that serves this slot, or for the end: START_RETIRE or START_END. False if the
 * worker is gone. */
bool worker_ask(const struct worker *worker, uint32_t request);

/* Kills the process, and waits until it is reaped. */
void worker_reap(struct worker *worker);

/* Gives back all that it took, once it is reaped. */
void worker_release(struct worker *worker);

/* Both of these. */
void worker_end(struct worker *worker);

/* In a child of a fork: forgets its parent's worker. */
void worker_forget(struct worker *worker);

/* ---- end.c ---- */

/* Waits until it is known how the killed process ended, but only for a few milliseconds: no call
 * waits until the memory of a large process is taken down. */
void worker_wait_known(struct worker *worker);

/* Adds how it ended, "was killed by signal 11 (Segmentation fault)", and what it claims of that.
 * Returns whether that is all: how a process ends whose memory is yet being taken down, this
 * process may not know. */
bool worker_add_end(struct text *text, const struct worker *worker);

#endif
