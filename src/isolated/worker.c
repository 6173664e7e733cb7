/* A worker: its start, what it says of that, and its end. */
#include "isolated/keeper.h"

#include "base/valgrind.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- its start ---- */

static bool set_not_started(const struct worker *worker, const struct worker_start *start,
                            int failure, struct error *error)
{
    return error_set(error, PLUGIN_SYSTEM, "cannot start %s%s%s: %s", start->program,
                     worker->group.path ? " in the control group " : "",
                     worker->group.path ? worker->group.path : "", strerror(failure));
}

static bool worker_spawn(struct worker *worker, const struct worker_start *start, int socket,
                         struct error *error)
{
    if (!keeper_start(worker, start, socket, error))
        return false;
    channel_wait_flag(&worker->is_started, 0);
    int failure = worker->failure;
    return !failure || set_not_started(worker, start, failure, error);
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

static bool worker_set_not_ready(struct worker *worker, const struct worker_start *start,
                                 struct error *error)
{
    TEXT_AUTO end = {0};
    worker_reap(worker);
    if (!worker->code && worker->status)
        return set_not_started(worker, start, worker->status, error);
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
                     : worker_set_not_ready(worker, start, error));
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
