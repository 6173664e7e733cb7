/* SPDX-License-Identifier: MIT */
/* How a comparison tells of a difference: the path to it, and both sides. */
#ifndef PLUGIN_DIFFERENCE_P_H
#define PLUGIN_DIFFERENCE_P_H

#include "types/comparison_p.h"

/* These end the comparison with a difference at the current step, and return false: in the types as
 * a whole; in two members; in a member that only one side has, where the struct of the other one
 * has this size; in these words; in what the caller has written to both sides of c->difference. The
 * caller may have written its cause. Where both sides would read the same, what their typedefs
 * stand for is shown. */
bool differ_in_types(struct comparison *c, uint32_t first, uint32_t second);
bool differ_in_members(struct comparison *c, const struct btf_member *first,
                       const struct btf_member *second);
bool differ_in_lacking(struct comparison *c, bool has_first, const struct btf_member *member,
                       uint32_t other_size);
bool differ_in_words(struct comparison *c, const char *first, const char *second);
bool differ_as_written(struct comparison *c);

/* The types themselves, each with words that say more. */
bool differ_in_comments(struct comparison *c, uint32_t first, const char *first_words,
                        uint32_t second, const char *second_words);

/* Shows both members' declarations, which say more than their types. If these read the same, the
 * sides that were written before stay. */
void difference_show_members(struct comparison *c, const struct btf_member *first,
                             const struct btf_member *second);

/* Replaces the text by a member's declaration, with its offset and size. */
void write_member(struct text *text, const struct btf *btf, const struct btf_member *member);

/* Returns what a sentence calls a side: "the host". */
const char *difference_side(const struct comparison *c, bool is_first);

/* Adds the name of the type that the current step is: "struct shape". */
void difference_add_type(const struct comparison *c, struct text *text);

#endif
