/* SPDX-License-Identifier: MIT */
/* Structs of which one side knows more members. */
#ifndef PLUGIN_GROWTH_P_H
#define PLUGIN_GROWTH_P_H

#include "types/comparison_p.h"
#include "types/growth.h"

/* Two complete structs or unions of one tag; the current step is theirs. If they differ only
 * because one has grown as both sides promise, cuts the longer one to the members and the size of
 * the other; else leaves them to the usual rules. Ends the comparison, and returns false, if they
 * have grown, but the promise does not cover how they are used. */
bool growth_cut(struct comparison *c, struct btf_unqualified *first, struct btf_unqualified *second,
                bool is_pointed_to);

/* Two complete ones of different tags, the first of which is an alias of the second. If it starts
 * with a struct of the second's tag, replaces it by that one: a pointer to it points to its first
 * member (C11 6.7.2.1p15). As growth_cut. */
bool growth_start_within(struct comparison *c, struct btf_unqualified *first,
                         const struct btf_unqualified *second, bool is_pointed_to);

/* Adds to the cause of a difference that only one side promises that the struct grows. */
void growth_add_hint(struct comparison *c, const struct btf_unqualified *first,
                     const struct btf_unqualified *second);

/* Do both sides promise that this enum grows? *sentinel is the enumerator that may change; "": none
 * may. */
bool growth_is_of_enums(const struct comparison *c, const struct btf_unqualified *first,
                        const struct btf_unqualified *second, const char **sentinel);

#endif
