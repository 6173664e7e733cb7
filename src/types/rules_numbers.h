/* The rules by which integers, enums and floats agree. As compare.h says, a comparison ends where a
 * function returns false. */
#ifndef PLUGIN_TYPE_NUMBERS_H
#define PLUGIN_TYPE_NUMBERS_H

#include "types/bare.h"
#include "types/compare.h"

bool type_is_integer(enum btf_kind kind);

bool type_agree_integers(const struct btf_type *a, const struct btf_type *b);

/* Ends the comparison of two integers that do not agree. */
bool type_part_integers(struct comparison *c, const struct bare *a, const struct bare *b);

bool type_agree_floats(const struct btf_type *a, const struct btf_type *b);

bool type_compare_enums(struct comparison *c, const struct bare *a, const struct bare *b);

#endif
