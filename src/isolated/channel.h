/* SPDX-License-Identifier: MIT */
/* The memory that a host and the process of an isolated plugin share, and waiting for each other.
 *
 * Each thread of the host that calls has a slot, and each slot a thread in the worker. A slot has
 * two words, in which its threads count what they send, and two areas for messages. Who has sent
 * waits: the words count strictly in turns. In place of an answer, either side may send a call;
 * then calls nest, and the inner one is answered first. All of it may be written by the plugin at
 * any time: the host loads each word once, and copies a message before it reads it. */
#ifndef PLUGIN_CHANNEL_H
#define PLUGIN_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CHANNEL_SLOTS = 128,             /* threads of the host that call one plugin */
    CHANNEL_SERVICE = CHANNEL_SLOTS, /* the slot for calls back by threads of the plugin's own */
    CHANNEL_INITS,          /* that for calls back by inits: of the thread that opens or restarts */
    CHANNEL_ALL,            /* slots */
    CHANNEL_DEPTH_MAX = 32, /* calls in calls, of both directions */
    CHANNEL_MESSAGE_MAX = 2 << 20, /* bytes. The plugin can fill all areas, whatever its limit */
    CHANNEL_TEXT_MAX = 1000        /* bytes, of CHANNEL_PANICKED */
};

/* How a call ended. */
enum channel_status {
    CHANNEL_RETURNED,
    CHANNEL_TOO_LARGE, /* what the call returned does not fit into a message, or is no string */
    CHANNEL_NO_MEMORY,
    CHANNEL_NOT_SHARED,     /* it points into shared memory, and beyond it, or to pointers */
    CHANNEL_WRONG_FUNCTION, /* it is a function of the host, as one of another type */
    CHANNEL_NOT_OWNED, /* it is the caller's to free, and points into an argument, or is shared */
    CHANNEL_NEGATIVE,  /* a number of objects is */
    CHANNEL_NO_HANDLE, /* the plugin returned more opaque objects, or functions, than there are
                          numbers for them */
    CHANNEL_PANICKED,  /* Go code panicked, with the text that is in the place of the answer */
    CHANNEL_CALLS      /* it has not ended: the worker calls the host */
};

/* A call. Either side numbers its own functions, see crossing/functions.h. */
struct channel_call {
    uint32_t number;   /* of the function that is called */
    uint32_t function; /* that of the plan as which it is called */
};

/* One side writes `count`, the other waits for it. */
struct channel_word {
    uint32_t count;      /* atomic */
    uint32_t is_awaited; /* by a thread that sleeps; atomic */
    uint8_t apart[120];  /* from the other side's, in the caches */
};

/* A robust futex of the worker's first thread: when that ends, the kernel adds FUTEX_OWNER_DIED to
 * the word, and wakes who waits for it. It does so before it takes down the memory of the process,
 * which takes the longer the more there is. The worker may write it, too: a host that believes it
 * kills first. */
struct channel_life {
    uint64_t next; /* of the worker's list */
    uint32_t word; /* atomic */
    uint32_t reserved;
};

struct channel_slot {
    struct channel_word call, answer;
    struct channel_call called;      /* by the host */
    struct channel_call called_back; /* by the worker */
    uint32_t is_answer;              /* the host answers a call back, and does not call */
    uint32_t call_size;              /* bytes of the host's message */
    uint32_t answer_size;            /* of the worker's */
    uint32_t status;                 /* enum channel_status */
    int32_t errno_value;             /* both ways */
    struct channel_life life;
};

/* What the worker says of its end. The host takes none of it for true. */
enum channel_claim_kind {
    CLAIM_NONE,
    CLAIM_SYSTEM_CALL, /* it made the system call `call`, which the sandbox denies */
    CLAIM_BEYOND,      /* it went beyond object number `what` of the call in slot `slot` */
    CLAIM_CALL_BACK,   /* it could not call the host: `call` says why */
    CLAIM_STACK        /* its stack overflowed */
};
struct channel_claim {
    uint32_t kind, what, slot;
    uint32_t signal;    /* that ends it; 0: none */
    uint32_t has_place; /* where it was: */
    uint32_t file;      /* number of the file, from START_FILES on */
    uint64_t address;   /* as linked */
    char function[256]; /* empty: not known */
    char call[256];
};

/* The start of the shared memory; the messages of slot N follow, see channel_call_area. */
struct channel {
    struct channel_slot slots[CHANNEL_ALL];
    struct channel_claim claim;
};

enum { CHANNEL_START = 64 << 10 };
_Static_assert(sizeof(struct channel) <= CHANNEL_START, "the start of the channel has no room");

/* Offsets in the shared memory, of the two messages of a slot. */
static inline uint64_t channel_call_area(uint32_t slot)
{
    return CHANNEL_START + (uint64_t)slot * 2 * CHANNEL_MESSAGE_MAX;
}
static inline uint64_t channel_answer_area(uint32_t slot)
{
    return channel_call_area(slot) + CHANNEL_MESSAGE_MAX;
}
enum { CHANNEL_AREAS = 2 * CHANNEL_MESSAGE_MAX }; /* bytes of both */
#define CHANNEL_SIZE (CHANNEL_START + (uint64_t)CHANNEL_ALL * CHANNEL_AREAS)

/* How long a thread looks before it sleeps. Zeroed at first; each thread has its own. */
struct channel_patience {
    uint32_t misses;   /* less the successes after them */
    uint32_t left_out; /* the wait of this number looks again; 0: the next one, too */
};

enum channel_wait { CHANNEL_DONE, CHANNEL_DEAD, CHANNEL_LATE };

/* What tells that waiting is in vain. */
struct channel_end {
    uint32_t *death; /* of this process: not zero */
    uint32_t *life;  /* of a slot; NULL: none */
};

/* Waits until word->count is no longer `count`, the end, or the time `until` of CLOCK_MONOTONIC, in
 * nanoseconds, has passed (0: never). */
enum channel_wait channel_wait(struct channel_word *word, uint32_t count, struct channel_end end,
                               uint64_t until, struct channel_patience *patience);

/* Sets word->count, and wakes who waits for it. */
void channel_post(struct channel_word *word, uint32_t count);

/* Sets a word of this process to 1, a `death` for instance, and wakes who waits for that. */
void channel_set_flag(uint32_t *flag);

/* Waits until it is set, or the time `until` has passed, as above. Returns whether it is. */
bool channel_wait_flag(uint32_t *flag, uint64_t until);

/* Returns the time of CLOCK_MONOTONIC in nanoseconds. */
uint64_t channel_now(void);

#endif
