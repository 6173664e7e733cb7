/* A comparison in progress: the pairs of types that it has met, the path to each, and how it ends.
 * The rules are in rules.c. */
#ifndef PLUGIN_COMPARISON_H
#define PLUGIN_COMPARISON_H

#include "base/budget.h"
#include "types/compare.h"

/* One step of the path from the compared types to the current ones. */
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
    size_t previous;
};

/* Pairs of structs, unions, enums and functions wait in a queue, so that nesting costs no stack and
 * the first difference found has the shortest path. A pair that is met again is assumed to agree.
 * That ends cycles, and is sound because the first difference ends the comparison. */
struct comparison {
    const struct btf *first, *second;
    struct type_cache *cache; /* NULL: none */
    struct type_pairs queue;
    struct step *steps;
    size_t step_count, step_capacity;
    size_t step_pinned; /* steps before this one belong to the path of a queued pair */
    size_t current_step;
    unsigned depth;
    struct budget work;
    struct type_difference *difference;
    struct error *error;
    enum { COMPARISON_AGREE, COMPARISON_DIFFER, COMPARISON_FAIL } verdict;
};

/* The cache may be NULL. */
void comparison_init(struct comparison *c, const struct btf *first, const struct btf *second,
                     struct type_cache *cache, struct type_difference *difference,
                     struct error *error);
void comparison_deinit(struct comparison *c);

/* Functions that return bool return false once the comparison has ended: whoever called them
 * returns false as well. */

/* Accounts for work to be done; fails if it is too much. */
bool comparison_spend(struct comparison *c, uint64_t work);

/* Returns the work of comparing this name with another. */
uint64_t comparison_name_work(const char *name);

/* Adds a step to the path, and takes it back. */
bool comparison_enter(struct comparison *c, struct step step);
void comparison_leave(struct comparison *c);

/* Queues a pair, unless it is known to agree or was queued before. */
bool comparison_queue(struct comparison *c, uint32_t first, uint32_t second);

/* Adds the queued pairs, which agree, to the cache, as far as memory allows. */
void comparison_remember(struct comparison *c);

/* These end the comparison with a difference at the current step: in the types as a whole; in these
 * words; in what the caller has written to both sides of c->difference. */
bool comparison_differ_types(struct comparison *c, uint32_t first, uint32_t second);
bool comparison_differ_words(struct comparison *c, const char *first, const char *second);
bool comparison_differ(struct comparison *c);

/* Replaces the text by a member's declaration, with its offset and size. */
void write_member(struct text *text, const struct btf *btf, const struct btf_member *member);

/* These end it without an answer. */
bool comparison_fail(struct comparison *c, const char *reason);
bool comparison_fail_no_memory(struct comparison *c);

#endif
