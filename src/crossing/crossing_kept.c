/* SPDX-License-Identifier: MIT */
/* Reads what the caller gives to be kept: its contents change once all of the call is verified. */
#include "crossing/crossing_read_p.h"
#include "crossing/kept.h"

#include <string.h>

/* What is kept has its place already, or for ever; what it is now waits until all is verified. */
bool reading_place_kept(struct reading *reading, uint32_t number)
{
    const struct crossing *crossing = reading->crossing;
    struct crossed *item = &crossing->items[number];
    struct kept_object object = {
        .is = {.object = item->object, .is_string = item->is_string, .count = item->count},
        .size = crossing_size(crossing->plan, item),
        .is_given = item->kept & OBJECT_GIVEN};
    uint32_t kept = (item->kept & ~(uint32_t)OBJECT_GIVEN) - 1;
    item->staged = reading_place(reading, number);
    if (!item->staged)
        return false;
    bool is_new = false;
    item->at = crossing->side->proxy(crossing->context, kept, &object, &is_new, reading->error);
    item->is_refreshed = !is_new;
    return item->at || reading_prefix(reading);
}

/* Threads of this side may look at the former contents while they change: refuses what they could
 * not expect. */
static bool check_shape(struct crossing_walk *walk, const struct crossing_pointer *pointer)
{
    const struct reading *reading = (const struct reading *)walk;
    const struct plan_part *part = pointer->part;
    uint64_t before, after;
    memcpy(&before, pointer->original, sizeof before);
    memcpy(&after, pointer->at, sizeof after);
    bool is_counted = part->counted == PLAN_BY_COUNT;
    if (!after != !before && (before || is_counted))
        return reading_refuse(reading, "has a kept object that loses a pointer, or gets objects");
    if (!is_counted)
        return true;
    const uint8_t *object = pointer->original - part->offset;
    bool is_same = !memcmp(object + part->count_offset, pointer->counts + part->count_offset,
                           part->count_size);
    return is_same || reading_refuse(reading, "has a kept object with another number of objects");
}

/* Copies whole words, so that who reads one has the former or the new one. */
static void copy_words(uint8_t *to, const uint8_t *from, size_t size)
{
    size_t i = 0;
    for (; i + sizeof(uint64_t) <= size; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, from + i, sizeof word);
        __atomic_store_n((uint64_t *)(void *)(to + i), word, __ATOMIC_RELAXED);
    }
    for (; i < size; i++)
        __atomic_store_n(to + i, from[i], __ATOMIC_RELAXED);
}

bool reading_keep(struct reading *reading)
{
    const struct crossing *crossing = reading->crossing;
    struct reading shapes = *reading;
    shapes.walk.visit = check_shape;
    for (uint32_t i = 1; i < crossing->count && crossing->side->keeps_shapes; i++) {
        const struct crossed *item = &crossing->items[i];
        if (item->is_refreshed && !item->is_string &&
            !crossing_walk(&shapes.walk, item->object, item->count, item->staged, item->at))
            return false;
    }
    for (uint32_t i = 1; i < crossing->count; i++) {
        const struct crossed *item = &crossing->items[i];
        if (item->staged)
            copy_words(item->at, item->staged, crossing_size(crossing->plan, item));
    }
    return true;
}
