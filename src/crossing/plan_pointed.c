/* SPDX-License-Identifier: MIT */
/* Functions behind pointers: those that the host passes to the plugin, and the plugin to the host.
 * They cross calls in the same way as the plugin's symbols, by the types of the pointers. */
#include "crossing/plan_p.h"

#include "base/array.h"

#include <string.h>

/* Are marks of the host about this name, as one of functions? */
static bool is_marked(const struct plan_maker *maker, const char *name)
{
    struct table_probe probe = plan_mark_probe(name);
    const struct mark *mark;
    while (*name && (mark = plan_next_mark(maker, &probe, MARK_KINDS, name, NULL)))
        if (!plan_is_mark_of_type(mark->kind))
            return true;
    return false;
}

/* The name by which marks are about the function: that of a typedef, of it or of the pointer. */
static const char *mark_name(const struct plan_maker *maker, const struct btf_unqualified *pointer,
                             const struct btf_unqualified *to)
{
    const char *names[] = {pointer->outer_name, pointer->typedef_name, to->outer_name,
                           to->typedef_name};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_marked(maker, names[i]))
            return names[i];
    return "";
}

uint32_t plan_pointed(struct plan_maker *maker, const struct place *place, uint32_t pointer,
                      const char *name)
{
    struct btf_unqualified own = plan_unqualified(maker, pointer);
    struct btf_unqualified to = plan_unqualified(maker, own.type.type);
    const char *marks = mark_name(maker, &own, &to);
    struct table_probe probe = {.hash = to.id};
    for (uint32_t item; table_next(&maker->pointed_by_type, &probe, &item);)
        if (maker->pointed[item].type == to.id && !strcmp(maker->pointed[item].name, marks))
            return item;
    struct pointed *added =
        array_add(&maker->arena, maker->pointed, maker->pointed_count, maker->pointed_capacity);
    if (!added || !table_reserve(&maker->pointed_by_type, &maker->arena, maker->pointed_count)) {
        maker->has_no_memory = true;
        return 0;
    }
    uint32_t number = (uint32_t)maker->pointed_count - 1;
    *added = (struct pointed){
        .type = to.id, .pointer = pointer, .name = marks, .place = *place, .value = name};
    if (table_add(&maker->pointed_by_type, to.id, number) > TABLE_PROBES_MAX)
        maker->is_too_much = true;
    return number;
}

bool plan_has_calls_back(const struct plan *plan)
{
    return plan->function_count > plan->symbol_count;
}
