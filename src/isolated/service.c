/* SPDX-License-Identifier: MIT */
/* The thread of the host on which functions run that threads of the plugin call by themselves, not
 * in a call of the host. It exists if the plugin may have a function of the host, has a slot as a
 * calling thread does, and waits in it for as long as the worker lives. */
#include "isolated/seats.h"

#include <signal.h>
#include <string.h>

/* Waits for calls back, until the worker ends. */
static void *serve(void *data)
{
    struct seat *seat = data;
    struct isolated *isolated = seat->of;
    ERROR_AUTO error = {0};
    seat_take(seat);
    uint32_t status;
    if (seat_wait(seat, "", &status, &error)) {
        error_set(&error, PLUGIN_CRASHED, "it answered a call that was not made");
        isolated_set_broken(isolated, &error);
    }
    isolated_leave(isolated);
    return NULL;
}

/* Starts it with all signals blocked: those of the host are not for it. */
static bool start_thread(struct isolated *isolated, struct seat *seat, struct error *error)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    int failure = pthread_create(&isolated->service, NULL, serve, seat);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return !failure || error_set(error, PLUGIN_SYSTEM, "pthread_create: %s", strerror(failure));
}

bool service_start(struct isolated *isolated, struct error *error)
{
    if (isolated->has_service)
        return true;
    struct seat *seat = seat_make(isolated, CHANNEL_SERVICE, error);
    if (!seat)
        return false;
    if (!seat_prepare(seat, error)) {
        seat_drop(seat);
        return false;
    }
    /* What it waits for is the answer to a call that never ends. */
    uint32_t count = ++seat->count;
    __atomic_fetch_add(&isolated->users, 1, __ATOMIC_SEQ_CST);
    isolated->has_service = start_thread(isolated, seat, error);
    if (isolated->has_service) {
        channel_post(&isolated->worker.channel->slots[CHANNEL_SERVICE].call, count);
        return true;
    }
    __atomic_fetch_sub(&isolated->users, 1, __ATOMIC_SEQ_CST);
    seat_drop(seat);
    return false;
}

void service_join(struct isolated *isolated)
{
    if (isolated->has_service)
        pthread_join(isolated->service, NULL);
    isolated->has_service = false;
}
