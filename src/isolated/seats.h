/* SPDX-License-Identifier: MIT */
/* A thread of the host with its slot of a worker. */
#ifndef PLUGIN_SEATS_H
#define PLUGIN_SEATS_H

#include "base/arena.h"
#include "isolated/isolated_p.h"

/* One of the calls that nest: of the plugin, or back, of the host. */
struct level {
    struct seat *seat;
    struct crossing crossing;
    uint8_t *frame; /* of a call of the plugin: room for the largest frame of all functions */
    struct owned_block *owned; /* of a call whose result the host frees: what it returned */
    bool owns;                 /* the call is one */
    struct arena objects; /* what the last call returned, or what the last call back was passed */
    bool is_back;         /* a call back */
    uint8_t *regions;     /* of a call back, see regions.h; NULL: not yet */
    uintptr_t stack;      /* likewise: who runs above this has left it by a jump */
};

struct seat {
    struct seat *next; /* of the same thread */
    struct isolated *of;
    uint32_t slot;
    uint64_t generation;    /* of the worker that serves the slot */
    uint8_t *call, *answer; /* the areas of the messages */
    uint32_t count;         /* of messages sent in this generation */
    struct channel_patience patience;
    uint32_t
        until_shrunk; /* small calls until the memory of large messages is given back; 0: none */
    uint8_t *message; /* in memory of the host's own, of either direction */
    struct level *levels[CHANNEL_DEPTH_MAX];
    uint32_t depth;  /* calls under way, of both directions */
    bool is_in_host; /* the innermost one is a call back */
    bool is_service; /* of service.c: the outermost one is a call back, too */
    bool is_start;   /* of starting.c: the outermost one is the start */
    uint64_t left;   /* nanoseconds of the limit, for the outermost call and all in it */
};

/* Returns the calling thread's seat, NULL if it has none; or else makes it, NULL with the error
 * set. */
struct seat *seat_find(const struct isolated *isolated);
struct seat *seat_get(struct isolated *isolated, struct error *error);

/* Makes the seat of a thread that takes it later: with CHANNEL_SERVICE, CHANNEL_INITS, or 0 for any
 * other slot. It is dropped before it was taken, or once it was left. With the lock held, but for
 * seat_take and seat_leave. */
struct seat *seat_make(struct isolated *isolated, uint32_t slot, struct error *error);
void seat_take(struct seat *seat);
void seat_leave(struct seat *seat);
void seat_drop(struct seat *seat);

/* Makes the seat one of this generation of the worker, which the caller uses. With the lock held.
 */
bool seat_prepare(struct seat *seat, struct error *error);

/* Returns the level of the next call; NULL with the error set. */
struct level *seat_level(struct seat *seat, struct error *error);

/* Forgets the last call of the level. */
void level_clear(struct level *level);

/* Ends the worker, if calls back were left by jumps, which will not return: longjmp, or an
 * exception that the host has caught. Frees the levels of these. */
void seat_unwind(struct seat *seat);

/* Sends the seat's message, of this size, to the worker. */
void seat_send(struct seat *seat, size_t size);

/* Waits until the worker has sent; its status is in *status. Serves calls back meanwhile. */
bool seat_wait(struct seat *seat, const char *name, uint32_t *status, struct error *error);

/* Copies the worker's message, of this size, out of the shared memory. False if it is too large. */
bool seat_receive(struct seat *seat, size_t size);

/* Gives back the memory of large messages, if it is time. Neither side reads one now. */
void seat_shrink(struct seat *seat);

static inline struct channel_slot *seat_slot(const struct seat *seat)
{
    return &seat->of->worker.channel->slots[seat->slot];
}

/* Serves the call back that the worker has sent. */
bool backs_serve(struct seat *seat, struct error *error);

#endif
