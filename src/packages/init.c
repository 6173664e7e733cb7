/* SPDX-License-Identifier: MIT */
/* Package initialisation. */
#include "packages/init.h"

#include "base/lock.h"
#include "packages/built_in.h"
#include "packages/package_table_p.h"
#include "process/map.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- running inits ---- */

/* The init that runs in this thread. */
struct running_init {
    char *why; /* from plugin_init_fail; NULL if that was not called, or if memory ran out */
    bool has_failed;
    struct running_init *outer; /* the init that opened this one's plugin */
};

static __thread struct running_init *running;

void plugin_init_fail(const char *why)
{
    if (!running || running->has_failed)
        return;
    running->has_failed = true;
    running->why = strdup(why ? why : "no reason given");
}

static bool is_traced(void)
{
    const char *asked = secure_getenv("PLUGIN_TRACE");
    return asked && !strcmp(asked, "1");
}

/* Returns the time of the monotonic clock. */
static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Writes one line with a single write, so that threads do not mix their lines. The package is NULL
 * if the module is not stamped. */
static void write_trace(const char *path, const char *package, const struct meta_init *init,
                        double start, double end)
{
    TEXT_AUTO line = {0};
    text_add_between(&line, "plugin: init ", package ? package : "of an unknown package", " in ");
    text_add_escaped(&line, path);
    if (package) {
        text_add(&line, " (");
        text_add_escaped(&line, init->file);
        text_add(&line, ":%" PRIu32 ")", init->line);
    } else {
        text_add(&line, " (not stamped)");
    }
    text_add(&line, " @%.3f ms, %.3f ms\n", start, end - start);
    ssize_t written = write(STDERR_FILENO, text_chars(&line), line.length);
    (void)written; /* a failure cannot be reported anywhere */
}

/* Runs foreign code, which may end the thread: pthread_exit, pthread_cancel. */
static void run_foreign(void (*run)(void))
{
    struct thread_cancel cancel;
    pthread_cleanup_push(thread_set_ended, NULL);
    thread_allow_cancel(&cancel);
    run();
    thread_restore_cancel(&cancel);
    pthread_cleanup_pop(false);
}

/* Runs one init. If it fails, sets *why to the reason, owned by the caller; NULL if memory ran out.
 */
static bool run_init(void (*run)(void), const char *path, const char *package,
                     const struct meta_init *init, bool traces, char **why)
{
    assert(!lock_is_held());
    struct running_init own = {.outer = running};
    double start = traces ? now_ms() : 0;
    running = &own;
    run_foreign(run);
    running = own.outer;
    if (traces)
        write_trace(path, package, init, start, now_ms());
    *why = own.why;
    return !own.has_failed;
}

static const char reason_unknown[] = "reason unknown: out of memory";

/* Runs the inits of package number `number`, until one fails. */
static bool run_package(const struct carrier *carrier, uint32_t number, struct error *error)
{
    const struct meta *meta = &carrier->module->meta;
    struct meta_package package = meta_package(meta, number);
    bool traces = is_traced(), done = true;
    for (uint32_t i = 0; done && i < package.init_count; i++) {
        struct meta_init init = meta_init(meta, number, i);
        void (*run)(void) = carrier->built_in
                                ? built_in_init(carrier->built_in, number, init.address)
                                : (void (*)(void))(carrier->base + (uintptr_t)init.address);
        char *why;
        done = run_init(run, carrier->path, package.path, &init, traces, &why);
        if (!done)
            error_set(error, PLUGIN_INIT_FAILED,
                      "the init of package %s (%s:%" PRIu32 ") failed: %s", package.path, init.file,
                      init.line, why ? why : reason_unknown);
        free(why);
    }
    return done;
}

void init_run_retires(const struct plugin *p)
{
    const struct meta *meta = &p->module.meta;
    assert(!lock_is_held());
    for (uint32_t i = 0; i < meta->header.retires.count; i++)
        run_foreign((void (*)(void))(p->base + (uintptr_t)meta_retire(meta, i).address));
}

bool init_run_unstamped(const struct plugin_init_ *first, const char *path, struct error *error)
{
    size_t count = (size_t)(first->end - first);
    bool traces = is_traced(), done = true;
    for (size_t order = 1; done && order <= count; order++) {
        const struct plugin_init_ *init = first;
        char *why;
        while (init->order != order)
            init++;
        done = run_init(init->run, path, NULL, NULL, traces, &why);
        if (!done)
            error_set(error, PLUGIN_INIT_FAILED, "an init failed: %s", why ? why : reason_unknown);
        free(why);
    }
    return done;
}

/* ---- each package once, after its imports ---- */

static enum package_result package_start_one(struct package *package, struct error *error);

static enum package_result start_imports(const struct package *package, struct error *error)
{
    const struct carrier *carrier = package->carrier;
    const struct meta *meta = &carrier->module->meta;
    for (uint32_t i = 0; i < meta_package(meta, package->number).dependency_count; i++) {
        const char *path = meta_dependency(meta, package->number, i);
        uint32_t number;
        lock_acquire();
        struct package *import = meta_find_package(meta, path, &number) ? carrier->packages[number]
                                                                        : package_find_live(path);
        /* This module is not bound to a copy that another module has claimed. */
        bool is_bound = import && (import->state != STATE_CLAIMED || import->carrier == carrier);
        lock_release();
        enum package_result result = is_bound ? package_start_one(import, error) : PACKAGE_STARTED;
        if (result != PACKAGE_STARTED) {
            error_prefix(error, "package %s imports %s: ", package->path, path);
            return result;
        }
    }
    return PACKAGE_STARTED;
}

/* Waits until this thread is to run the inits, and makes the package STATE_RUNNING. Returns false,
 * and sets *result, if no inits are to run or waiting is impossible. Needs the lock, and releases
 * it while it waits. */
static bool package_begin(struct package *package, enum package_result *result, struct error *error)
{
    *result = PACKAGE_STARTED;
    for (;;) {
        switch (package->state) {
        case STATE_WAITING:
            package_set_state(package, STATE_RUNNING);
            package->thread = thread_self();
            return true;
        case STATE_DONE:
            return false;
        case STATE_FAILED:
            *result = PACKAGE_FAILED;
            package_set_failed(package, error);
            return false;
        case STATE_CLAIMED:
        case STATE_RUNNING:
            if (map_is_under_way() || !lock_wait_for(package->thread)) {
                bool is_claimed = package->state == STATE_CLAIMED;
                *result = PACKAGE_BUSY;
                package_set_busy(package, is_claimed ? "being loaded" : "being initialised", error);
                return false;
            }
        }
    }
}

static void package_end(struct package *package, enum package_result result,
                        const struct error *error)
{
    lock_acquire();
    switch (result) {
    case PACKAGE_STARTED:
        package_set_state(package, STATE_DONE);
        break;
    case PACKAGE_FAILED:
        package_set_state(package, STATE_FAILED);
        package->failure = strdup(error_text(error));
        break;
    case PACKAGE_BUSY:
        package_set_state(package, STATE_WAITING);
    }
    lock_broadcast();
    lock_release();
}

static enum package_result package_start_one(struct package *package, struct error *error)
{
    enum package_result result;
    const struct carrier *carrier = package->carrier;
    lock_acquire();
    bool is_begun = package_begin(package, &result, error);
    lock_release();
    if (!is_begun)
        return result;
    result = start_imports(package, error);
    /* The dynamic loader runs the constructors of files. */
    if (result == PACKAGE_STARTED && carrier->built_in)
        built_in_construct(carrier->built_in, package->number);
    if (result == PACKAGE_STARTED && !run_package(carrier, package->number, error))
        result = PACKAGE_FAILED;
    package_end(package, result, error);
    return result;
}

enum package_result package_start(const struct carrier *carrier, struct error *error)
{
    enum package_result result = PACKAGE_STARTED;
    for (uint32_t i = 0; result == PACKAGE_STARTED && i < carrier->package_count; i++)
        result = package_start_one(carrier->packages[i], error);
    return result;
}

enum package_result package_start_live(const char *path, struct error *error)
{
    lock_acquire();
    struct package *package = package_find_live(path);
    lock_release();
    assert(package);
    return package_start_one(package, error);
}

/* ---- the modules that a plugin needs ---- */

struct needed_start {
    const struct plugin *plugin;
    enum package_result result;
    struct error *error;
};

static void start_needed(void *context, uintptr_t base)
{
    struct needed_start *start = context;
    const struct carrier *carrier = carrier_find_at(base);
    if (!carrier || carrier == start->plugin->carrier || start->result != PACKAGE_STARTED)
        return;
    start->result = package_start(carrier, start->error);
    if (start->result != PACKAGE_STARTED)
        error_prefix(start->error, "it needs %s: ", carrier->path);
}

enum package_result package_start_needed(const struct plugin *p, struct error *error)
{
    struct needed_start start = {p, PACKAGE_STARTED, error};
    if (!package_any_unfinished(p->carrier) || map_find_needed(p, start_needed, &start, error))
        return start.result;
    return PACKAGE_BUSY;
}
