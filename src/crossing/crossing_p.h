/* SPDX-License-Identifier: MIT */
/* What the writer and the reader of messages share. */
#ifndef PLUGIN_CROSSING_P_H
#define PLUGIN_CROSSING_P_H

#include "crossing/crossing.h"

enum { MESSAGE_ALIGNMENT = 16 };

struct message_header {
    uint32_t size; /* in bytes, with this header */
    uint32_t objects;
    uint32_t function;
    uint32_t zero;
};

/* The object's bytes follow, and zeroes up to a multiple of 16. Of a call, only those with PLAN_IN
 * have bytes. */
struct object_header {
    uint32_t number;
    uint32_t object, count; /* as in struct crossed */
    uint8_t flow;           /* of a call; of an answer, 0 */
    uint8_t is_string;      /* 0 or 1 */
    uint16_t kept; /* of a call: the number of what is kept, plus 1, and OBJECT_GIVEN; or 0 */
};

/* A parameter of the function leads to the object, which is kept. */
enum { OBJECT_GIVEN = 1 << 15 };

_Static_assert(sizeof(struct message_header) == MESSAGE_ALIGNMENT, "objects lie at multiples");
_Static_assert(sizeof(struct object_header) == MESSAGE_ALIGNMENT, "their bytes, too");

static inline size_t message_aligned(size_t size)
{
    return (size + MESSAGE_ALIGNMENT - 1) & ~(size_t)(MESSAGE_ALIGNMENT - 1);
}

/* A pointer in an object, or the reference in its place. */
struct crossing_pointer {
    const struct plan_part *part;
    uint32_t object;         /* that has the part */
    const uint8_t *counts;   /* the object: counts are read there */
    uint8_t *at;             /* the pointer */
    const uint8_t *original; /* likewise, in the original; NULL without one */
};

struct crossing_walk {
    const struct plan *plan;
    bool keeps_padding; /* it is not zeroed */
    bool (*visit)(struct crossing_walk *walk, const struct crossing_pointer *pointer);
};

/* Visits all pointers of so many objects, and zeroes what belongs to no member; or copies that from
 * `original`, unless that is NULL. False if a visit was. */
bool crossing_walk(struct crossing_walk *walk, uint32_t object, uint32_t count, uint8_t *bytes,
                   const uint8_t *original);

/* The same with the result, of which these are the bytes. Counts are read from the frame. */
bool crossing_walk_result(struct crossing_walk *walk, uint32_t function, const uint8_t *frame,
                          uint8_t *result);

static inline const struct plan_slot *crossing_result_slot(const struct plan *plan,
                                                           uint32_t function)
{
    const struct plan_function *called = plan_function(plan, function);
    return plan_slot(plan, called->first_slot + called->parameter_count);
}

/* Returns the part that is the result, a pointer; NULL: it is none. */
const struct plan_part *crossing_result_part(const struct plan *plan, uint32_t function);

/* Reads how many objects a pointer leads to, but not of PLAN_BEHIND; false if the number is
 * negative. */
bool crossing_count(const struct crossing_pointer *pointer, uint64_t *count);

/* Reads the count of a part that is PLAN_BEHIND, whose bytes are there; false if it is negative. */
bool crossing_count_at(const struct plan_part *part, const uint8_t *bytes, uint64_t *count);

/* Sets *number to that of the object with the count of such a part, in a frame of this side's
 * pointers; 0: the pointer is NULL. False if it is no object of the call. */
bool crossing_find_counter(struct crossing *crossing, const struct plan_part *part,
                           const uint8_t *frame, uint32_t *number, struct error *error);

/* The same, after the call: sets the count, which is in the answer if it comes back. */
bool crossing_count_result(struct crossing *crossing, const struct plan_part *part,
                           const uint8_t *answer, uint64_t *count, struct error *error);

/* Returns how many of the item's objects come back with a result of these bytes, in this answer,
 * which has the objects before it. */
uint32_t crossing_returned(const struct crossing *crossing, uint32_t function,
                           const struct crossed *item, const uint8_t *result,
                           const uint8_t *answer);

/* Returns the last item, which is new and zeroed; NULL with the error set. */
struct crossed *crossing_add(struct crossing *crossing, struct error *error);

/* Are the objects of one type? What the plugin imports has types of its own in its stamp, and so
 * have functions of packages. */
bool crossing_agree(const struct plan *plan, uint32_t first, uint32_t second);

/* Returns NULL if the pointer may point to this offset of the item, else what is wrong. Of a
 * string, who asks must look for the end. */
const char *crossing_misuse(const struct plan *plan, const struct crossed *item,
                            const struct crossing_target *target, uint64_t offset);

/* The same of what lies in memory that both processes have, where that has so many bytes left. */
const char *crossing_shared_misuse(const struct plan *plan, const struct crossing_target *target,
                                   const void *at, size_t left);

uint32_t crossing_hash(const void *at);

/* Sets *number to that of the item that starts at this address, or to 0. False without memory. */
bool crossing_find(struct crossing *crossing, const void *at, const struct crossing_target *target,
                   uint32_t *number, struct error *error);

/* Sets *number to that of the caller's item into which the address points, or to 0; and the offset
 * in it. False without memory. */
bool crossing_find_within(struct crossing *crossing, const void *at,
                          const struct crossing_target *target, uint32_t *number, uint32_t *offset,
                          struct error *error);

#endif
