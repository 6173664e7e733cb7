/* SPDX-License-Identifier: MIT */
/* What the files of the worker share: the process in which an isolated plugin runs. */
#ifndef PLUGIN_WORKER_WORKER_H
#define PLUGIN_WORKER_WORKER_H

#include "src/base/arena.h"
#include "src/crossing/functions.h"
#include "src/isolated/channel.h"
#include "src/isolated/cif.h"
#include "src/isolated/owned.h"
#include "src/isolated/start.h"

/* Of the process; set before the first call. */
extern const struct plan *serve_plan;
extern struct channel *serve_channel;

/* ---- worker.c ---- */

/* All is mapped: from the inits on, the plugin may call the host. */
extern bool worker_is_mapped;

/* The calling thread runs destructors and atexit functions, since the host asked for the end. */
extern __thread bool worker_is_ending;

/* Ends the process, which is not ready. */
_Noreturn void worker_fail(const char *why);

/* ---- serve.c: the threads that serve the host's calls ---- */

/* One of the calls that nest: of the plugin, or back, of the host. */
struct level {
    uint8_t *regions;          /* of a call of the plugin, see regions.h */
    struct arena objects;      /* for which there is no region; what the host returned */
    struct owned_block *owned; /* of a call back whose result the plugin frees: what it returned */
    bool owns;                 /* the call is one */
    struct crossing crossing;
    uint8_t *frame;              /* of a call back: room for the largest frame of all functions */
    enum channel_status refusal; /* of an opaque object or a function that the plugin passes */
};

struct server {
    uint32_t slot;
    uint32_t count; /* of the host's messages */
    uint32_t depth; /* calls under way, of both directions */
    uint8_t *call, *answer;
    struct channel_patience patience;
    struct level *levels[CHANNEL_DEPTH_MAX];
};

/* Sets what this process serves, before all else. */
void serve_prepare(const struct plan *plan, struct channel *channel);

/* Makes the servers that call the host without being called: that of the calling thread, until the
 * worker is ready, and that of threads that the plugin makes. False without memory. */
bool serve_start_calls(void);

/* Tells the host, in the slot of the inits, that the worker is ready. */
void serve_set_ready(void);

/* Starts the thread that serves a slot. False if that is impossible. */
bool serve_start(uint32_t slot);

/* Around a call back: returns the server of the calling thread. Threads that the plugin has made
 * take turns with one. */
struct server *server_enter(void);
void server_leave(struct server *server);

/* Returns the level of the next call; NULL without memory, or with too many calls in calls. */
struct level *server_level(struct server *server);

/* Forgets the last call of the level. */
void level_clear(struct level *level);

/* After a call back of this function: its result is the plugin's, until it frees it. */
bool server_take_result(struct level *level, uint32_t function, struct error *error);

/* Frees such a result; false if it is none. */
bool server_free(const void *result, uint32_t function, struct error *error);

/* Waits for the host's next message; serves it, if it is a call. Returns whether it was. */
bool server_next(struct server *server);

/* Tells the host: an answer, or a call back. */
void server_send(struct server *server, enum channel_status status, size_t size);

/* An object in a guarded region of the calling thread's slot? Sets its number. Async-signal-safe.
 */
bool regions_find(const void *address, uint32_t *slot, uint32_t *number);

/* ---- functions.c: functions of both sides ---- */

/* Makes the code by which the plugin calls the host, as much as there may be: nothing can be
 * executable once the sandbox is closed. Before the plugin is mapped. */
bool functions_prepare(void);

/* Binds what the plugin imports from the host to calls back: the library that gives it is mapped.
 */
bool functions_bind(void *imports, const struct start *start);

/* Finds the plugin's symbols. */
bool functions_find(void *handle);

/* Pointers to functions, see struct crossing_side; of a struct level. */
bool functions_refer_here(void *context, const void *pointer, uint32_t function,
                          uint64_t *reference, struct error *error);
bool functions_resolve_here(void *context, uint64_t reference, uint32_t function, void **pointer,
                            struct error *error);

/* Calls the plugin's function, with its frame. */
void functions_call(const struct channel_call *called, uint8_t *frame);

/* Frees a result of the plugin's, as the function that returned it wants. */
void functions_free(const struct plan_function *planned, void *result);

/* ---- backs.c: calls back ---- */

/* Calls a function of the host from code of the plugin. */
void backs_call(uint32_t number, uint32_t function, ffi_cif *cif, void *result, void **arguments);

/* ---- go.c: Go plugins, which the bridge opens (go-bridge/bridge.h) ---- */

/* Takes the bridge, which is mapped; NULL, or why it is none. */
const char *go_take_bridge(void *handle);

/* Opens the plugin of this path, whose inits run. Returns NULL, or why it failed; then
 * *is_init_failure says whether an init did. */
const char *go_open(const char *path, bool *is_init_failure);

/* Returns the code that calls this function of the plugin; NULL, with *why. */
const void *go_find(const char *name, const char **why);

/* Is the plugin one? */
bool go_is_used(void);

/* Returns memory of Go for an object of a call, which go_release gives back, and whose bytes
 * follow. A string or a slice in it may outlive the call. NULL without memory. */
void *go_place(const struct crossed *item, size_t size);
void go_release(const struct crossing *crossing);

/* Keeps what the host has a handle of. */
void go_keep(const void *pointer);

/* Returns the text of a panic in the calling thread's last call, to be freed; NULL: it returned. */
char *go_take_panic(void);

/* ---- claims.c ---- */

/* Ends the process: it cannot call the host, and the plugin cannot be told so. */
_Noreturn void claims_end(const char *why);

/* Tells the host why this process ends: the next signal ends it. Async-signal-safe. */
void claims_catch(void);

/* Gives the calling thread a stack for that, so that it can tell that its own one is full. It lasts
 * as long as the process does. */
void claims_catch_here(void);

/* ---- places.c ---- */

/* Before the files are mapped to run: number `own` and those behind it have code of the plugin. */
void places_prepare(uint32_t own, uint32_t all);

/* Adds in which function and file the signal came. In its handler. */
void places_claim(struct channel_claim *claim, const void *context);

/* ---- wait.c ---- */

/* Before the sandbox. Returns the number of this process for a debugger; 0: not known. */
int wait_prepare(void);

/* Says how to go on, and waits until a debugger has attached itself, or SIGCONT. */
void wait_for_debugger(const char *path, int process);

/* ---- inits.c ---- */

/* Which init failed, as struct start_ready has it, and why. */
struct inits_why {
    uint32_t init;
    char text[sizeof((struct start_ready *)0)->reason];
};
extern struct inits_why inits_why;

/* The inits that the host lists; `bases` are the differences between addresses in memory and in the
 * file, of each file, known once all are mapped. Before the first is mapped. */
void inits_prepare(const struct start *start, const uintptr_t *bases);

/* File number `file` is mapped next. */
void inits_set_mapping(uint32_t file);

/* Runs the inits, until one fails. */
bool inits_run(void);

/* Runs the PLUGIN_RETIRE blocks. */
void inits_retire(void);

/* ---- shared.c: memory that the host has, too ---- */

/* Maps it, before anything of the plugin runs. */
bool shared_map(void);

/* Puts the shared pages in the place of those with the plugin's variables, after its constructors.
 * Returns why not; NULL: done. */
const char *shared_take_variables(void *handle);

/* The functions of a struct crossing_side. */
bool shared_share(void *context, const void *at, uint64_t *reference, size_t *left);
bool shared_find(void *context, uint64_t reference, void **at, size_t *left);

#endif
