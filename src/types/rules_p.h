/* The rules by which types agree. Functions that take a comparison return false once it has ended,
 * as those of comparison_p.h do. */
#ifndef PLUGIN_RULES_H
#define PLUGIN_RULES_H

#include "types/comparison_p.h"

/* Compares two types as values: their own qualifiers do not count. */
bool rules_compare_values(struct comparison *c, uint32_t first, uint32_t second, struct step step);

/* Compares two types whose qualifiers do not count, or have been compared. */
bool rules_compare(struct comparison *c, const struct btf_unqualified *a,
                   const struct btf_unqualified *b, bool is_pointed_to);

/* The same; a typedef that both sides call the same becomes a step of the path. */
bool rules_compare_named(struct comparison *c, const struct btf_unqualified *a,
                         const struct btf_unqualified *b, bool is_pointed_to);

/* Compares a pair from the queue. */
bool rules_compare_queued(struct comparison *c, struct type_pair pair);

#endif
