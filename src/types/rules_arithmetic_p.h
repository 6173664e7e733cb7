/* SPDX-License-Identifier: MIT */
/* The rules by which arithmetic types agree: integers, enums and floats. */
#ifndef PLUGIN_RULES_ARITHMETIC_H
#define PLUGIN_RULES_ARITHMETIC_H

#include "types/comparison_p.h"

bool rules_compare_integers(struct comparison *c, const struct btf_unqualified *a,
                            const struct btf_unqualified *b);
bool rules_compare_floats(struct comparison *c, const struct btf_unqualified *a,
                          const struct btf_unqualified *b);
bool rules_compare_enums(struct comparison *c, const struct btf_unqualified *a,
                         const struct btf_unqualified *b);

#endif
