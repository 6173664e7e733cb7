/* SPDX-License-Identifier: MIT */
/* The program in which an isolated plugin runs. Its host starts it with the descriptors of start.h;
 * it has no other use. */
#include "worker/worker.h"

#include "src/isolated/start.h"
#include "worker/names.h"
#include "worker/sandbox.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool worker_is_mapped;
__thread bool worker_is_ending;

static const struct start *start;
static uintptr_t *bases; /* of the files */
static int debugged; /* the number of this process, by which a debugger finds its files; 0: there is
                        none */
static struct sandbox sandbox = {.socket = START_SOCKET, .death_signal = SIGKILL};

/* Tells the host how the start went. */
static void tell(enum start_outcome outcome, uint32_t holds, const char *reason)
{
    struct start_ready ready = {.outcome = outcome, .sandbox = holds, .init = inits_why.init};
    snprintf(ready.reason, sizeof ready.reason, "%s", reason ? reason : "reason unknown");
    send(START_SOCKET, &ready, sizeof ready, MSG_NOSIGNAL);
}

/* The same of a start that has failed, for main to return. */
static int fail(enum start_outcome outcome, const char *reason)
{
    tell(outcome, 0, reason);
    return EXIT_FAILURE;
}

void worker_fail(const char *why)
{
    _exit(fail(START_FAILED, why));
}

static void reset_signals(void)
{
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool map_start(void)
{
    struct stat status;
    if (fstat(START_PLAN, &status) != 0)
        return false;
    void *made = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, START_PLAN, 0);
    void *channel = mmap(NULL, CHANNEL_START, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, 0);
    if (made == MAP_FAILED || channel == MAP_FAILED)
        return false;
    start = made;
    serve_prepare((const struct plan *)((const char *)start + start->plan), channel);
    return true;
}

static bool enter_sandbox(uint32_t *holds, char *why, size_t size)
{
    const char **paths = calloc(start->read_only_count + 1, sizeof *paths);
    const char *at = (const char *)start + start->read_only;
    if (!paths)
        return false;
    for (uint32_t i = 0; i < start->read_only_count; i++, at += strlen(at) + 1)
        paths[i] = at;
    sandbox.memory = (size_t)start->memory;
    sandbox.runs_go = start->is_go;
    sandbox.read_only = paths;
    sandbox.parent = getppid();
    debugged = start->waiting ? wait_prepare() : 0;
    sandbox.is_debugged = debugged;
    /* A network costs more than all else, and sockets are denied anyway. The host makes a namespace
     * of mounts where a root is wanted. */
    sandbox.without = PLUGIN_ISOLATION_NETWORK & ~start->require;
    if (!(sandbox.namespaces & CLONE_NEWNS))
        sandbox.without |= PLUGIN_ISOLATION_ROOT & ~start->require;
    *holds = sandbox_enter(&sandbox, why, size);
    /* That no code becomes executable holds later. */
    return (start->require & ~*holds & ~(unsigned)PLUGIN_ISOLATION_NO_NEW_CODE) == 0;
}

static void file_path(char path[64], uint32_t index)
{
    snprintf(path, 64, "/proc/self/fd/%u", START_FILES + index);
}

/* Where a debugger finds it, by the number of this process; a root of its own does not have that.
 */
static void *map_file(uint32_t index, int scope)
{
    char path[64];
    void *handle = NULL;
    if (debugged) {
        snprintf(path, sizeof path, "/proc/%d/fd/%u", debugged, START_FILES + index);
        handle = dlopen(path, RTLD_NOW | scope | RTLD_NODELETE);
    }
    if (handle)
        return handle;
    file_path(path, index);
    return dlopen(path, RTLD_NOW | scope | RTLD_NODELETE);
}

/* Maps the bridge of a Go plugin, which opens the plugin, and runs its inits. */
static void *open_go(uint32_t bridge)
{
    char path[64];
    bool is_init_failure = false;
    void *handle = map_file(bridge, RTLD_GLOBAL); /* Go plugins bind to its packages */
    const char *why = handle ? go_take_bridge(handle) : dlerror();
    if (why)
        worker_fail(why);
    file_path(path, bridge + 1);
    why = go_open(path, &is_init_failure);
    if (!why)
        return handle;
    snprintf(inits_why.text, sizeof inits_why.text, "%s", why);
    if (!is_init_failure)
        worker_fail(inits_why.text);
    _exit(fail(START_INIT_FAILED, inits_why.text));
}

/* Maps what gives the plugin its imports, the libraries and the plugin; all constructors run. */
static void *map_files(void)
{
    void *handle = NULL;
    /* Inits count the files without that of the imports. */
    uint32_t first = serve_plan->import_count ? 1 : 0;
    uint32_t end = start->file_count - (start->is_go ? 2 : 0);
    if (first) {
        void *imports = map_file(0, RTLD_GLOBAL);
        if (!imports || !functions_bind(imports, start))
            return NULL;
    }
    for (uint32_t i = first; i < end; i++) {
        struct link_map *map;
        inits_set_mapping(i - first);
        handle = map_file(i, RTLD_LOCAL);
        if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
            return NULL;
        bases[i - first] = map->l_addr;
        if (i + 1 < start->file_count && !names_publish(map, START_FILES + i))
            return NULL;
    }
    if (start->is_go)
        handle = open_go(end);
    for (uint32_t i = 0; !debugged && i < start->file_count; i++)
        close((int)(START_FILES + i));
    return handle;
}

/* Starts a thread for each slot that the host asks for, until the host ends, or asks for the end.
 */
static void serve_requests(void)
{
    uint32_t slot;
    ssize_t size;
    do {
        size = recv(START_SOCKET, &slot, sizeof slot, 0);
        if (size == (ssize_t)sizeof slot && slot == START_RETIRE)
            inits_retire();
        if (size == (ssize_t)sizeof slot && (slot == START_RETIRE || slot == START_END)) {
            worker_is_ending = true;
            exit(EXIT_SUCCESS);
        }
        if (size == (ssize_t)sizeof slot && !serve_start(slot))
            _exit(EXIT_FAILURE);
    } while (size > 0 || (size < 0 && errno == EINTR));
}

int main(int argc, char **argv)
{
    char why[512] = "";
    uint32_t holds = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    reset_signals();
    if (!map_start()) {
        fputs("plugin-worker is started by libplugin alone\n", stderr);
        return EXIT_FAILURE;
    }
    sandbox.namespaces = argc > 1 ? atoi(argv[1]) : 0;
    sandbox.why_no_more = argc > 2 ? atoi(argv[2]) : 0;
    /* A static program has the library of the day when it was linked. */
    if (strncmp(start->version, PLUGIN_VERSION, sizeof start->version) != 0)
        return fail(START_FAILED,
                    "plugin-worker is version " PLUGIN_VERSION ", not that of libplugin");
    if (!functions_prepare() || !serve_start_calls())
        return fail(START_FAILED, "out of memory");
    if (!enter_sandbox(&holds, why, sizeof why))
        return fail(START_UNSAFE, why);
    if (debugged)
        wait_for_debugger((const char *)start + start->waiting, debugged);
    claims_catch();
    claims_catch_here();
    places_prepare(serve_plan->import_count ? 1 : 0, start->file_count);
    tell(START_ENTERED, holds, "");
    if (!shared_map())
        return fail(START_FAILED, "the memory that it shares with its host cannot be mapped");
    bases = calloc(start->file_count, sizeof *bases);
    inits_prepare(start, bases);
    void *handle = bases ? map_files() : NULL;
    if (!handle)
        return fail(START_NOT_MAPPED, dlerror());
    const char *unshared = shared_take_variables(handle);
    if (unshared)
        return fail(START_FAILED, unshared);
    if (!functions_find(handle))
        return fail(START_FAILED, "out of memory, or the plugin lacks a function");
    worker_is_mapped = true;
    bool done = inits_run();
    fflush(stdout);
    if (!done)
        _exit(fail(START_INIT_FAILED, inits_why.text));
    holds = sandbox_close(&sandbox, holds, why, sizeof why);
    if (start->require & ~holds)
        return fail(START_UNSAFE, why);
    tell(START_READY, holds, "");
    serve_set_ready();
    serve_requests();
    _exit(EXIT_SUCCESS); /* without what the plugin runs at its end: nobody would limit that */
}
