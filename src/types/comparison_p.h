/* SPDX-License-Identifier: MIT */
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
        STEP_TYPEDEF, /* of one name on both sides */
        STEP_MEMBER,
        STEP_PARAMETER,
        STEP_RESULT
    } kind;
    uint32_t number;          /* of a member or parameter, from 1 */
    const char *name;         /* of a member or typedef; a tag */
    const char *typedef_name; /* of a type; NULL or "": none */
    size_t previous;
};

/* Where a type stands, as far as rules depend on it. */
struct place {
    struct step step;            /* of a value */
    bool is_pointed_to;          /* behind a pointer, or the symbol itself */
    enum type_provider provider; /* of the function that this is, or whose parameter or result */
};

/* Pairs of structs, unions, enums and functions wait in a queue, so that nesting costs no stack and
 * the first difference found has the shortest path. A pair that is met again is assumed to agree.
 * That ends cycles, and is sound because the first difference ends the comparison. */
struct comparison {
    const struct btf *first, *second;
    enum type_rules rules;
    struct type_cache *cache; /* NULL: none */
    struct type_pairs queue;
    struct step *steps;
    size_t step_count, step_capacity;
    size_t step_pinned; /* steps before this one belong to the path of a queued pair */
    size_t current_step;
    uint32_t first_type, second_type; /* the records, enums or functions that are compared; 0: none
                                         yet */
    unsigned depth;
    struct budget work;
    struct type_difference *difference;
    struct error *error;
    enum { COMPARISON_AGREE, COMPARISON_DIFFER, COMPARISON_FAIL } verdict;
};

/* The cache may be NULL. */
void comparison_init(struct comparison *c, const struct btf *first, const struct btf *second,
                     enum type_rules rules, struct type_cache *cache,
                     struct type_difference *difference, struct error *error);
void comparison_deinit(struct comparison *c);

/* Functions that return bool return false once the comparison has ended: whoever called them
 * returns false as well. */

/* Accounts for work to be done; fails if it is too much. */
bool comparison_spend(struct comparison *c, uint64_t work);

/* Returns the work of comparing this name with another. */
uint64_t comparison_name_work(const char *name);

/* Do two members have the same name? The system's headers put underscores before names that the
 * chosen standard does not reserve (-std=c11, _GNU_SOURCE): tm_gmtoff, __tm_gmtoff. Names that
 * start with two underscores are reserved for them (C11 7.1.3). */
bool comparison_agree_names(const char *a, const char *b);

/* Adds a step to the path, and takes it back. */
bool comparison_enter(struct comparison *c, struct step step);
void comparison_leave(struct comparison *c);

/* Queues a pair, unless it is known to agree or was queued before. */
bool comparison_queue(struct comparison *c, const struct btf_unqualified *first,
                      const struct btf_unqualified *second, struct place place);

/* Adds the queued pairs, which agree, to the cache, as far as memory allows. */
void comparison_remember(struct comparison *c);

/* These end it without an answer. difference_p.h has what ends it with a difference. */
bool comparison_fail(struct comparison *c, const char *reason);
bool comparison_fail_no_memory(struct comparison *c);

#endif
