/* SPDX-License-Identifier: MIT */
/* The objects of a call, and the walk over the pointers in them. */
#include "crossing/crossing_p.h"

#include "base/array.h"

#include <stdlib.h>

/* ---- the walk ---- */

static bool walk_part(struct crossing_walk *walk, const struct crossing_pointer *pointer)
{
    const struct plan_part *part = pointer->part;
    const uint8_t *original = pointer->original;
    switch (part->kind) {
    case PLAN_PADDING:
        if (original)
            memcpy(pointer->at, original, part->size);
        else if (!walk->keeps_padding)
            memset(pointer->at, 0, part->size);
        return true;
    case PLAN_SAME:
        memcpy(pointer->at, pointer->counts + part->count_offset, part->size);
        return true;
    case PLAN_EMBEDDED:
        return crossing_walk(walk, part->object, part->count, pointer->at, original);
    default:
        return walk->visit(walk, pointer);
    }
}

static bool walk_object(struct crossing_walk *walk, uint32_t number, uint8_t *bytes,
                        const uint8_t *original)
{
    const struct plan_object *object = plan_object(walk->plan, number);
    for (uint32_t i = 0; i < object->part_count; i++) {
        const struct plan_part *part = plan_part(walk->plan, object->first_part + i);
        struct crossing_pointer pointer = {part, number, bytes, bytes + part->offset,
                                           original ? original + part->offset : NULL};
        if (!walk_part(walk, &pointer))
            return false;
    }
    return true;
}

bool crossing_walk(struct crossing_walk *walk, uint32_t object, uint32_t count, uint8_t *bytes,
                   const uint8_t *original)
{
    const struct plan_object *plan = plan_object(walk->plan, object);
    if (!plan->part_count || !plan->size)
        return true;
    for (uint32_t i = 0; i < count; i++) {
        size_t at = (size_t)i * plan->size;
        if (!walk_object(walk, object, bytes + at, original ? original + at : NULL))
            return false;
    }
    return true;
}

static bool is_within(const struct plan_part *part, const struct plan_slot *slot)
{
    return part->offset - slot->offset < slot->size;
}

const struct plan_part *crossing_result_part(const struct plan *plan, uint32_t function)
{
    const struct plan_object *frame = plan_object(plan, plan_function(plan, function)->frame);
    const struct plan_slot *slot = crossing_result_slot(plan, function);
    for (uint32_t i = 0; i < frame->part_count; i++) {
        const struct plan_part *part = plan_part(plan, frame->first_part + i);
        if (slot->size && part->offset == slot->offset && part->kind > PLAN_EMBEDDED)
            return part;
    }
    return NULL;
}

bool crossing_walk_result(struct crossing_walk *walk, uint32_t function, const uint8_t *frame,
                          uint8_t *result)
{
    uint32_t number = plan_function(walk->plan, function)->frame;
    const struct plan_object *object = plan_object(walk->plan, number);
    const struct plan_slot *slot = crossing_result_slot(walk->plan, function);
    for (uint32_t i = 0; i < object->part_count; i++) {
        const struct plan_part *part = plan_part(walk->plan, object->first_part + i);
        if (!is_within(part, slot))
            continue;
        struct crossing_pointer pointer = {part, number, frame,
                                           result + (part->offset - slot->offset), NULL};
        if (!walk_part(walk, &pointer))
            return false;
    }
    return true;
}

bool crossing_result_is_new(const struct crossing *crossing, const uint8_t *answer)
{
    uint64_t reference;
    memcpy(&reference, answer + sizeof(struct message_header) + sizeof(struct object_header),
           sizeof reference);
    return !reference ||
           (reference_kind(reference) == REFERENCE_OBJECT &&
            reference_number(reference) >= crossing->sent && !reference_offset(reference));
}

/* ---- counts ---- */

/* Reads an integer; false if it is negative. */
static bool read_integer(const uint8_t *at, size_t size, bool is_signed, uint64_t *value)
{
    uint64_t bits = size == sizeof bits ? bytes_whole(at) : bytes_word(at, size);
    *value = bits >> (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 64 - 8 * size);
    return !is_signed || !(*value >> (8 * size - 1) & 1);
}

bool crossing_count(const struct crossing_pointer *pointer, uint64_t *count)
{
    const struct plan_part *part = pointer->part;
    *count = 1;
    return part->counted == PLAN_ONE ||
           crossing_count_at(part, pointer->counts + part->count_offset, count);
}

bool crossing_count_at(const struct plan_part *part, const uint8_t *bytes, uint64_t *count)
{
    return read_integer(bytes, part->count_size, part->count_is_signed, count);
}

bool crossing_find_counter(struct crossing *crossing, const struct plan_part *part,
                           const uint8_t *frame, uint32_t *number, struct error *error)
{
    struct crossing_target target = {.object = part->count, .count = 1};
    void *at;
    memcpy(&at, frame + part->count_offset, sizeof at);
    *number = 0;
    if (!at)
        return true;
    if (!crossing_find(crossing, at, &target, number, error))
        return false;
    return *number ||
           error_set(error, PLUGIN_WRONG_TYPE,
                     "the number of objects lies in memory that may change meanwhile: pass "
                     "a pointer to a variable of the caller's own");
}

/* The bytes of an object in a message. */
static const uint8_t *bytes_in(const struct crossed *item, const uint8_t *message)
{
    return message + item->place + sizeof(struct object_header);
}

bool crossing_count_result(struct crossing *crossing, const struct plan_part *part,
                           const uint8_t *answer, uint64_t *count, struct error *error)
{
    uint32_t number;
    *count = 0;
    if (!crossing_find_counter(crossing, part, crossing->items[0].at, &number, error))
        return false;
    const struct crossed *item = &crossing->items[number];
    const uint8_t *bytes = item->flow & PLAN_BACK ? bytes_in(item, answer) : item->at;
    return !number || crossing_count_at(part, bytes, count) ||
           error_set(error, PLUGIN_MISFIT, "the number of objects is negative");
}

uint32_t crossing_returned(const struct crossing *crossing, uint32_t function,
                           const struct crossed *item, const uint8_t *result, const uint8_t *answer)
{
    const struct plan_function *called = plan_function(crossing->plan, function);
    uint64_t count;
    if (item->flow & CROSSED_WHOLE)
        return item->count;
    bool is_known =
        item->counter ? crossing_count_at(item->counted,
                                          bytes_in(&crossing->items[item->counter], answer), &count)
                      : read_integer(result, called->result_size, called->result_is_signed, &count);
    if (!is_known)
        return 0;
    return count < item->count ? (uint32_t)count : item->count;
}

/* ---- the items ---- */

struct crossed *crossing_add(struct crossing *crossing, struct error *error)
{
    struct crossed *item = array_add(NULL, crossing->items, crossing->count, crossing->capacity);
    if (!item) {
        error_set_no_memory(error);
        return NULL;
    }
    *item = (struct crossed){0};
    return item;
}

/* A table that one large call has made costs the small ones nothing. */
static void empty_table(struct crossing *crossing)
{
    struct table *table = &crossing->table;
    if (table->count > table->size / 16) {
        table_empty(table);
        return;
    }
    while (table->count)
        table_remove(table, crossing_hash(crossing->items[table->count].at),
                     (uint32_t)table->count);
    table->longest = 0;
}

void crossing_clear(struct crossing *crossing)
{
    if (crossing->table.count)
        empty_table(crossing);
    crossing->count = 0;
    crossing->sent = 0;
    crossing->span_count = 0;
}

void crossing_deinit(struct crossing *crossing)
{
    free(crossing->items);
    free(crossing->spans);
    table_deinit(&crossing->table);
    *crossing = (struct crossing){0};
}
