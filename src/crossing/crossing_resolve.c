/* SPDX-License-Identifier: MIT */
/* Reads references: what a pointer of a message leads to on this side. */
#include "crossing/crossing_read_p.h"

#include <string.h>

/* What the struct crossed.strings of a number of bytes says. */
enum { STRINGS_UNKNOWN = 0, STRINGS_NONE = UINT32_MAX };

/* Returns the offset after the last NUL of an item that is bytes, of those that the message brings
 * and of those that stay; STRINGS_NONE without any. It is looked for once, so that many references
 * into long bytes cost no more than one. */
static uint32_t find_last_nul(const struct reading *reading, uint32_t number)
{
    const struct crossing *crossing = reading->crossing;
    const struct crossed *item = &crossing->items[number];
    size_t size = crossing_size(crossing->plan, item), brought = 0;
    const uint8_t *bytes = NULL, *last = NULL, *own = item->staged ? item->staged : item->at;
    if (reading->is_answer && (number >= crossing->sent || item->flow & PLAN_BACK)) {
        struct object_header header;
        memcpy(&header, reading->message + item->place, sizeof header);
        bytes = reading->message + item->place + sizeof header;
        brought = header.count;
    }
    if (brought < size)
        last = memrchr(own + brought, '\0', size - brought);
    if (last)
        return (uint32_t)(last - own) + 1;
    if (brought)
        last = memrchr(bytes, '\0', brought);
    return last ? (uint32_t)(last - bytes) + 1 : STRINGS_NONE;
}

/* Does a string that starts at this offset of the item end within it? */
static bool string_ends(struct reading *reading, uint32_t number, uint32_t offset)
{
    struct crossed *item = &reading->crossing->items[number];
    if (item->is_string)
        return true;
    if (item->strings == STRINGS_UNKNOWN)
        item->strings = find_last_nul(reading, number);
    return item->strings != STRINGS_NONE && offset < item->strings;
}

/* Do the objects of a call cross in all ways that the pointers to them say? What is kept leads to
 * what is kept alone. */
static bool flows(const struct reading *reading, const struct plan_part *part,
                  const struct crossed *item)
{
    bool is_kept = reading->is_kept || part->is_kept;
    uint8_t flow =
        is_kept || part->kind == PLAN_STRING ? PLAN_IN : part->flow & (PLAN_IN | PLAN_BACK);
    return !(flow & ~item->flow) && (item->kept || !is_kept);
}

/* Reads how many objects a pointer leads to. */
static bool read_count(const struct reading *reading, const struct crossing_pointer *pointer,
                       uint64_t *count)
{
    struct crossing *crossing = reading->crossing;
    const struct plan_part *part = pointer->part;
    if (part->counted != PLAN_BEHIND)
        return crossing_count(pointer, count) ||
               reading_refuse(reading, "has a negative number of objects");
    ERROR_AUTO error = {0};
    uint32_t number = 0;
    bool is_known = reading->is_answer
                        ? crossing_count_result(crossing, part, reading->message, count, &error)
                        : crossing_find_counter(crossing, part, pointer->counts, &number, &error);
    if (!is_known)
        return error.code == PLUGIN_NO_MEMORY
                   ? error_set_no_memory(reading->error)
                   : reading_refuse(reading,
                                    "has a number of objects that is none, or not the call's own");
    if (reading->is_answer)
        return true;
    *count = 0;
    const struct crossed *item = &crossing->items[number];
    return !number || crossing_count_at(part, item->staged ? item->staged : item->at, count) ||
           reading_refuse(reading, "has a negative number of objects");
}

/* Says which object of the call has the number of those that come back: one that does so, too, and
 * is before them in the answer. */
static bool set_counter(const struct reading *reading, const struct crossing_pointer *pointer,
                        uint32_t number)
{
    enum { ALL = PLAN_IN | PLAN_BACK | CROSSED_WHOLE };
    struct crossing *crossing = reading->crossing;
    struct crossed *item = &crossing->items[number];
    ERROR_AUTO error = {0};
    uint32_t counter;
    if (!pointer->part->is_by_count || item->flow & CROSSED_WHOLE)
        return true;
    if (!crossing_find_counter(crossing, pointer->part, pointer->counts, &counter, &error) ||
        !counter || counter >= number || crossing->items[counter].flow != ALL)
        return reading_refuse(reading, "brings back as many objects as nobody says");
    item->counter = counter;
    item->counted = pointer->part;
    return true;
}

/* What both processes have may be any plain objects. */
static bool resolve_shared(struct reading *reading, const struct crossing_pointer *pointer,
                           uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    struct crossing_target target = {.object = pointer->part->object};
    size_t left;
    if (!read_count(reading, pointer, &target.count))
        return false;
    if (!crossing->side->find_shared ||
        !crossing->side->find_shared(crossing->context, reference, at, &left))
        return reading_refuse(reading, "refers to shared memory that there is not");
    const char *misuse = plan_object(crossing->plan, target.object)->has_pointers
                             ? "refers to pointers in shared memory"
                             : crossing_shared_misuse(crossing->plan, &target, *at, left);
    return !misuse || reading_refuse(reading, misuse);
}

/* What this side gave to be kept comes back. */
static bool resolve_kept(const struct reading *reading, const struct crossing_pointer *pointer,
                         uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    bool is_string = pointer->part->kind == PLAN_STRING;
    struct crossing_target target = {
        .object = is_string ? 0 : pointer->part->object, .is_string = is_string, .count = 1};
    if (pointer->part->kind == PLAN_OBJECTS && !read_count(reading, pointer, &target.count))
        return false;
    bool is_any = pointer->part->kind == PLAN_OPAQUE; /* of void */
    return (crossing->plan->has_kept &&
            crossing->side->resolve_kept(crossing->context, reference, is_any ? NULL : &target,
                                         at)) ||
           reading_refuse(reading,
                          "refers to an object that was not given to be kept, or was released");
}

static bool resolve_object(struct reading *reading, const struct crossing_pointer *pointer,
                           uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    uint32_t number = reference_number(reference), offset = reference_offset(reference);
    bool is_string = pointer->part->kind == PLAN_STRING;
    struct crossing_target target = {
        .object = is_string ? 0 : pointer->part->object, .is_string = is_string, .count = 1};
    if (reference_kind(reference) == REFERENCE_SHARED && !is_string)
        return resolve_shared(reading, pointer, reference, at);
    if (reference_kind(reference) == REFERENCE_KEPT)
        return resolve_kept(reading, pointer, reference, at);
    if (reference_kind(reference) != REFERENCE_OBJECT)
        return reading_refuse(reading, "has a handle or a token where an object belongs");
    if (!number || number >= crossing->count)
        return reading_refuse(reading, "refers to an object that was not sent");
    const struct crossed *item = &crossing->items[number];
    if (number >= crossing->sent && (item->object != target.object || item->is_string != is_string))
        return reading_refuse(reading, "refers to a new object of another type");
    /* Later contents of kept bytes may be no string. */
    if (!reading->is_answer && item->kept && (item->is_string != is_string || offset))
        return reading_refuse(reading, "refers to an object of another type");
    if (!is_string && !read_count(reading, pointer, &target.count))
        return false;
    const char *misuse = crossing_misuse(crossing->plan, item, &target, offset);
    if (misuse)
        return reading_refuse(reading, misuse);
    if (!reading->is_answer && !flows(reading, pointer->part, item))
        return reading_refuse(reading, "refers to an object that crosses another way");
    if (!reading->is_answer && !set_counter(reading, pointer, number))
        return false;
    if (is_string && !string_ends(reading, number, offset))
        return reading_refuse(reading, "refers to a string that does not end");
    *at = (uint8_t *)item->at + offset;
    return true;
}

static bool resolve_opaque(const struct reading *reading, const struct crossing_pointer *pointer,
                           uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    const struct plan_part *part = pointer->part;
    enum reference_kind kind = reference_kind(reference);
    if (kind == REFERENCE_KEPT && !strcmp(plan_name(crossing->plan, part->object), "void"))
        return resolve_kept(reading, pointer, reference, at);
    if (kind != REFERENCE_HANDLE && kind != REFERENCE_TOKEN)
        return reading_refuse(reading, "has an object where a handle or a token belongs");
    return crossing->side->resolve(crossing->context, reference, part->object, at,
                                   reading->error) ||
           reading_prefix(reading);
}

static bool resolve_function(const struct reading *reading, const struct plan_part *part,
                             uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    enum reference_kind kind = reference_kind(reference);
    if ((kind != REFERENCE_HOST_FUNCTION && kind != REFERENCE_PLUGIN_FUNCTION) ||
        reference_offset(reference))
        return reading_refuse(reading, "has something else where a function belongs");
    return crossing->side->resolve_function(crossing->context, reference, part->object, at,
                                            reading->error) ||
           reading_prefix(reading);
}

/* Who gets a string of Go does not ask whether it is there. */
static bool resolve_null(const struct reading *reading, const struct crossing_pointer *pointer)
{
    uint64_t count;
    return !pointer->part->is_of_go || (crossing_count(pointer, &count) && !count) ||
           reading_refuse(reading, "has a length, and no data");
}

bool reading_resolve(struct crossing_walk *walk, const struct crossing_pointer *pointer)
{
    struct reading *reading = (struct reading *)walk;
    uint64_t reference;
    void *at = NULL;
    memcpy(&reference, pointer->at, sizeof reference);
    bool is_read;
    if (!reference)
        is_read = resolve_null(reading, pointer);
    else if (reference_kind(reference) == REFERENCE_NULL)
        is_read = reading_refuse(reading, "has a null pointer with a number");
    else if (pointer->part->kind == PLAN_OPAQUE)
        is_read = resolve_opaque(reading, pointer, reference, &at);
    else if (pointer->part->kind == PLAN_FUNCTION)
        is_read = resolve_function(reading, pointer->part, reference, &at);
    else
        is_read = resolve_object(reading, pointer, reference, &at);
    if (is_read && reading->keeps_pointers && pointer->original)
        memcpy(pointer->at, pointer->original, sizeof at);
    else if (is_read)
        memcpy(pointer->at, &at, sizeof at);
    return is_read;
}
