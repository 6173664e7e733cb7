/* SPDX-License-Identifier: MIT */
/* Reads messages: the call, or the answer to one. All of a message is verified before anything of
 * the caller's is changed. */
#include "crossing/crossing_read_p.h"

#include <assert.h>
#include <string.h>

/* ---- the message and its objects ---- */

static bool read_header(struct reading *reading)
{
    struct message_header header;
    if (reading->size < sizeof header)
        return reading_refuse(reading, "ends within its header");
    memcpy(&header, reading->message, sizeof header);
    if (reading->size > CROSSING_BYTES_MAX)
        return reading_refuse(reading, "is too large");
    if (header.size != reading->size)
        return reading_refuse(reading, "has another size than it says");
    if (header.function != reading->function)
        return reading_refuse(reading, "is one of another function");
    if (header.zero)
        return reading_refuse(reading, "has a header with unknown bits");
    if (!header.objects || header.objects > CROSSING_OBJECTS_MAX ||
        header.objects > reading->size / sizeof(struct object_header))
        return reading_refuse(reading, "has no or too many objects");
    reading->objects = header.objects;
    reading->place = sizeof header;
    return true;
}

static bool check_string(const struct reading *reading, const uint8_t *bytes, size_t size)
{
    const uint8_t *end = size ? memchr(bytes, '\0', size) : NULL;
    if (!end)
        return reading_refuse(reading, "has a string without end");
    return end == bytes + size - 1 ||
           reading_refuse(reading, "has a string with data after its end");
}

/* Returns how many bytes an object has in the message; UINT64_MAX if that is absurd. */
static uint64_t size_in_message(const struct reading *reading, const struct object_header *header)
{
    struct crossed item = {
        .object = header->object, .count = header->count, .is_string = header->is_string};
    if (header->count > CROSSING_BYTES_MAX)
        return UINT64_MAX;
    if (reading->is_answer && !header->number)
        return crossing_result_slot(reading->walk.plan, reading->function)->size;
    if (!reading->is_answer && !(header->flow & PLAN_IN))
        return 0;
    return crossing_size(reading->walk.plan, &item);
}

/* Of an answer, the caller knows what comes back; of a call, strings never do. */
static bool is_flow(const struct reading *reading, const struct object_header *header)
{
    if (reading->is_answer)
        return !header->flow;
    return header->is_string ? header->flow == PLAN_IN
                             : header->flow <= (PLAN_IN | PLAN_BACK | CROSSED_WHOLE);
}

/* Reads the next header, and sets *bytes to what follows. */
static bool next_object(struct reading *reading, struct object_header *header, struct bytes *bytes)
{
    const struct plan *plan = reading->walk.plan;
    if (reading->size - reading->place < sizeof *header)
        return reading_refuse(reading, "has fewer objects than it says");
    memcpy(header, reading->message + reading->place, sizeof *header);
    reading->place += sizeof *header;
    bool may_be_kept = !reading->is_answer && plan->has_kept && header->flow & PLAN_IN;
    if ((header->kept && !may_be_kept) || header->is_string > 1 || !is_flow(reading, header))
        return reading_refuse(reading, "has an object with unknown bits");
    if (header->is_string ? header->object : header->object >= plan->object_count)
        return reading_refuse(reading, "has an object of no type");
    uint64_t size = size_in_message(reading, header), left = reading->size - reading->place;
    if (size > left || message_aligned((size_t)size) > left)
        return reading_refuse(reading, "has an object that does not lie within it");
    *bytes = (struct bytes){reading->message + reading->place, (size_t)size};
    reading->place += message_aligned((size_t)size);
    return !header->is_string || check_string(reading, bytes->data, bytes->size);
}

static bool read_frame_header(struct reading *reading, struct object_header *header,
                              struct bytes *bytes)
{
    if (!next_object(reading, header, bytes))
        return false;
    bool is_frame = !header->number && !header->is_string && header->count == 1 && !header->kept &&
                    header->object == plan_function(reading->walk.plan, reading->function)->frame &&
                    (reading->is_answer || header->flow == PLAN_IN);
    return is_frame || reading_refuse(reading, "does not start with a frame");
}

static bool check_end(const struct reading *reading)
{
    return reading->place == reading->size || reading_refuse(reading, "has data after its objects");
}

static bool place_item(struct reading *reading, uint32_t number)
{
    return (reading->crossing->items[number].at = reading_place(reading, number));
}

/* ---- a call ---- */

static bool add_items(struct reading *reading)
{
    for (uint32_t i = 0; i < reading->objects; i++)
        if (!crossing_add(reading->crossing, reading->error))
            return false;
    return true;
}

/* Copies an object to memory of this side. */
static bool receive_object(struct reading *reading, const struct object_header *header,
                           struct bytes bytes)
{
    struct crossed *item = &reading->crossing->items[header->number];
    *item = (struct crossed){.object = header->object,
                             .count = header->count,
                             .flow = header->flow,
                             .is_string = header->is_string,
                             .kept = header->kept};
    size_t size = crossing_size(reading->walk.plan, item);
    if (!(item->flow & PLAN_IN)) {
        if (size > CROSSING_BYTES_MAX - reading->zeroed)
            return reading_refuse(reading, "needs too much memory");
        reading->zeroed += size;
    }
    if (!(item->kept ? reading_place_kept(reading, header->number)
                     : place_item(reading, header->number)))
        return false;
    if (item->flow & PLAN_IN)
        memcpy(item->staged ? item->staged : item->at, bytes.data, size);
    else
        memset(item->at, 0, size);
    return true;
}

static bool receive_objects(struct reading *reading)
{
    struct object_header header;
    struct bytes bytes;
    if (!read_frame_header(reading, &header, &bytes) || !add_items(reading) ||
        !receive_object(reading, &header, bytes))
        return false;
    for (uint32_t i = 1; i < reading->objects; i++) {
        if (!next_object(reading, &header, &bytes))
            return false;
        if (header.number >= reading->objects || reading->crossing->items[header.number].at)
            return reading_refuse(reading, "has objects out of order");
        if (!receive_object(reading, &header, bytes))
            return false;
    }
    return check_end(reading);
}

/* The object that is to say how many the result has is one of the call, at its start. */
static bool check_result_count(struct reading *reading, const uint8_t *frame)
{
    struct crossing *crossing = reading->crossing;
    const struct plan_part *part = crossing_result_part(crossing->plan, reading->function);
    ERROR_AUTO error = {0};
    uint32_t number;
    if (!part || part->counted != PLAN_BEHIND ||
        crossing_find_counter(crossing, part, frame, &number, &error))
        return true;
    return error.code == PLUGIN_NO_MEMORY
               ? error_set_no_memory(reading->error)
               : reading_refuse(reading, "has a number of objects that is not the call's own");
}

void *crossing_receive(struct crossing *crossing, uint32_t function, struct bytes message,
                       struct error *error)
{
    struct reading reading = {
        .walk = {.plan = crossing->plan, .keeps_padding = true, .visit = reading_resolve},
        .crossing = crossing,
        .function = function,
        .message = message.data,
        .size = message.size,
        .error = error};
    const struct plan_slot *result = crossing_result_slot(crossing->plan, function);
    assert(!crossing->count);
    if (!read_header(&reading) || !receive_objects(&reading))
        return NULL;
    uint8_t *frame = crossing->items[0].at;
    memset(frame + result->offset, 0, result->size);
    if (!crossing_walk(&reading.walk, crossing->items[0].object, 1, frame, NULL))
        return NULL;
    for (uint32_t i = 1; i < crossing->count; i++) {
        const struct crossed *item = &crossing->items[i];
        reading.is_kept = item->kept;
        if (item->flow & PLAN_IN && !item->is_string &&
            !crossing_walk(&reading.walk, item->object, item->count,
                           item->staged ? item->staged : item->at, NULL))
            return NULL;
    }
    if (!check_result_count(&reading, frame) ||
        (crossing->plan->has_kept && !reading_keep(&reading)))
        return NULL;
    crossing->sent = crossing->count;
    return frame;
}

/* ---- an answer ---- */

static uint32_t next_returned(const struct crossing *crossing, uint32_t number)
{
    while (number < crossing->sent && !(crossing->items[number].flow & PLAN_BACK))
        number++;
    return number;
}

static bool check_returned(const struct reading *reading, const struct object_header *header,
                           const uint8_t *result)
{
    const struct crossed *item = &reading->crossing->items[header->number];
    if (header->is_string != item->is_string || header->object != item->object)
        return reading_refuse(reading, "brings back an object of another type");
    return header->count == crossing_returned(reading->crossing, reading->function, item, result,
                                              reading->message) ||
           reading_refuse(reading, "brings back another number of objects");
}

static bool add_new(struct reading *reading, const struct object_header *header)
{
    if (reading->crossing->count == CROSSING_OBJECTS_MAX)
        return reading_refuse(reading, "has no or too many objects");
    struct crossed *item = crossing_add(reading->crossing, reading->error);
    if (!item)
        return false;
    item->object = header->object;
    item->count = header->count;
    item->is_string = header->is_string;
    return place_item(reading, header->number);
}

/* Verifies that the message has the objects that come back, then new ones. */
static bool check_objects(struct reading *reading)
{
    struct crossing *crossing = reading->crossing;
    struct object_header header;
    struct bytes bytes, result;
    if (!read_frame_header(reading, &header, &result))
        return false;
    uint32_t next = next_returned(crossing, 1);
    for (uint32_t i = 1; i < reading->objects; i++, next = next_returned(crossing, next + 1)) {
        uint32_t place = (uint32_t)reading->place;
        if (!next_object(reading, &header, &bytes))
            return false;
        if (header.number && header.number < crossing->sent &&
            !(crossing->items[header.number].flow & PLAN_BACK))
            return reading_refuse(reading, "brings back an object that does not come back");
        if (header.number != next)
            return reading_refuse(reading, "has objects out of order");
        if (!(next < crossing->sent ? check_returned(reading, &header, result.data)
                                    : add_new(reading, &header)))
            return false;
        crossing->items[next].place = place;
    }
    if (next < crossing->sent)
        return reading_refuse(reading, "does not bring back all objects");
    return check_end(reading);
}

/* Calls this for each object of the verified answer but the frame. */
static bool for_each(struct reading *reading, uint8_t *message,
                     bool (*visit)(struct reading *reading, const struct object_header *header,
                                   uint8_t *bytes, size_t size))
{
    struct object_header header;
    size_t place = sizeof(struct message_header);
    for (uint32_t i = 0; i < reading->objects; i++) {
        memcpy(&header, message + place, sizeof header);
        place += sizeof header;
        size_t size = (size_t)size_in_message(reading, &header);
        if (i && !visit(reading, &header, message + place, size))
            return false;
        place += message_aligned(size);
    }
    return true;
}

static bool resolve_references(struct reading *reading, const struct object_header *header,
                               uint8_t *bytes, size_t size)
{
    const struct crossing *crossing = reading->crossing;
    const uint8_t *original =
        header->number < crossing->sent ? crossing->items[header->number].at : NULL;
    (void)size;
    reading->keeps_pointers = original && crossing->items[header->number].is_shared;
    return header->is_string ||
           crossing_walk(&reading->walk, header->object, header->count, bytes, original);
}

static bool apply(struct reading *reading, const struct object_header *header, uint8_t *bytes,
                  size_t size)
{
    if (size)
        memcpy(reading->crossing->items[header->number].at, bytes, size);
    return true;
}

bool crossing_finish(struct crossing *crossing, uint32_t function, uint8_t *message, size_t size,
                     struct error *error)
{
    struct reading reading = {.walk = {.plan = crossing->plan, .visit = reading_resolve},
                              .crossing = crossing,
                              .function = function,
                              .is_answer = true,
                              .message = message,
                              .size = size,
                              .error = error};
    const struct plan_slot *slot = crossing_result_slot(crossing->plan, function);
    assert(crossing->count == crossing->sent && crossing->sent);
    if (!read_header(&reading) || !check_objects(&reading))
        return false;
    uint8_t *frame = crossing->items[0].at;
    uint8_t *result = message + sizeof(struct message_header) + sizeof(struct object_header);
    if (plan_function(crossing->plan, function)->freed_by &&
        !crossing_result_is_new(crossing, message))
        return reading_refuse(&reading, "returns what the caller cannot free");
    if (!crossing_walk_result(&reading.walk, function, frame, result) ||
        !for_each(&reading, message, resolve_references))
        return false;
    memcpy(frame + slot->offset, result, slot->size);
    return for_each(&reading, message, apply);
}
