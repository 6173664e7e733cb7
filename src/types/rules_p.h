/* SPDX-License-Identifier: MIT */
/* The rules by which types agree. Functions that take a comparison return false once it has ended,
 * as those of comparison_p.h do. */
#ifndef PLUGIN_RULES_H
#define PLUGIN_RULES_H

#include "types/comparison_p.h"

/* Compares two types as values, which are the place's step: their own qualifiers do not count. */
bool rules_compare_values(struct comparison *c, uint32_t first, uint32_t second,
                          struct place place);

/* Compares two types whose qualifiers do not count, or have been compared. */
bool rules_compare(struct comparison *c, const struct btf_unqualified *a,
                   const struct btf_unqualified *b, struct place place);

/* The same; a typedef that both sides call the same becomes a step of the path. */
bool rules_compare_named(struct comparison *c, const struct btf_unqualified *a,
                         const struct btf_unqualified *b, struct place place);

/* Compares a pair from the queue. */
bool rules_compare_queued(struct comparison *c, struct type_pair pair);

#endif
