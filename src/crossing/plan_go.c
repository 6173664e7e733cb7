/* SPDX-License-Identifier: MIT */
/* What is different in the plan of a Go plugin. Its types are Go's own, and say more than those of
 * C: a string and a slice have their length with them. */
#include "crossing/plan_p.h"

enum { WORD = 8, LENGTH = WORD, CAPACITY = 2 * WORD }; /* offsets in a string, or a slice */

void plan_add_go_member(struct plan_maker *maker, const struct place *place,
                        const struct btf_member *member)
{
    uint32_t offset = member->bit_offset / 8;
    struct pointing data = {.counted = "Go",
                            .is_of_go = true,
                            .count_offset = LENGTH,
                            .count_size = WORD,
                            .count_is_signed = true};
    if (offset == CAPACITY)
        plan_add_same(maker, place, member, offset, LENGTH);
    else
        plan_add_value(maker, place, member->type, member->name, offset, offset ? NULL : &data);
}

void plan_add_go_symbol(struct plan_maker *maker, const struct meta_symbol *symbol)
{
    if (symbol->type && symbol->kind == FORMAT_FUNCTION) {
        plan_add_function(maker, symbol);
        return;
    }
    struct plan_function *absent = plan_add_no_function(maker, symbol->name);
    if (absent)
        absent->is_absent = true;
    if (absent && symbol->type)
        plan_refuse_symbol(maker, symbol, "the plugin's variable ",
                           "isolated plugins do not support variables of Go: export functions that "
                           "get and set it, or give it a name in lower case");
}
