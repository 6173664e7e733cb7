/* SPDX-License-Identifier: MIT */
/* The start of a worker. The thread that opens or restarts the plugin waits for it as for a call:
 * it runs the host's functions that inits call, which may call the plugin in turn. */
#include "isolated/seats.h"

#include <sys/mman.h>

/* Seats the calling thread as if it had called the start; NULL with the error set. */
static struct seat *begin(struct isolated *isolated, struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    struct seat *seat = seat_make(isolated, CHANNEL_INITS, error);
    if (seat && !seat_prepare(seat, error)) {
        seat_drop(seat);
        seat = NULL;
    }
    pthread_mutex_unlock(&isolated_lock);
    if (!seat)
        return NULL;
    seat_take(seat);
    seat->depth = 1;
    seat->left = (uint64_t)isolated->timeout_ms * 1000000;
    __atomic_fetch_add(&isolated->users, 1, __ATOMIC_SEQ_CST);
    channel_post(&seat_slot(seat)->call, ++seat->count);
    return seat;
}

static void end(struct seat *seat)
{
    struct isolated *isolated = seat->of;
    seat_leave(seat);
    isolated_leave(isolated);
    pthread_mutex_lock(&isolated_lock);
    uint8_t **areas = &isolated->areas[CHANNEL_INITS];
    if (*areas)
        munmap(*areas, CHANNEL_AREAS);
    *areas = NULL;
    seat_drop(seat);
    pthread_mutex_unlock(&isolated_lock);
}

bool starting_wait(struct isolated *isolated, uint32_t *sandbox, struct error *error)
{
    uint32_t status;
    struct seat *seat = begin(isolated, error);
    bool has_answered = seat && seat_wait(seat, NULL, &status, error);
    bool is_ready = has_answered && status == CHANNEL_RETURNED;
    if (seat)
        end(seat);
    if (!has_answered && error->code == PLUGIN_CRASHED) {
        error_free(error); /* it may advise to restart */
        isolated_end(isolated, &(struct text){0}, error);
    }
    if (has_answered && !is_ready) {
        error_set(error, PLUGIN_CRASHED, "it answered a call that was not made");
        isolated_set_broken(isolated, error);
    }
    return worker_take_ready(&isolated->worker, is_ready, &isolated->inits, sandbox, error);
}
