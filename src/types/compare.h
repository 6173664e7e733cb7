/* A comparison of two type graphs under way: which pairs of types it has met, how it came to each,
 * and what it says when two part. The rules themselves are in type.c. */
#ifndef PLUGIN_COMPARE_H
#define PLUGIN_COMPARE_H

#include "types/rules.h"

/* One step of the way from the compared types to the place at hand. */
struct step {
    enum {
        STEP_NONE,
        STEP_STRUCT,
        STEP_UNION,
        STEP_ENUM,
        STEP_MEMBER,
        STEP_PARAMETER,
        STEP_RESULT
    } kind;
    uint32_t number;  /* of a member or parameter, from 1 */
    const char *name; /* of a member, or a tag */
    size_t before;    /* number of the step before it */
};

/* A pair of structs, unions, enums or functions to compare, and the step that led to it. */
struct pair {
    uint32_t first, second;
    size_t step;
};

/* Pairs wait in a queue, so that depth costs no stack and the way to a difference is the shortest.
 * A pair is compared once; meeting it again it is taken to agree, which is what ends a cycle, and
 * right, because the first pair that parts ends the comparison. */
struct comparison {
    const struct btf *first, *second;
    struct type_memory *memory; /* NULL: none */
    struct pair *queue;
    size_t queue_count, queue_capacity;
    size_t *slots; /* the pairs by their ids: number in the queue plus 1; 0: empty */
    size_t slot_count;
    struct step *steps;
    size_t step_count, step_capacity;
    size_t step_pinned; /* steps before this one are on the way to a pair that waits */
    size_t at;          /* the step at hand */
    unsigned depth;
    unsigned long work;
    struct type_parting *parting;
    struct error *error;
    enum { AGREE, PART, FAIL } verdict;
};

/* Counts work that is about to be done; false, and the comparison ends, when it is too much. */
bool compare_work(struct comparison *c, unsigned long work);

/* The work of comparing a name with another. */
unsigned long compare_name_work(const char *name);

/* Goes a step further, and back again. */
bool compare_enter(struct comparison *c, struct step step);
void compare_leave(struct comparison *c);

/* Puts a pair into the queue, unless it was there before, or is in the memory. */
bool compare_later(struct comparison *c, uint32_t first, uint32_t second);

/* Puts all pairs of the queue into the memory: the comparison has ended, and they agree. Without
 * memory to do so, they are forgotten. */
void compare_remember(struct comparison *c);

void compare_free(struct comparison *c);

/* Each of these ends the comparison, and returns false: the types at hand part, as a whole; in
 * something that has words of its own; or, once both sides of the parting are written, there. */
bool part_types(struct comparison *c, uint32_t first, uint32_t second);
bool part_words(struct comparison *c, const char *first, const char *second);
bool part_here(struct comparison *c);

/* What is on one side of a parting: a member with its offset and size. */
void write_member(struct text *text, const struct btf *btf, const struct btf_member *member);

/* These end it without an answer. */
bool fail_compare(struct comparison *c, const char *why);
bool fail_no_memory(struct comparison *c);

#endif
