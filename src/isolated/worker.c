/* Starting, watching and reaping workers.
 *
 * The host must not be disturbed: it may ignore SIGCHLD, or wait for any child. A child that
 * executes a program sends SIGCHLD when it ends, whatever was agreed at its start (de_thread of the
 * kernel). So between host and worker is a keeper: a child that shares the host's memory, executes
 * nothing, sends no signal at its end, and waits for the worker. A thread of the host starts it,
 * and does nothing but wait for it, so that the keeper may use what is the thread's own, such as
 * errno. (It does not sleep in CLONE_VFORK: no debugger could stop it then, and no terminal the
 * host.) By PR_SET_PDEATHSIG the keeper ends with the host, and the worker with the keeper. */
#include "isolated/worker.h"

#include "base/valgrind.h"
#include "isolated/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 64 * 1024 };

/* ThreadSanitizer, of the host, replaces clone by what it needs for a child with memory of its own.
 */
#ifdef __GLIBC__
int __clone(int (*function)(void *), void *stack, int flags, void *data, ...);
#define clone __clone
#endif

/* ---- the child, before its program runs ---- */

struct keeping {
    struct worker *worker;
    const struct worker_start *start;
    int socket;   /* the worker's end */
    int *moved;   /* the descriptors, on their way to their numbers */
    char *stacks; /* of the keeper, and of the worker until it executes its program */
    pid_t host;
    uid_t user;
    gid_t group;
    int namespaces, why_no_more; /* that the keeper and the worker have of their own; errno */
    int error;                   /* errno of what failed */
};

/* Ends a child that shares the host's memory. Not by _exit: AddressSanitizer would take the
 * child's stack for the thread's. */
static int child_exit(void)
{
    return (int)syscall(SYS_exit_group, EXIT_FAILURE);
}

/* Gives the descriptors their numbers: first all get others, so that none is overwritten which is
 * yet to be moved. ThreadSanitizer would take descriptors of this process for the host's, so it
 * does not see the calls. */
static bool child_set_descriptors(const struct keeping *keeping)
{
    const struct worker_start *start = keeping->start;
    int count = START_FILES + (int)start->file_count;
    int null = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
    bool done = null >= 0;
    for (int to = 0; done && to < count; to++) {
        int from = to < START_SOCKET       ? start->streams[to]
                   : to == START_SOCKET    ? keeping->socket
                   : to == START_CHANNEL   ? keeping->worker->memory
                   : to == START_PLAN      ? start->start
                   : to == START_MEMORY    ? start->memory
                   : to == START_VARIABLES ? start->variables
                                           : start->files[to - START_FILES];
        keeping->moved[to] =
            (int)syscall(SYS_fcntl, from < 0 ? null : from, F_DUPFD_CLOEXEC, count);
        done = keeping->moved[to] >= 0;
    }
    for (int to = 0; done && to < count; to++)
        done = syscall(SYS_dup3, keeping->moved[to], to, 0) == to;
    /* What the host opened without O_CLOEXEC is not for the plugin. */
    if (done && syscall(SYS_close_range, count, ~0U, 0) != 0) {
        long most = sysconf(_SC_OPEN_MAX);
        for (int i = count; i < most; i++)
            syscall(SYS_close, i);
    }
    return done;
}

/* Without the right to mount, the worker has the root directory that others have, and says so. */
static void child_prepare_mounts(const struct keeping *keeping)
{
    int mounts = CLONE_NEWUSER | CLONE_NEWNS;
    if ((keeping->namespaces & mounts) == mounts)
        namespaces_let_mount(keeping->user, keeping->group);
}

static bool child_enter_group(const struct worker *worker)
{
    return !worker->group.path || write(worker->group.processes, "0", 1) == 1;
}

/* Runs in the memory of the host, while the keeper waits. */
static int child_run(void *data)
{
    struct keeping *keeping = data;
    char name[] = "plugin-worker", namespaces[16], why[16];
    char *arguments[] = {name, namespaces, why, NULL}, *none[] = {NULL};
    snprintf(namespaces, sizeof namespaces, "%d", keeping->namespaces);
    snprintf(why, sizeof why, "%d", keeping->why_no_more);
    child_prepare_mounts(keeping);
    if (child_enter_group(keeping->worker) && child_set_descriptors(keeping))
        execve(keeping->start->program, arguments, getauxval(AT_SECURE) ? none : environ);
    keeping->error = errno;
    return child_exit();
}

/* ---- the keeper, and the thread that waits for it ---- */

/* The keeper may be killed at any time, so it holds no lock, and the thread tells once more, after
 * its end, what it may not have told. */

/* The keeper has started the worker, or failed. */
static void set_started(const struct keeping *keeping)
{
    struct worker *worker = keeping->worker;
    if (!__atomic_load_n(&worker->is_started, __ATOMIC_ACQUIRE))
        worker->failure = keeping->error;
    channel_set_flag(&worker->is_started);
}

/* The worker has ended. */
static void set_dead(const struct keeping *keeping, int code, int status)
{
    struct worker *worker = keeping->worker;
    if (!worker_is_dead(worker)) {
        worker->code = code;
        worker->status = status;
    }
    channel_set_flag(&worker->is_dead);
    channel_set_flag(&worker->death);
}

/* The number of this process, and that of its parent, in the namespace of processes whose /proc
 * this is; 0: unknown. */
static pid_t own_number(void)
{
    char number[16] = "";
    return readlink("/proc/self", number, sizeof number - 1) > 0 ? atoi(number) : 0;
}

static pid_t parent_number(void)
{
    char status[512];
    int parent = 0, file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, status, sizeof status - 1);
    status[length > 0 ? length : 0] = '\0';
    if (file >= 0)
        close(file);
    const char *name_end = strrchr(status, ')'); /* of a name that may have any characters */
    if (name_end)
        sscanf(name_end, ") %*c %d", &parent);
    return parent;
}

/* Asks /proc, since getppid() is 0 where the parent is outside of the namespace of processes; and
 * believes what it cannot find out. */
static bool is_child_of(pid_t host)
{
    pid_t parent = parent_number();
    return !host || !parent || parent == host;
}

/* Starts the worker, and waits for its end. */
static void start_and_wait(struct keeping *keeping)
{
    struct worker *worker = keeping->worker;
    siginfo_t info = {0};
    worker->pid = clone(child_run, keeping->stacks + (size_t)2 * STACK,
                        CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, keeping, &worker->pidfd);
    if (worker->pid < 0)
        keeping->error = errno;
    else
        fcntl(worker->pidfd, F_SETFD, FD_CLOEXEC);
    set_started(keeping);
    bool has_worker = worker->pid > 0;
    while (has_worker && waitid(P_PID, (id_t)worker->pid, &info, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR)
        ;
    set_dead(keeping, info.si_code, info.si_status);
    if (has_worker) /* only now may its number be that of another process */
        waitid(P_PID, (id_t)worker->pid, &info, WEXITED);
}

static int keep(void *data)
{
    struct keeping *keeping = data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (is_child_of(keeping->host)) /* else it ended before */
        start_and_wait(keeping);
    return child_exit();
}

/* The keeper is the first process of the namespace, in which a signal does not end the first one
 * that it sends itself: a plugin's abort(3) would not be what it is. Namespaces need one of users,
 * but for root, who has them without: the worker becomes another user first, whom no namespace
 * maps. */
static pid_t start_keeper(struct keeping *keeping)
{
    int flags = CLONE_VM | CLONE_FILES;
    char *stack = keeping->stacks + STACK;
    keeping->namespaces =
        keeping->start->namespaces | (getuid() && keeping->user ? CLONE_NEWUSER : 0);
    pid_t keeper = clone(keep, stack, flags | keeping->namespaces, keeping);
    if (keeper >= 0)
        return keeper;
    keeping->why_no_more = errno;
    keeping->namespaces = 0;
    return clone(keep, stack, flags, keeping);
}

/* Something has killed the keeper. Ends the worker: until it executes its program, it runs in the
 * host's memory. */
static void end_orphan(const struct worker *worker)
{
    struct pollfd end = {worker->pidfd, POLLIN, 0};
    worker_kill(worker);
    while (worker->pidfd >= 0 && poll(&end, 1, -1) < 0 && errno == EINTR)
        ;
}

/* Starts the keeper, and waits as long as it lives. */
static void wait_with_keeper(struct keeping *keeping)
{
    keeping->host = own_number();
    keeping->user = geteuid();
    keeping->group = getegid();
    pid_t keeper = start_keeper(keeping);
    if (keeper < 0)
        keeping->error = errno;
    else
        while (waitpid(keeper, NULL, __WALL) < 0 && errno == EINTR)
            ;
    if (!worker_is_dead(keeping->worker))
        end_orphan(keeping->worker);
    set_started(keeping);
    set_dead(keeping, CLD_KILLED, SIGKILL);
}

/* Valgrind knows no process that shares memory and is no thread. There, the worker is a child of
 * the host, which may notice it. */
static void *wait_for_worker(void *data)
{
    struct keeping *keeping = data;
    if (is_under_valgrind())
        start_and_wait(keeping);
    else
        wait_with_keeper(keeping);
    free(keeping->moved);
    free(keeping->stacks);
    free(keeping);
    return NULL;
}

/* ---- a worker ---- */

/* Starts the thread, with all signals blocked, for itself and what it starts. */
static bool start_thread(struct worker *worker, struct keeping *keeping, struct error *error)
{
    pthread_attr_t attributes;
    sigset_t all, old;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    int failure = pthread_create(&worker->thread, &attributes, wait_for_worker, keeping);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
    worker->has_thread = !failure;
    return !failure || error_set(error, PLUGIN_SYSTEM, "pthread_create: %s", strerror(failure));
}

static bool worker_spawn(struct worker *worker, const struct worker_start *start, int socket,
                         struct error *error)
{
    struct keeping *keeping = calloc(1, sizeof *keeping);
    if (!keeping)
        return error_set_no_memory(error);
    *keeping = (struct keeping){.worker = worker,
                                .start = start,
                                .socket = socket,
                                .moved = calloc(START_FILES + start->file_count, sizeof(int)),
                                .stacks = malloc((size_t)2 * STACK)};
    bool has_memory = keeping->moved && keeping->stacks;
    if (!has_memory || !start_thread(worker, keeping, error)) {
        free(keeping->moved);
        free(keeping->stacks);
        free(keeping);
        return has_memory ? false : error_set_no_memory(error);
    }
    channel_wait_flag(&worker->is_started, 0);
    int failure = worker->failure;
    if (!failure)
        return true;
    return error_set(error, PLUGIN_SYSTEM, "cannot start %s%s%s: %s", start->program,
                     worker->group.path ? " in the control group " : "",
                     worker->group.path ? worker->group.path : "", strerror(failure));
}

/* Makes the shared memory, which nobody can shrink under those who use it. */
static bool worker_make_channel(struct worker *worker, struct error *error)
{
    worker->memory = memfd_create("plugin-channel", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (worker->memory < 0 || ftruncate(worker->memory, (off_t)CHANNEL_SIZE) != 0 ||
        fallocate(worker->memory, 0, 0, CHANNEL_START) != 0 ||
        fcntl(worker->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return error_set(error, PLUGIN_SYSTEM, "cannot make shared memory: %s", strerror(errno));
    void *start = mmap(NULL, CHANNEL_START, PROT_READ | PROT_WRITE, MAP_SHARED, worker->memory, 0);
    if (start == MAP_FAILED)
        return error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
    madvise(start, CHANNEL_START, MADV_DONTFORK);
    worker->channel = start;
    return true;
}

static bool worker_set_not_ready(struct worker *worker, struct error *error)
{
    TEXT_AUTO end = {0};
    worker_reap(worker);
    worker_add_end(&end, worker);
    return error_set(error, PLUGIN_CRASHED, "before it was ready, its process %s",
                     text_chars(&end));
}

/* Which init failed is the worker's own word, as is why. */
static bool set_init_failed(const struct start_ready *ready, const struct inits *inits,
                            const char *reason, struct error *error)
{
    const char *name =
        ready->init < inits->count - inits->retires ? inits->items[ready->init].name : "an init";
    return error_set(error, PLUGIN_INIT_FAILED, "%s failed: %s", name, reason);
}

static bool worker_set_broken(struct worker *worker, struct error *error, const char *what)
{
    worker_kill(worker);
    return error_set(error, PLUGIN_CRASHED,
                     "its process was killed: before it was ready, it sent a message %s", what);
}

static bool worker_set_failed(struct worker *worker, const struct start_ready *ready,
                              const struct inits *inits, struct error *error)
{
    TEXT_AUTO reason = {0};
    text_add_bytes(&reason, ready->reason, strnlen(ready->reason, sizeof ready->reason));
    switch (ready->outcome) {
    case START_ENTERED:
    case START_READY:
        return worker_set_broken(worker, error, "out of order");
    case START_UNSAFE:
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.isolation.require: this system does not have all of it: %s",
                         text_chars(&reason));
    case START_NOT_MAPPED:
        return error_set(error, PLUGIN_SYSTEM, "the dynamic loader refuses it: %s",
                         text_chars(&reason));
    case START_INIT_FAILED:
        return set_init_failed(ready, inits, text_chars(&reason), error);
    default:
        return error_set(error, PLUGIN_SYSTEM, "its process could not start: %s",
                         text_chars(&reason));
    }
}

/* Waits for the worker's next message, until the time `end`; 0: without a limit. */
static bool worker_receive(struct worker *worker, const struct worker_start *start, uint64_t end,
                           struct start_ready *ready, struct error *error)
{
    ssize_t size = -1;
    while (size < 0) {
        uint64_t now = channel_now();
        int left = !end ? -1 : now < end ? (int)((end - now + 999999) / 1000000) : 0;
        int count = poll(&(struct pollfd){worker->socket, POLLIN, 0}, 1, left);
        if (count == 0) {
            worker_kill(worker);
            return error_set(error, PLUGIN_TIMEOUT,
                             "its constructors and inits exceeded options.timeout_ms (%u ms)",
                             start->timeout_ms);
        }
        size = recv(worker->socket, ready, sizeof *ready, MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0 && errno != EINTR && errno != EAGAIN)
            break;
    }
    return size == (ssize_t)sizeof *ready ||
           (size > 0 ? worker_set_broken(worker, error, "of another size")
                     : worker_set_not_ready(worker, error));
}

/* What of the sandbox holds is the word of the worker before it maps the plugin, but for what it
 * can do only after the inits. */
static bool worker_wait_ready(struct worker *worker, const struct worker_start *start,
                              uint32_t *sandbox, struct error *error)
{
    uint64_t end = start->timeout_ms ? channel_now() + (uint64_t)start->timeout_ms * 1000000 : 0;
    *sandbox = worker->group.path ? PLUGIN_ISOLATION_GROUP : 0;
    for (uint32_t next = START_ENTERED; next <= START_READY; next++) {
        struct start_ready ready;
        if (!worker_receive(worker, start, end, &ready, error))
            return false;
        if (ready.outcome != next)
            return worker_set_failed(worker, &ready, start->inits, error);
        *sandbox |= ready.sandbox & (next == START_READY ? PLUGIN_ISOLATION_NO_NEW_CODE : ~0U);
    }
    return true;
}

bool worker_run(struct worker *worker, const struct worker_start *start, uint32_t *sandbox,
                struct error *error)
{
    int sockets[2];
    *worker = (struct worker)WORKER_NONE;
    worker->start = start;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
        return error_set(error, PLUGIN_SYSTEM, "socketpair: %s", strerror(errno));
    worker->socket = sockets[0];
    bool done = worker_make_channel(worker, error) &&
                (!start->has_group || group_make(&worker->group, start->limit, error)) &&
                worker_spawn(worker, start, sockets[1], error);
    close(sockets[1]);
    if (done && worker_wait_ready(worker, start, sandbox, error))
        return true;
    worker_end(worker);
    return false;
}

bool worker_ask(const struct worker *worker, uint32_t request)
{
    return send(worker->socket, &request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT) ==
           (ssize_t)sizeof request;
}

void worker_kill(const struct worker *worker)
{
    /* By the pidfd: the number may be that of another process by now. */
    if (is_under_valgrind()) {
        if (worker->pidfd >= 0 && !worker_is_dead(worker))
            kill(worker->pid, SIGKILL); /* it knows no other way */
    } else if (worker->pidfd >= 0)
        syscall(SYS_pidfd_send_signal, worker->pidfd, SIGKILL, NULL, 0);
}

void worker_reap(struct worker *worker)
{
    worker_kill(worker);
    if (worker->has_thread)
        pthread_join(worker->thread, NULL);
    worker->has_thread = false;
}

void worker_end(struct worker *worker)
{
    worker_reap(worker);
    worker_release(worker);
}

void worker_release(struct worker *worker)
{
    group_remove(&worker->group);
    worker_forget(worker);
}

void worker_forget(struct worker *worker)
{
    if (worker->channel)
        munmap(worker->channel, CHANNEL_START);
    if (worker->pidfd >= 0)
        close(worker->pidfd);
    if (worker->socket >= 0)
        close(worker->socket);
    if (worker->memory >= 0)
        close(worker->memory);
    group_forget(&worker->group);
    int code = worker->code, status = worker->status;
    *worker = (struct worker)WORKER_NONE;
    worker->death = worker->is_dead = 1;
    worker->code = code;
    worker->status = status;
}
