/* SPDX-License-Identifier: MIT */
/* Finds the object of a call that a pointer leads to. */
#include "crossing/crossing_p.h"

#include "base/array.h"
#include "base/search.h"

#include <stdlib.h>

/* So few objects are looked at one by one. */
enum { FEW = 8 };

/* ---- what a pointer may point to ---- */

/* Bytes may be shared between pointers to different types, if none of them has more than one byte.
 */
static bool is_bytes(const struct plan *plan, uint32_t object, bool is_string)
{
    const struct plan_object *plan_of = plan_object(plan, object);
    return is_string || (plan_of->size == 1 && !plan_of->part_count);
}

const char *crossing_misuse(const struct plan *plan, const struct crossed *item,
                            const struct crossing_target *target, uint64_t offset)
{
    uint64_t size = crossing_size(plan, item), left = size - offset;
    if (offset > size)
        return "refers beyond an object";
    if (!is_bytes(plan, item->object, item->is_string) ||
        !is_bytes(plan, target->object, target->is_string)) {
        if (item->is_string || target->is_string || item->object != target->object)
            return "refers to an object of another type";
        uint32_t unit = plan_object(plan, item->object)->size;
        if (unit && offset % unit)
            return "refers to the middle of an object";
        left = unit ? left / unit : item->count;
    }
    return target->count > left ? "refers to fewer objects than it says" : NULL;
}

const char *crossing_shared_misuse(const struct plan *plan, const struct crossing_target *target,
                                   const void *at, size_t left)
{
    const struct plan_object *object = plan_object(plan, target->object);
    uint64_t size;
    /* Both processes may change it at any time, so that nobody could translate them. */
    if (object->has_pointers && !object->is_copied)
        return "refers to pointers in shared memory";
    if ((uintptr_t)at & (object->alignment - 1))
        return "refers to shared memory between objects";
    bool is_within = !__builtin_mul_overflow(target->count, object->size, &size) && size <= left;
    return is_within ? NULL
           : left    ? "refers to objects that do not lie within one variable, or within memory of "
                       "one plugin_alloc"
                     : "refers to memory that no plugin_alloc gave, or that was freed";
}

static bool parts_agree(const struct plan *plan, const struct plan_part *a,
                        const struct plan_part *b)
{
    bool leads_alike = a->object == b->object;
    if (a->kind == b->kind && (a->kind == PLAN_OBJECTS || a->kind == PLAN_EMBEDDED))
        leads_alike |= plan_object(plan, a->object)->name == plan_object(plan, b->object)->name;
    else if (a->kind == b->kind && a->kind == PLAN_FUNCTION)
        leads_alike |=
            plan_function(plan, a->object)->signature == plan_function(plan, b->object)->signature;
    return leads_alike && a->offset == b->offset && a->size == b->size && a->kind == b->kind &&
           a->counted == b->counted && a->count == b->count && a->count_size == b->count_size &&
           a->count_offset == b->count_offset && a->count_is_signed == b->count_is_signed;
}

bool crossing_agree(const struct plan *plan, uint32_t first, uint32_t second)
{
    const struct plan_object *a = plan_object(plan, first), *b = plan_object(plan, second);
    if (first == second)
        return true;
    if (a->name != b->name || a->size != b->size || a->part_count != b->part_count)
        return false;
    for (uint32_t i = 0; i < a->part_count; i++)
        if (!parts_agree(plan, plan_part(plan, a->first_part + i),
                         plan_part(plan, b->first_part + i)))
            return false;
    return true;
}

/* ---- by address ---- */

uint32_t crossing_hash(const void *at)
{
    return (uint32_t)((uint64_t)(uintptr_t)at * 0x9E3779B97F4A7C15U >> 32);
}

/* Item N of the table is the one that was added as the Nth; the frame is in no table. */
static bool index_items(struct crossing *crossing, struct error *error)
{
    struct table *table = &crossing->table;
    if (!table_reserve(table, NULL, crossing->count - 1))
        return error_set_no_memory(error);
    while (table->count < crossing->count - 1) {
        uint32_t number = (uint32_t)table->count + 1;
        table_add(table, crossing_hash(crossing->items[number].at), number);
    }
    return true;
}

static bool is_same(const struct crossed *item, const void *at,
                    const struct crossing_target *target)
{
    return item->at == at && item->object == target->object &&
           item->is_string == target->is_string && item->count >= target->count &&
           (item->kept || !target->is_kept);
}

bool crossing_find(struct crossing *crossing, const void *at, const struct crossing_target *target,
                   uint32_t *number, struct error *error)
{
    *number = 0;
    if (crossing->count <= FEW) {
        for (uint32_t i = 1; i < crossing->count && !*number; i++)
            if (is_same(&crossing->items[i], at, target))
                *number = i;
        return true;
    }
    if (!index_items(crossing, error))
        return false;
    struct table_probe probe = {.hash = crossing_hash(at)};
    for (uint32_t item; table_next(&crossing->table, &probe, &item) && !*number;)
        if (is_same(&crossing->items[item], at, target))
            *number = item;
    return true;
}

/* ---- within ---- */

/* Does the pointer lead into the item? Items are shorter than 2^32 bytes. */
static bool leads_into(const struct crossing *crossing, uint32_t number, const void *at,
                       const struct crossing_target *target)
{
    const struct crossed *item = &crossing->items[number];
    uintptr_t offset = (uintptr_t)at - (uintptr_t)item->at;
    size_t size = crossing_size(crossing->plan, item);
    return offset <= size && !crossing_misuse(crossing->plan, item, target, offset) &&
           (!target->is_string || memchr(at, '\0', size - offset));
}

static int compare_spans(const void *first, const void *second)
{
    uintptr_t a = ((const struct crossed_span *)first)->start;
    uintptr_t b = ((const struct crossed_span *)second)->start;
    return (a > b) - (a < b);
}

static bool sort_spans(struct crossing *crossing, struct error *error)
{
    if (crossing->span_count)
        return true;
    for (uint32_t i = 1; i < crossing->sent; i++) {
        struct crossed_span *span =
            array_add(NULL, crossing->spans, crossing->span_count, crossing->span_capacity);
        if (!span) {
            crossing->span_count = 0;
            return error_set_no_memory(error);
        }
        *span = (struct crossed_span){(uintptr_t)crossing->items[i].at, i};
    }
    qsort(crossing->spans, crossing->span_count, sizeof *crossing->spans, compare_spans);
    return true;
}

struct address {
    const struct crossing *crossing;
    uintptr_t at;
};

static bool starts_no_later(const void *context, size_t span)
{
    const struct address *address = context;
    return address->crossing->spans[span].start <= address->at;
}

/* Of many: the one into which the pointer leads, or 0. */
static uint32_t find_span(const struct crossing *crossing, const void *at,
                          const struct crossing_target *target)
{
    struct address address = {crossing, (uintptr_t)at};
    size_t i = search_first(crossing->span_count, starts_no_later, &address);
    while (i-- > 0) {
        uint32_t number = crossing->spans[i].number;
        if (leads_into(crossing, number, at, target))
            return number;
        /* The objects do not overlap: before one that ends before the address, all do. */
        if (address.at - crossing->spans[i].start >
            crossing_size(crossing->plan, &crossing->items[number]))
            break;
    }
    return 0;
}

bool crossing_find_within(struct crossing *crossing, const void *at,
                          const struct crossing_target *target, uint32_t *number, uint32_t *offset,
                          struct error *error)
{
    *number = 0;
    *offset = 0;
    if (crossing->sent <= FEW) {
        for (uint32_t i = 1; i < crossing->sent && !*number; i++)
            if (leads_into(crossing, i, at, target))
                *number = i;
    } else {
        if (!sort_spans(crossing, error))
            return false;
        *number = find_span(crossing, at, target);
    }
    if (*number)
        *offset = (uint32_t)((uintptr_t)at - (uintptr_t)crossing->items[*number].at);
    return true;
}
