/* SPDX-License-Identifier: MIT */
/* The life of an isolated plugin: start, end, stop, restart. */
#include "isolated/isolated_p.h"

#include "base/path.h"
#include "base/versioned.h"
#include "crossing/isolation.h"
#include "isolated/channel.h"
#include "isolated/imports.h"
#include "isolated/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* All isolated plugins of the process; guarded by the lock. */
static struct isolated *all;

/* ---- its end ---- */

/* Waits until nobody uses the worker, which has ended: every call returns soon. */
static void wait_for_users(struct isolated *isolated)
{
    uint32_t users;
    while ((users = __atomic_load_n(&isolated->users, __ATOMIC_SEQ_CST)))
        syscall(SYS_futex, &isolated->users, FUTEX_WAIT_PRIVATE, users, NULL, NULL, 0);
}

/* Waits until nobody uses the worker, and gives back what it took. The caller changes it. */
static void clean(struct isolated *isolated)
{
    wait_for_users(isolated);
    service_join(isolated);
    worker_reap(&isolated->worker);
    pthread_mutex_lock(&isolated_lock);
    isolated_settle_end(isolated);
    isolated->ending = NULL;
    calls_forget_areas(isolated, false);
    opaque_restart(&isolated->opaque);
    functions_restart(&isolated->functions);
    kept_forget(&isolated->kept);
    pthread_mutex_unlock(&isolated_lock);
    worker_release(&isolated->worker);
}

/* Kills the worker. The caller changes it. */
static void stop(struct isolated *isolated, const char *why)
{
    struct text reason = {0};
    text_add(&reason, "%s", why);
    isolated_end(isolated, &reason, NULL);
    clean(isolated);
}

/* What the worker runs at its end, and for how long at most without options.timeout_ms. */
#define AT_END "destructors and atexit functions"
enum { END_MS = 5000 };

static bool set_late(const struct isolated *isolated, const char *what, struct error *error)
{
    return isolated->timeout_ms
               ? error_set(error, PLUGIN_TIMEOUT,
                           "its %s exceeded options.timeout_ms (%u ms), and its process was killed",
                           what, isolated->timeout_ms)
               : error_set(error, PLUGIN_TIMEOUT,
                           "its %s exceeded %d ms, the limit without options.timeout_ms, and its "
                           "process was killed",
                           what, END_MS);
}

/* Asks the worker to end by itself, and waits for that, but not beyond the limit. */
static bool ask_to_end(struct isolated *isolated, uint32_t request, const char *what,
                       struct error *error)
{
    struct worker *worker = &isolated->worker;
    unsigned limit = isolated->timeout_ms ? isolated->timeout_ms : END_MS;
    uint64_t until = isolated->is_debugged ? 0 : channel_now() + (uint64_t)limit * 1000000;
    TEXT_AUTO end = {0};
    worker_ask(worker, request); /* if it is gone, it has ended */
    if (!worker_wait(worker, until)) {
        worker_kill(worker);
        return set_late(isolated, what, error);
    }
    if (worker->code == CLD_EXITED && worker->status == EXIT_SUCCESS)
        return true;
    worker_add_end(&end, worker);
    return error_set(error, PLUGIN_CRASHED, "its %s failed: its process %s", what,
                     text_chars(&end));
}

/* ---- its start ---- */

/* Its inits, and threads of its own, may call the host from now on. */
static bool begin(struct isolated *isolated, struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    isolated->generation++;
    __atomic_store_n(&isolated->state, ISOLATED_STARTS, __ATOMIC_SEQ_CST);
    bool done = !plan_has_calls_back(isolated->plan) || service_start(isolated, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

/* What the last process gave to be kept goes: the host has forgotten it. */
static void drop_kept(struct isolated *isolated)
{
    pthread_mutex_lock(&isolated_lock);
    kept_deinit(&isolated->kept);
    pthread_mutex_unlock(&isolated_lock);
}

/* It is ready, unless it has ended since. */
static void set_ready(struct isolated *isolated, uint32_t sandbox)
{
    pthread_mutex_lock(&isolated_lock);
    __atomic_store_n(&isolated->sandbox, sandbox, __ATOMIC_RELAXED);
    if (isolated->state == ISOLATED_STARTS)
        __atomic_store_n(&isolated->state, ISOLATED_RUNS, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&isolated_lock);
}

static void set_end(struct isolated *isolated, const char *why)
{
    pthread_mutex_lock(&isolated_lock);
    text_free(&isolated->end);
    text_add(&isolated->end, "%s", why);
    pthread_mutex_unlock(&isolated_lock);
}

/* Starts a worker. If that fails, later calls fail, and tell why. */
static bool run(struct isolated *isolated, const char *why, struct error *error)
{
    uint32_t sandbox;
    drop_kept(isolated);
    variables_drop(&isolated->variables); /* of a start that was left by a jump */
    if (!heap_take(&isolated->heap, error) || !variables_make(&isolated->variables, error))
        return false;
    isolated->start.memory = isolated->heap.file;
    isolated->start.variables = isolated->variables.next;
    bool done = worker_run(&isolated->worker, &isolated->start, error);
    if (done && begin(isolated, error) && starting_wait(isolated, &sandbox, error) &&
        isolated_take_variables(isolated, error)) {
        set_ready(isolated, sandbox);
        return true;
    }
    if (done)
        stop(isolated, why);
    set_end(isolated, why);
    variables_drop(&isolated->variables);
    return false;
}

static void close_streams(struct worker_start *start)
{
    for (int i = 0; i < 3; i++) {
        if (start->streams[i] > STDERR_FILENO)
            close(start->streams[i]);
        start->streams[i] = -1;
    }
}

static void free_names(struct worker_start *start)
{
    for (size_t i = 0; start->names && i < start->file_count; i++)
        free(start->names[i]);
    free(start->names);
    start->names = NULL;
}

static void isolated_free(struct isolated *isolated)
{
    closures_free(isolated);
    free(isolated->path);
    free((char *)isolated->start.program);
    free((int *)isolated->start.files);
    close_streams(&isolated->start);
    if (isolated->start.start >= 0)
        close(isolated->start.start);
    inits_deinit(&isolated->inits);
    free_names(&isolated->start);
    heap_deinit(&isolated->heap);
    variables_deinit(&isolated->variables);
    if (isolated->imports >= 0)
        close(isolated->imports);
    opaque_deinit(&isolated->opaque);
    kept_deinit(&isolated->kept);
    text_free(&isolated->end);
    free(isolated->plan);
    free(isolated);
}

/* Makes the plan; NULL with the error set. */
static struct plan *make_plan(const struct isolated_open *open, struct error *error)
{
    MISFITS_AUTO misfits = {0};
    return isolation_plan(open->modules, open->host, &misfits, error);
}

static bool isolated_judge(const struct isolated_open *open, struct error *error)
{
    struct plan *plan = make_plan(open, error);
    free(plan);
    return plan;
}

/* Lists the files for the worker, and what it must know of them. */
static bool list_files(struct isolated *isolated, const struct isolated_open *open,
                       struct start *told, struct error *error)
{
    const struct plan *plan = isolated->plan;
    int *files = calloc(open->file_count + 1, sizeof *files);
    char **names = calloc(open->file_count + 1, sizeof *names);
    size_t count = 0;
    isolated->start.files = files;
    isolated->start.names = names;
    if (!files || !names)
        return error_set_no_memory(error);
    if (plan->import_count) {
        isolated->imports = imports_make(plan, (size_t)sysconf(_SC_PAGESIZE), &told->import_code,
                                         &told->import_table, error);
        if (isolated->imports < 0)
            return false;
        files[count++] = isolated->imports;
    }
    memcpy(files + count, open->files, open->file_count * sizeof *files);
    isolated->start.file_count = count + open->file_count;
    for (size_t i = 0; i < open->file_count; i++)
        if (!(names[count + i] = strdup(path_base_name(open->modules->items[i].path))))
            return error_set_no_memory(error);
    told->file_count = (uint32_t)isolated->start.file_count;
    told->is_go = open->module->go != NULL;
    return true;
}

/* The descriptors that the worker's streams are to be, in each generation. */
static bool take_streams(struct worker_start *start, const struct plugin_isolation *isolation,
                         struct error *error)
{
    static const char *const names[] = {"input", "output", "error"};
    const int given[] = {isolation->input, isolation->output, isolation->error};
    for (int i = 0; i < 3; i++) {
        if (given[i] <= 0) {
            start->streams[i] = given[i] || i == STDIN_FILENO ? -1 : i;
            continue;
        }
        start->streams[i] = fcntl(given[i], F_DUPFD_CLOEXEC, 3);
        if (start->streams[i] < 0)
            return error_set(error, PLUGIN_SYSTEM, "options.isolation.%s: descriptor %d: %s",
                             names[i], given[i], strerror(errno));
    }
    return true;
}

static bool check_require(const struct plugin_isolation *isolation, struct error *error)
{
    bool limits = isolation->require & (PLUGIN_ISOLATION_MEMORY | PLUGIN_ISOLATION_GROUP);
    return !limits || isolation->memory ||
           error_set(error, PLUGIN_UNSUPPORTED,
                     "options.isolation.require: a limit of memory, and options.isolation.memory "
                     "is 0: say how many bytes");
}

static bool open_parts(struct isolated *isolated, const struct isolated_open *open,
                       const struct plugin_isolation *isolation, struct error *error)
{
    isolated->plan = check_require(isolation, error) ? make_plan(open, error) : NULL;
    if (!isolated->plan || !inits_read(&isolated->inits, open->modules, error))
        return false;
    isolated->opaque =
        (struct opaque){.plan = isolated->plan, .own = REFERENCE_TOKEN, .other = REFERENCE_HANDLE};
    isolated->kept.plan = isolated->plan;
    struct worker_start *start = &isolated->start;
    struct start told = {.version = PLUGIN_VERSION};
    if (!list_files(isolated, open, &told, error) || !take_streams(start, isolation, error))
        return false;
    /* Nobody debugs within a limit. */
    const char *asked = secure_getenv("PLUGIN_ISOLATED_WAIT");
    isolated->is_debugged = asked && !strcmp(asked, "1");
    isolated->timeout_ms = isolated->is_debugged ? 0 : open->timeout_ms;
    start->has_group = isolation->require & PLUGIN_ISOLATION_GROUP;
    start->limit = isolation->memory;
    start->namespaces = namespaces_wanted(isolation->require);
    start->program = strdup(open->worker);
    if (!start->program)
        return error_set_no_memory(error);
    start->start = start_make(isolated, isolation, told, error);
    return start->start >= 0 && heap_open(&isolated->heap, error) &&
           variables_open(&isolated->variables, isolated->plan, start->files[start->file_count - 1],
                          open->module, error) &&
           closures_make(isolated, open->find_function, error);
}

static struct isolated *isolated_open(const struct isolated_open *open, struct error *error)
{
    struct plugin_isolation isolation = {.size = sizeof isolation};
    if (open->isolation &&
        !versioned_copy(&isolation, sizeof isolation, open->isolation, "isolation", error))
        return NULL;
    struct isolated *isolated = calloc(1, sizeof *isolated);
    if (!isolated) {
        error_set_no_memory(error);
        return NULL;
    }
    isolated->state = ISOLATED_ENDED;
    isolated->start.start = isolated->imports = -1;
    isolated->heap.file = isolated->variables.file = isolated->variables.next = -1;
    isolated->worker = (struct worker)WORKER_NONE;
    if (!(isolated->path = strdup(open->path)))
        error_set_no_memory(error);
    if (!isolated->path || !open_parts(isolated, open, &isolation, error)) {
        isolated_free(isolated);
        return NULL;
    }
    return isolated;
}

static void add_to_all(struct isolated *isolated)
{
    pthread_mutex_lock(&isolated_lock);
    isolated->next = all;
    all = isolated;
    pthread_mutex_unlock(&isolated_lock);
}

static void remove_from_all(const struct isolated *isolated)
{
    pthread_mutex_lock(&isolated_lock);
    struct isolated **link = &all;
    while (*link != isolated)
        link = &(*link)->next;
    *link = isolated->next;
    pthread_mutex_unlock(&isolated_lock);
}

/* The host may still have functions that the inits have passed. */
static void discard(struct isolated *isolated)
{
    for (size_t i = 0; i < isolated->start.file_count; i++)
        close(isolated->start.files[i]);
    close(isolated->start.start);
    isolated->start.start = isolated->imports = -1; /* the first of the files, if there is one */
    free_names(&isolated->start);
    isolated->start.file_count = 0;
    if (!isolated->passed) {
        remove_from_all(isolated);
        isolated_free(isolated);
        return;
    }
    pthread_mutex_lock(&isolated_lock);
    isolated->is_discarded = true;
    heap_deinit(&isolated->heap);
    isolated->heap = (struct heap){.file = -1};
    variables_close(&isolated->variables);
    close_streams(&isolated->start);
    pthread_mutex_unlock(&isolated_lock);
}

static bool isolated_start(struct isolated *isolated, struct error *error)
{
    add_to_all(isolated);
    isolated_begin_change(isolated);
    bool runs = run(isolated, "the plugin could not be opened", error);
    isolated_end_change(isolated);
    if (!runs)
        discard(isolated);
    return runs;
}

static void *isolated_address(const struct isolated *isolated, uint32_t symbol)
{
    const struct plan_function *function = plan_function(isolated->plan, symbol);
    return function->is_absent     ? NULL
           : function->is_variable ? variables_address(&isolated->variables, function)
                                   : isolated->symbols[symbol].code;
}

/* ---- stop and restart ---- */

static bool check_not_calling(struct isolated *isolated, struct error *error)
{
    return !calls_is_calling(isolated) ||
           error_set(error, PLUGIN_UNSUPPORTED, "the calling thread is in a call of it");
}

/* Lets all calls fail, and the plugin run what it runs at its end. The caller changes it. */
static bool stop_softly(struct isolated *isolated, const char *why, struct error *error)
{
    bool done =
        !isolated_leave_alone(isolated, why) || ask_to_end(isolated, START_END, AT_END, error);
    clean(isolated);
    return done;
}

static bool isolated_stop(struct isolated *isolated, struct error *error)
{
    if (!check_not_calling(isolated, error))
        return false;
    isolated_begin_change(isolated);
    bool done = stop_softly(isolated, "its process was stopped by plugin_stop", error);
    isolated_end_change(isolated);
    return done;
}

/* While the blocks run, they may call the host, and the host the plugin. */
static bool isolated_retire(struct isolated *isolated, struct error *error)
{
    static const char why[] = "its process was ended by plugin_retire";
    bool done = true;
    isolated_begin_change(isolated);
    pthread_mutex_lock(&isolated_lock);
    isolated->ending = why;
    pthread_mutex_unlock(&isolated_lock);
    if (__atomic_load_n(&isolated->state, __ATOMIC_SEQ_CST) == ISOLATED_RUNS)
        done = ask_to_end(isolated, START_RETIRE, "PLUGIN_RETIRE blocks, " AT_END, error);
    stop(isolated, why);
    isolated_end_change(isolated);
    return done;
}

static bool isolated_restart(struct isolated *isolated, struct error *error)
{
    if (!check_not_calling(isolated, error))
        return false;
    static const char why[] = "its process was stopped by plugin_restart";
    ERROR_AUTO unclean = {0}; /* what its end lacked is no concern of the next */
    isolated_begin_change(isolated);
    stop_softly(isolated, why, &unclean);
    bool runs = run(isolated, why, error);
    isolated_end_change(isolated);
    return runs;
}

static bool isolated_release(struct isolated *isolated, const void *object, struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    bool was_given = opaque_release(&isolated->opaque, object);
    was_given |= kept_release(&isolated->kept, object);
    pthread_mutex_unlock(&isolated_lock);
    return was_given || error_set(error, PLUGIN_WRONG_TYPE, "the plugin was not given this object");
}

static void *isolated_alloc(struct isolated *isolated, size_t size, struct error *error)
{
    return heap_alloc(&isolated->heap, size, error);
}

static bool isolated_free_memory(struct isolated *isolated, void *memory, struct error *error)
{
    return heap_free(&isolated->heap, memory) ||
           error_set(error, PLUGIN_WRONG_TYPE, "plugin_alloc did not give it, or it was freed");
}

static unsigned isolated_report(const struct isolated *isolated)
{
    return __atomic_load_n(&isolated->sandbox, __ATOMIC_RELAXED);
}

/* ---- forks ---- */

static void before_fork(void)
{
    pthread_mutex_lock(&isolated_lock);
    for (struct isolated *isolated = all; isolated; isolated = isolated->next)
        heap_before_fork(&isolated->heap);
}

static void after_fork_in_parent(void)
{
    for (struct isolated *isolated = all; isolated; isolated = isolated->next)
        heap_after_fork(&isolated->heap);
    pthread_mutex_unlock(&isolated_lock);
}

/* The workers are the parent's. */
static void after_fork_in_child(void)
{
    for (struct isolated *isolated = all; isolated; isolated = isolated->next) {
        text_free(&isolated->end);
        text_add(&isolated->end, "its process belongs to the process of which this is a fork");
        isolated->state = ISOLATED_ENDED;
        isolated->is_end_open = false;
        isolated->ending = NULL;
        isolated->is_changing = isolated->has_service = false;
        isolated->worker.channel = NULL; /* MADV_DONTFORK */
        isolated->worker.has_thread = false;
        worker_forget(&isolated->worker);
        heap_leave_parent(&isolated->heap);
        heap_after_fork(&isolated->heap);
        variables_leave_parent(&isolated->variables);
        calls_forget_areas(isolated, true);
        calls_forget_threads(isolated);
    }
    pthread_mutex_unlock(&isolated_lock);
}

static const struct isolated_functions functions = {.judge = isolated_judge,
                                                    .open = isolated_open,
                                                    .start = isolated_start,
                                                    .address = isolated_address,
                                                    .stop = isolated_stop,
                                                    .retire = isolated_retire,
                                                    .may_end = check_not_calling,
                                                    .restart = isolated_restart,
                                                    .release = isolated_release,
                                                    .alloc = isolated_alloc,
                                                    .free = isolated_free_memory,
                                                    .report = isolated_report};

/* Where a debugger finds the process of an isolated plugin: gdb/plugin.py. */
extern const uint32_t plugin_isolated_debug_[3];
PLUGIN_API __attribute__((used)) const uint32_t plugin_isolated_debug_[3] = {
    1, /* version */
    offsetof(struct isolated, worker.pid),
    offsetof(struct isolated, state),
};

__attribute__((visibility("default"))) isolated_load plugin_isolated_;

const struct isolated_functions *plugin_isolated_(const char *version,
                                                  void (*publish)(struct error *error))
{
    if (strcmp(version, PLUGIN_VERSION) != 0)
        return NULL;
    pthread_mutex_lock(&isolated_lock);
    bool is_first = !isolated_publish;
    isolated_publish = publish;
    pthread_mutex_unlock(&isolated_lock);
    if (is_first)
        pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    return &functions;
}
