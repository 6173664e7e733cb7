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

struct worker {
    pid_t pid;
    int pidfd, socket;       /* -1: none */
    struct channel *channel; /* NULL: not mapped */
    int memory;              /* the descriptor of the shared memory; -1: none */
    pthread_t thread;        /* that keeps it; until it is joined */
    bool has_thread;
    uint32_t is_started; /* atomic, and a futex; or then `failure` is errno of why not */
    int failure;
    uint32_t death;   /* atomic; not zero once the process has ended and is reaped */
    int code, status; /* then si_code and si_status of waitid(2) */
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
    size_t file_count;
    int namespaces; /* CLONE_NEW*, ored: that it is to have of its own, where that is possible */
    bool has_group; /* it is to have one, for `limit` bytes of memory */
    size_t limit;
    int streams[3];      /* to be its descriptors 0, 1 and 2; -1: /dev/null */
    unsigned timeout_ms; /* until it must be ready; 0: no limit */
    const struct inits *inits;
};

/* Starts a worker, and waits until it is ready. On failure nothing of it is left. *sandbox: what of
 * the sandbox holds (enum plugin_isolation_part). */
bool worker_run(struct worker *worker, const struct worker_start *start, uint32_t *sandbox,
                struct error *error);

/* Asks for a thread that serves this slot. False if the worker is gone. */
bool worker_add_slot(const struct worker *worker, uint32_t slot);

/* Kills the process, if it lives. */
void worker_kill(const struct worker *worker);

/* Waits until the killed process is reaped, and gives back all that it took. */
void worker_end(struct worker *worker);

/* Adds how it ended, "was killed by signal 11 (Segmentation fault)", and what it claims of that.
 * Once it is dead. */
void worker_add_end(struct text *text, const struct worker *worker);

/* Asks the worker to run its PLUGIN_RETIRE blocks, and waits until it has ended, or the limit. */
void worker_retire(struct worker *worker, unsigned timeout_ms);

/* In a child of a fork: forgets its parent's worker. */
void worker_forget(struct worker *worker);

#endif
