/* SPDX-License-Identifier: MIT */
/* The rules by which pointers agree: qualifiers by variance, and pointers to void. */
#ifndef PLUGIN_RULES_POINTERS_H
#define PLUGIN_RULES_POINTERS_H

#include "types/comparison_p.h"

/* May the targets of two pointers in this place have these qualifiers? A function that is called
 * may promise more than its caller needs: not to write, say. */
bool pointers_agree_in_qualifiers(const struct comparison *c, unsigned first, unsigned second,
                                  struct place place);

/* Do pointers to these two agree because one of them is void, and the other an object? */
bool pointers_agree_by_void(const struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second, struct place place);

/* Returns the place of what a pointer in this place points to. */
struct place pointers_place_of_target(struct place place);

/* The parameters of two functions agree one by one. Ends the comparison if they are the same in
 * another order, which pointers to void would hide; returns false then. */
bool pointers_compare_order(struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second);

#endif
