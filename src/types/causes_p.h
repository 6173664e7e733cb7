/* SPDX-License-Identifier: MIT */
/* The cause of a difference: what one side lacks, not what merely moved because of it. Only
 * comparisons that end with a difference come here. */
#ifndef PLUGIN_CAUSES_P_H
#define PLUGIN_CAUSES_P_H

#include "types/difference_p.h"

/* Two structs, or two unions, with the same tag differ in members or size; the current step is
 * theirs. If a struct within them is the cause, the path goes on to it. False if the cause is not
 * found, with the comparison as it was; else the comparison has ended with a difference. */
bool causes_explain_members(struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second);

/* The types of the members with this number differ: adds how many moved because of it. */
void causes_add_moved(struct comparison *c, const struct btf_unqualified *first,
                      const struct btf_unqualified *second, uint32_t number);

/* The second struct, of a plugin, has grown, and the first one has the members before: the plugin
 * needs what its host lacks. Ends the comparison, and returns false. */
bool causes_differ_in_needs(struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second);

/* Two enums with the same tag differ in enumerators. As causes_explain_members. */
bool causes_explain_enumerators(struct comparison *c, const struct btf_unqualified *first,
                                const struct btf_unqualified *second);

/* Two functions differ in the number of parameters. Ends the comparison, and returns false. */
bool causes_differ_in_count(struct comparison *c, const struct btf_unqualified *first,
                            const struct btf_unqualified *second);

#endif
