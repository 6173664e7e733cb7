/* SPDX-License-Identifier: MIT */
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

/* Which init failed is the worker's own word, as is why. */
static bool set_init_failed(const struct start_ready *ready, const struct inits *inits,
                            const char *reason, struct error *error)
{
    const char *name =
        ready->init < inits->count - inits->retires ? inits->items[ready->init].name : "an init";
    return error_set(error, PLUGIN_INIT_FAILED, "%s failed: %s", name, reason);
}

static bool set_broken(struct error *error, const char *what)
{
    error_free(error);
    return error_set(error, PLUGIN_CRASHED,
                     "its process was killed: before it was ready, it sent a message %s", what);
}

/* Sets the error by what the worker has told before it ended. */
static bool set_failed(const struct start_ready *ready, const struct inits *inits,
                       struct error *error)
{
    TEXT_AUTO reason = {0};
    text_add_bytes(&reason, ready->reason, strnlen(ready->reason, sizeof ready->reason));
    error_free(error);
    switch (ready->outcome) {
    case START_ENTERED:
    case START_READY:
        return set_broken(error, "out of order");
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

static bool set_not_ready(const struct worker *worker, struct error *error)
{
    if (!worker_is_dead(worker) || worker->code || !worker->status)
        return error_prefix(error, "before it was ready, ");
    error_free(error);
    return set_not_started(worker, worker->start, worker->status, error);
}

/* What of the sandbox holds is the word of the worker before it maps the plugin, but for what it
 * can do only after the inits. */
bool worker_take_ready(const struct worker *worker, bool is_ready, const struct inits *inits,
                       uint32_t *sandbox, struct error *error)
{
    struct start_ready ready;
    *sandbox = worker->group.path ? PLUGIN_ISOLATION_GROUP : 0;
    if (!is_ready && error->code != PLUGIN_CRASHED)
        return false;
    for (uint32_t next = START_ENTERED; next <= START_READY; next++) {
        ssize_t size = recv(worker->socket, &ready, sizeof ready, MSG_DONTWAIT | MSG_TRUNC);
        if (size > 0 && size != (ssize_t)sizeof ready)
            return set_broken(error, "of another size");
        if (size <= 0 && is_ready)
            return error_set(error, PLUGIN_CRASHED,
                             "its process was killed: it said that it was ready, and was not");
        if (size <= 0 || (ready.outcome == START_READY && !is_ready))
            return set_not_ready(worker, error);
        if (ready.outcome != next)
            return set_failed(&ready, inits, error);
        *sandbox |= ready.sandbox & (next == START_READY ? PLUGIN_ISOLATION_NO_NEW_CODE : ~0U);
    }
    return true;
}

bool worker_run(struct worker *worker, const struct worker_start *start, struct error *error)
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
    if (!done)
        worker_end(worker);
    return done;
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
