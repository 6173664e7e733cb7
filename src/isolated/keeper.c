/* SPDX-License-Identifier: MIT */
/* Starting, watching and reaping workers.
 *
 * The host must not be disturbed: it may ignore SIGCHLD, or wait for any child. A child that
 * executes a program sends SIGCHLD when it ends, whatever was agreed at its start (de_thread of the
 * kernel). So between host and worker is a keeper: a child that shares the host's memory, executes
 * nothing, sends no signal at its end, and waits for the worker. A thread of the host starts it,
 * and does nothing but wait for it, so that the keeper may use what is the thread's own, such as
 * errno. (It does not sleep in CLONE_VFORK: no debugger could stop it then, and no terminal the
 * host.) By PR_SET_PDEATHSIG the keeper ends with the host, and the worker with the keeper.
 *
 * An emulator, as qemu-user, may know threads and forks alone. There the thread is the keeper, and
 * the worker a child of the host. */
#include "isolated/keeper.h"

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

enum { STACK = 128 * 1024 }; /* of a thread on aarch64, at least */

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
    int *error; /* errno of what failed; a page that a child shares which has copies of all else */
};

static void keeping_free(struct keeping *keeping)
{
    free(keeping->moved);
    free(keeping->stacks);
    if (keeping->error != MAP_FAILED)
        munmap(keeping->error, sizeof *keeping->error);
    free(keeping);
}

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
    *keeping->error = errno;
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
        worker->failure = *keeping->error;
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

/* Starts the worker, and waits for its end. What kills the keeper meanwhile leaves its descriptor,
 * by CLONE_PIDFD. */
static void watch(struct keeping *keeping, int flags)
{
    struct worker *worker = keeping->worker;
    siginfo_t info = {0};
    worker->pid = clone(child_run, keeping->stacks + (size_t)2 * STACK,
                        CLONE_VM | CLONE_VFORK | flags | SIGCHLD, keeping, &worker->pidfd);
    if (worker->pid < 0)
        *keeping->error = errno;
    else if (flags & CLONE_PIDFD)
        fcntl(worker->pidfd, F_SETFD, FD_CLOEXEC);
    else
        worker->pidfd = (int)syscall(SYS_pidfd_open, worker->pid, 0);
    set_started(keeping);
    bool has_worker = worker->pid > 0;
    while (has_worker && waitid(P_PID, (id_t)worker->pid, &info, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR)
        ;
    int failure = *keeping->error;
    set_dead(keeping, failure ? 0 : info.si_code, failure ? failure : info.si_status);
    if (has_worker) /* only now may its number be that of another process */
        waitid(P_PID, (id_t)worker->pid, &info, WEXITED);
}

/* A host that ignores SIGCHLD would have the kernel forget how the worker ended. By no function of
 * the C library: a sanitizer would take it for the host's. */
static void heed_children(void)
{
    const uint64_t standard[4] = {0}; /* the kernel's struct sigaction, with SIG_DFL */
    syscall(SYS_rt_sigaction, SIGCHLD, standard, NULL, _NSIG / 8);
}

static int keep(void *data)
{
    struct keeping *keeping = data;
    heed_children();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (is_child_of(keeping->host)) /* else it ended before */
        watch(keeping, CLONE_PIDFD);
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
    if (worker->pidfd >= 0)
        syscall(SYS_pidfd_send_signal, worker->pidfd, SIGKILL, NULL, 0);
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
    if (keeper < 0 && errno == EINVAL)
        watch(keeping, 0);
    else if (keeper < 0)
        *keeping->error = errno;
    else
        while (waitpid(keeper, NULL, __WALL) < 0 && errno == EINTR)
            ;
    if (!worker_is_dead(keeping->worker))
        end_orphan(keeping->worker);
    set_started(keeping);
    set_dead(keeping, CLD_KILLED, SIGKILL);
}

/* Valgrind knows no process that shares memory and is no thread: there the thread is the keeper, as
 * under an emulator. */
static void *wait_for_worker(void *data)
{
    struct keeping *keeping = data;
    if (is_under_valgrind())
        watch(keeping, CLONE_PIDFD);
    else
        wait_with_keeper(keeping);
    keeping_free(keeping);
    return NULL;
}

/* ---- its start ---- */

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

bool keeper_start(struct worker *worker, const struct worker_start *start, int socket,
                  struct error *error)
{
    struct keeping *keeping = calloc(1, sizeof *keeping);
    if (!keeping)
        return error_set_no_memory(error);
    *keeping = (struct keeping){.worker = worker,
                                .start = start,
                                .socket = socket,
                                .moved = calloc(START_FILES + start->file_count, sizeof(int)),
                                .stacks = malloc((size_t)2 * STACK),
                                .error = mmap(NULL, sizeof *keeping->error, PROT_READ | PROT_WRITE,
                                              MAP_SHARED | MAP_ANONYMOUS, -1, 0)};
    bool has_memory = keeping->moved && keeping->stacks && keeping->error != MAP_FAILED;
    if (has_memory && start_thread(worker, keeping, error))
        return true;
    keeping_free(keeping);
    return has_memory ? false : error_set_no_memory(error);
}
