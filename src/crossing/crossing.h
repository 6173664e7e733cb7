/* SPDX-License-Identifier: MIT */
/* Objects that cross from one process to another. One side writes a call's frame, and what it leads
 * to, as a message; the other reads it into memory of its own, writes what comes back as a message,
 * and the first reads that into its objects. Who reads a message of an isolated plugin has copied
 * it first, and believes nothing of it.
 *
 * A message is a header and objects, each with a header, at multiples of 16: that of the frame
 * first, in an answer the bytes of the result alone. In an object's bytes, a reference stands in
 * place of each pointer. Memory that both processes have is not copied: a pointer into it crosses
 * as its place. A message must be in memory of this process alone while it is written or read. */
#ifndef PLUGIN_CROSSING_H
#define PLUGIN_CROSSING_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/table.h"
#include "crossing/plan.h"

enum reference_kind {
    REFERENCE_NULL,
    REFERENCE_OBJECT, /* of this message, or of the one that it answers */
    REFERENCE_HANDLE, /* made by the plugin, opaque to the host */
    REFERENCE_TOKEN,  /* made by the host, opaque to the plugin */
    REFERENCE_HOST_FUNCTION,
    REFERENCE_PLUGIN_FUNCTION,
    REFERENCE_SHARED, /* number 0: of plugin_alloc; else number N - 1 of the plan's variables */
    REFERENCE_KEPT    /* what the receiver gave to be kept */
};

/* A reference has the kind in its lowest 4 bits, the number in the next 28, and the offset, in
 * bytes, in an object or in shared memory above. */
static inline uint64_t reference_make(enum reference_kind kind, uint32_t number, uint32_t offset)
{
    return (uint64_t)kind | (uint64_t)number << 4 | (uint64_t)offset << 32;
}
static inline enum reference_kind reference_kind(uint64_t reference)
{
    return (enum reference_kind)(reference & 15);
}
static inline uint32_t reference_number(uint64_t reference)
{
    return (uint32_t)reference >> 4;
}
static inline uint32_t reference_offset(uint64_t reference)
{
    return (uint32_t)(reference >> 32);
}

/* Limits of one message. */
enum { CROSSING_OBJECTS_MAX = 1 << 16, CROSSING_BYTES_MAX = 16 << 20 };

/* What a pointer leads to. */
struct crossing_target {
    uint32_t object; /* of the plan; of a string, 0 */
    bool is_string;
    bool is_kept;   /* by the callee */
    bool is_shared; /* it is copied out of memory that both processes have */
    uint64_t count; /* of a string, 1: its NUL at least */
};

struct kept_object;

/* What the two processes do differently. Both translate opaque pointers by tables of their own;
 * `type` is the offset of the pointed-to type's name in the plan's names. The functions return
 * false with the error set. */
struct crossing_side {
    bool (*refer)(void *context, const void *pointer, uint32_t type, uint64_t *reference,
                  struct error *error);
    bool (*resolve)(void *context, uint64_t reference, uint32_t type, void **pointer,
                    struct error *error);
    /* The same of pointers to functions; `function` is the number of one in the plan. */
    bool (*refer_function)(void *context, const void *pointer, uint32_t function,
                           uint64_t *reference, struct error *error);
    bool (*resolve_function)(void *context, uint64_t reference, uint32_t function, void **pointer,
                             struct error *error);
    /* Returns memory for an object of the other process, which stays valid as the side defines;
     * NULL without memory. `number` is that of the object in the message; the size is not 0. */
    void *(*place)(void *context, uint32_t number, size_t size, size_t alignment);
    /* Does the pointer lead into memory that both processes have? Then sets the reference, and
     * *left to the bytes from there to the end of what it leads into: 0 if that is not there any
     * more. NULL: there is no such memory. */
    bool (*share)(void *context, const void *pointer, uint64_t *reference, size_t *left);
    /* The reverse; false if there is no such place. */
    bool (*find_shared)(void *context, uint64_t reference, void **pointer, size_t *left);
    /* Objects that the callee keeps: the functions of kept.h. Needed if the plan has_kept. */
    bool (*keep)(void *context, const struct kept_object *object, uint32_t *number,
                 struct error *error);
    void *(*proxy)(void *context, uint32_t number, const struct kept_object *object, bool *is_new,
                   struct error *error);
    bool (*refer_kept)(void *context, const void *pointer, const struct crossing_target *target,
                       uint64_t *reference);
    bool (*resolve_kept)(void *context, uint64_t reference, const struct crossing_target *target,
                         void **pointer);
    /* Threads of this side may read a proxy while the other side, which is not trusted, has it
     * changed: then no pointer in it becomes NULL, and no number of objects another one. */
    bool keeps_shapes;
};

/* In a crossed object's flow: all of it comes back, not as much as the result says. */
enum { CROSSED_WHOLE = 4 };

/* An object of the call, on this side. */
struct crossed {
    void *at;
    uint32_t object;  /* of the plan; of a string, 0 */
    uint32_t count;   /* how many of it are there; of a string, its bytes with the NUL */
    uint32_t place;   /* of its header in the message that is being written or read; 0: not there */
    uint32_t strings; /* strings may start before this offset; see crossing_read.c */
    uint8_t flow;     /* enum plan_flow and CROSSED_WHOLE, ored over all pointers that lead to it */
    bool is_string;
    bool is_shared;   /* on the caller's side: it lies in memory that both processes have */
    uint16_t kept;    /* as struct object_header has it */
    uint32_t counter; /* the object, before this one, that then says how many come back; 0: none */
    const struct plan_part *counted; /* likewise: the part that says so */
    bool is_refreshed;               /* its proxy was there before */
    uint8_t *staged;                 /* of what is kept: the new contents, until all is verified */
};

static inline size_t crossing_size(const struct plan *plan, const struct crossed *item)
{
    return item->is_string ? item->count
                           : (size_t)item->count * plan_object(plan, item->object)->size;
}

/* Where an object of the other process is. */
struct crossed_span {
    uintptr_t start;
    uint32_t number;
};

/* One call. Zeroed, but for the first members; reused for the next call after crossing_clear. */
struct crossing {
    const struct plan *plan;
    const struct crossing_side *side;
    void *context;
    struct crossed *items; /* number 0 is the frame */
    size_t count, capacity;
    size_t sent;                /* how many of the items are the caller's */
    struct table table;         /* items by address, if they are many */
    struct crossed_span *spans; /* the caller's items in the order of their addresses, likewise */
    size_t span_count, span_capacity;
};

/* The caller: writes the frame of this function, and what it leads to by pointers with PLAN_IN, and
 * sets *size. What leads only back (PLAN_BACK without PLAN_IN) crosses as its size alone, and is
 * zeroes for the callee. What comes back must fit in as much room as the call. */
bool crossing_call(struct crossing *crossing, uint32_t function, void *frame, uint8_t *message,
                   size_t room, size_t *size, struct error *error);

/* The callee: reads such a message, and returns its own frame; NULL with the error set. A message
 * that no caller writes is refused: of calls back, the host is the callee. */
void *crossing_receive(struct crossing *crossing, uint32_t function, struct bytes message,
                       struct error *error);

/* The callee, after the call: writes the result, the objects that come back, and what these lead
 * to. A pointer into an object that the caller sent refers to it. PLUGIN_MISFIT if a number of
 * objects is negative. */
bool crossing_answer(struct crossing *crossing, uint32_t function, uint8_t *message, size_t room,
                     size_t *size, struct error *error);

/* Of a function whose result the caller frees: may it, with the result of this answer? It must not
 * lie in an argument, or in memory that both processes have. */
bool crossing_result_is_new(const struct crossing *crossing, const uint8_t *answer);

/* The caller: reads the answer into its objects and its frame's result; new objects into memory of
 * `place`. Nothing of the caller's is changed unless the whole message is valid. Pointers replace
 * the references in the message. Of the caller's objects that overlap, each comes back as the
 * callee's copy of it, and the last one stays. */
bool crossing_finish(struct crossing *crossing, uint32_t function, uint8_t *message, size_t size,
                     struct error *error);

void crossing_clear(struct crossing *crossing);
void crossing_deinit(struct crossing *crossing);

#endif
