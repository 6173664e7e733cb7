/* SPDX-License-Identifier: MIT */
/* What all that read messages use. */
#include "crossing/crossing_read_p.h"

static const char *name_of(const struct reading *reading)
{
    const struct plan *plan = reading->walk.plan;
    return plan_name(plan, plan_function(plan, reading->function)->name);
}

static const char *what_of(const struct reading *reading)
{
    return reading->is_answer ? "the answer to" : "the call of";
}

bool reading_refuse(const struct reading *reading, const char *what)
{
    return error_set(reading->error, PLUGIN_CRASHED, "%s %s %s", what_of(reading), name_of(reading),
                     what);
}

bool reading_prefix(const struct reading *reading)
{
    return error_prefix(reading->error, "%s %s: ", what_of(reading), name_of(reading));
}

void *reading_place(struct reading *reading, uint32_t number)
{
    struct crossing *crossing = reading->crossing;
    const struct crossed *item = &crossing->items[number];
    size_t size = crossing_size(crossing->plan, item);
    size_t alignment = item->is_string ? 1 : plan_object(crossing->plan, item->object)->alignment;
    void *place = crossing->side->place(crossing->context, number, size ? size : 1, alignment);
    if (!place)
        error_set_no_memory(reading->error);
    return place;
}
