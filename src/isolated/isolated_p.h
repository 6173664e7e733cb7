/* SPDX-License-Identifier: MIT */
/* What the files of libplugin-isolated.so share. */
#ifndef PLUGIN_ISOLATED_P_H
#define PLUGIN_ISOLATED_P_H

#include "crossing/crossing.h"
#include "crossing/functions.h"
#include "crossing/kept.h"
#include "crossing/opaque.h"
#include "isolated/heap.h"
#include "isolated/isolated.h"
#include "isolated/owned.h"
#include "isolated/variables.h"
#include "isolated/worker.h"

#include "isolated/cif.h"

#include <ffi.h>
#include <pthread.h>

/* What the host calls in place of a function of the plugin. */
struct isolated_closure {
    struct isolated *of;
    uint32_t number;     /* of the function, among those of the worker */
    uint32_t function;   /* of the plan */
    uint64_t generation; /* of the worker that has it; 0: each has it */
    ffi_cif *cif;
    ffi_closure *closure;
    void *code;
    struct isolated_closure *next; /* of those that the plugin passed */
};

enum isolated_state {
    ISOLATED_STARTS, /* its inits run: who calls it is called by them */
    ISOLATED_RUNS,
    ISOLATED_ENDED /* by itself, by its limit or by plugin_stop: `end` says */
};

struct isolated {
    char *path;
    struct plan *plan;
    ffi_cif *cifs;                    /* of the plan's functions */
    struct cif_types *types;          /* their memory */
    struct isolated_closure *symbols; /* one for each symbol */
    struct worker_start start;
    struct inits inits;
    int imports; /* the file that gives the worker what the plugin imports from the host; -1: none
                  */
    unsigned timeout_ms;
    bool is_debugged;           /* it waits for a debugger, and has no limits */
    uint32_t sandbox;           /* what holds; atomic */
    uint32_t state;             /* enum isolated_state; atomic */
    uint32_t users;             /* threads that call; atomic, and a futex when it becomes 0 */
    struct heap heap;           /* of plugin_alloc */
    struct variables variables; /* changed only while a thread changes it, with the lock */
    struct worker worker;       /* changed only while nobody calls */
    uint64_t generation; /* of the worker; guarded by the lock, changed only while nobody calls */

    /* Guarded by isolated_lock. */
    struct text end;                 /* why the worker ended, for all later calls */
    bool is_end_open;                /* it was not known yet how */
    const char *ending;              /* why it is about to end by itself; NULL: it is not */
    bool is_changing;                /* a thread starts or stops it */
    bool is_discarded;               /* it could not be opened; its functions stay */
    struct seat *seats[CHANNEL_ALL]; /* of threads of the host; NULL: free */
    uint8_t *areas[CHANNEL_ALL]; /* both messages of a slot, mapped; NULL: not in this generation */
    uint32_t counts[CHANNEL_ALL]; /* calls made in the slot by threads that have ended */
    struct opaque opaque;
    struct functions functions;
    struct kept kept;                /* its proxies stay until the next process starts */
    struct owned owned;              /* results that the host is still to free */
    struct isolated_closure *passed; /* of all its processes */
    pthread_t service;
    bool has_service;      /* the thread; guarded by the lock */
    struct isolated *next; /* all of the process */
};

/* Guards what lasts of isolated plugins, except while they call: then `users` keeps it. Never held
 * while the plugin runs. */
extern pthread_mutex_t isolated_lock;

/* Publishes an error where plugin_error finds it. */
extern void (*isolated_publish)(struct error *error);

/* Counts the caller as a user of the worker; false, with the error set, if it does not run. */
bool isolated_enter(struct isolated *isolated, struct error *error);
void isolated_leave(struct isolated *isolated);

/* Does the worker still run, or start, that the caller uses? False with the error set. */
bool isolated_runs(struct isolated *isolated, struct error *error);

/* Ends the worker: it broke a rule or exceeded its limit, as the text says, which is taken; or,
 * with an empty text, it is dead. All calls fail at once; it is reaped later. Sets the error of the
 * caller, PLUGIN_CRASHED. */
void isolated_end(struct isolated *isolated, struct text *why, struct error *error);

/* Lets all calls fail, because the worker is about to end by itself. Returns whether it ran. */
bool isolated_leave_alone(struct isolated *isolated, const char *why);

/* Says how the worker ended, now that it is reaped. With the lock held. */
void isolated_settle_end(struct isolated *isolated);

/* The worker broke a rule, which the error tells. */
bool isolated_set_broken(struct isolated *isolated, struct error *error);

/* Puts the plan, the inits, and what the sandbox is to allow, into a sealed file, with what the
 * struct start says already. Returns the descriptor; -1 with the error set. */
int start_make(const struct isolated *isolated, const struct plugin_isolation *isolation,
               struct start start, struct error *error);

/* Makes the functions by which the host calls, and finds those of the host that the plugin calls.
 */
bool closures_make(struct isolated *isolated, const void *(*find_function)(const char *name),
                   struct error *error);
void closures_free(struct isolated *isolated);

/* What a closure runs: `data` is its struct isolated_closure. */
void calls_run(ffi_cif *cif, void *result, void **arguments, void *data);

/* Starts the thread on which the plugin's own threads call the host, if it does not run. With the
 * lock held, by a user of the worker. */
bool service_start(struct isolated *isolated, struct error *error);

/* Waits for the end of that thread, after that of the worker. */
void service_join(struct isolated *isolated);

/* Waits until the worker that was started is ready, and serves its calls. False if it is not, with
 * the error set: *sandbox is what holds. */
bool starting_wait(struct isolated *isolated, uint32_t *sandbox, struct error *error);

/* The variables of the worker that was started take the place of those before, once. */
bool isolated_take_variables(struct isolated *isolated, struct error *error);

/* Around what starts or ends its workers: one thread at a time. */
void isolated_begin_change(struct isolated *isolated);
void isolated_end_change(struct isolated *isolated);

/* Is the calling thread in a call of it? */
bool calls_is_calling(struct isolated *isolated);

/* Forgets what the worker's threads shared with those of the host. With the lock held, and nobody
 * calls; in the child of a fork, the mappings are not there. */
void calls_forget_areas(struct isolated *isolated, bool is_child);

/* In the child of a fork: other threads' seats are free, and do not use the worker. */
void calls_forget_threads(struct isolated *isolated);

#endif
