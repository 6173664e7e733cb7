/* Reads messages: the call, or the answer to one. All of a message is verified before anything of
 * the caller's is changed. */
#include "crossing/crossing_p.h"

#include <assert.h>

struct reading {
    struct crossing_walk walk; /* first: visits get it */
    struct crossing *crossing;
    uint32_t function;
    bool is_answer;
    const uint8_t *message;
    size_t size;
    uint32_t objects; /* that the message says it has */
    size_t place;     /* behind the objects that were read */
    size_t zeroed;    /* bytes of objects that cross as their size alone */
    struct error *error;
};

/* What the struct crossed.strings of a number of bytes says. */
enum { STRINGS_UNKNOWN = 0, STRINGS_NONE = UINT32_MAX };

static const char *name_of(const struct reading *reading)
{
    const struct plan *plan = reading->walk.plan;
    return plan_name(plan, plan_function(plan, reading->function)->name);
}

static const char *what_of(const struct reading *reading)
{
    return reading->is_answer ? "the answer to" : "the call of";
}

static bool refuse(const struct reading *reading, const char *what)
{
    return error_set(reading->error, PLUGIN_CRASHED, "%s %s %s", what_of(reading), name_of(reading),
                     what);
}

/* ---- the message and its objects ---- */

static bool read_header(struct reading *reading)
{
    struct message_header header;
    if (reading->size < sizeof header)
        return refuse(reading, "ends within its header");
    memcpy(&header, reading->message, sizeof header);
    if (reading->size > CROSSING_BYTES_MAX)
        return refuse(reading, "is too large");
    if (header.size != reading->size)
        return refuse(reading, "has another size than it says");
    if (header.function != reading->function)
        return refuse(reading, "is one of another function");
    if (header.zero)
        return refuse(reading, "has a header with unknown bits");
    if (!header.objects || header.objects > CROSSING_OBJECTS_MAX ||
        header.objects > reading->size / sizeof(struct object_header))
        return refuse(reading, "has no or too many objects");
    reading->objects = header.objects;
    reading->place = sizeof header;
    return true;
}

static bool check_string(const struct reading *reading, const uint8_t *bytes, size_t size)
{
    const uint8_t *end = size ? memchr(bytes, '\0', size) : NULL;
    if (!end)
        return refuse(reading, "has a string without end");
    return end == bytes + size - 1 || refuse(reading, "has a string with data after its end");
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
        return refuse(reading, "has fewer objects than it says");
    memcpy(header, reading->message + reading->place, sizeof *header);
    reading->place += sizeof *header;
    if (header->zero || header->is_string > 1 || !is_flow(reading, header))
        return refuse(reading, "has an object with unknown bits");
    if (header->is_string ? header->object : header->object >= plan->object_count)
        return refuse(reading, "has an object of no type");
    uint64_t size = size_in_message(reading, header), left = reading->size - reading->place;
    if (size > left || message_aligned((size_t)size) > left)
        return refuse(reading, "has an object that does not lie within it");
    *bytes = (struct bytes){reading->message + reading->place, (size_t)size};
    reading->place += message_aligned((size_t)size);
    return !header->is_string || check_string(reading, bytes->data, bytes->size);
}

static bool read_frame_header(struct reading *reading, struct object_header *header,
                              struct bytes *bytes)
{
    if (!next_object(reading, header, bytes))
        return false;
    bool is_frame = !header->number && !header->is_string && header->count == 1 &&
                    header->object == plan_function(reading->walk.plan, reading->function)->frame &&
                    (reading->is_answer || header->flow == PLAN_IN);
    return is_frame || refuse(reading, "does not start with a frame");
}

static bool check_end(const struct reading *reading)
{
    return reading->place == reading->size || refuse(reading, "has data after its objects");
}

/* Sets item->at to memory for it. No two items have one address, even if they are empty. */
static bool place_item(struct reading *reading, uint32_t number)
{
    struct crossing *crossing = reading->crossing;
    struct crossed *item = &crossing->items[number];
    size_t size = crossing_size(crossing->plan, item);
    size_t alignment = item->is_string ? 1 : plan_object(crossing->plan, item->object)->alignment;
    item->at = crossing->side->place(crossing->context, number, size ? size : 1, alignment);
    return item->at || error_set_no_memory(reading->error);
}

/* ---- references ---- */

/* Returns the offset after the last NUL of an item that is bytes, of those that the message brings
 * and of those that stay; STRINGS_NONE without any. It is looked for once, so that many references
 * into long bytes cost no more than one. */
static uint32_t find_last_nul(const struct reading *reading, uint32_t number)
{
    const struct crossing *crossing = reading->crossing;
    const struct crossed *item = &crossing->items[number];
    size_t size = crossing_size(crossing->plan, item), brought = 0;
    const uint8_t *bytes = NULL, *last = NULL;
    if (reading->is_answer && (number >= crossing->sent || item->flow & PLAN_BACK)) {
        struct object_header header;
        memcpy(&header, reading->message + item->place, sizeof header);
        bytes = reading->message + item->place + sizeof header;
        brought = header.count;
    }
    if (brought < size)
        last = memrchr((const uint8_t *)item->at + brought, '\0', size - brought);
    if (last)
        return (uint32_t)(last - (const uint8_t *)item->at) + 1;
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

/* Do the objects of a call cross in all ways that the pointers to them say? */
static bool flows(const struct plan_part *part, const struct crossed *item)
{
    uint8_t flow = part->kind == PLAN_STRING ? PLAN_IN : part->flow & (PLAN_IN | PLAN_BACK);
    return !(flow & ~item->flow);
}

/* What both processes have may be any plain objects. */
static bool resolve_shared(struct reading *reading, const struct crossing_pointer *pointer,
                           uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    struct crossing_target target = {.object = pointer->part->object};
    size_t left;
    if (!crossing_count(pointer, &target.count))
        return refuse(reading, "has a negative number of objects");
    if (!crossing->side->find_shared ||
        !crossing->side->find_shared(crossing->context, reference, at, &left))
        return refuse(reading, "refers to shared memory that there is not");
    const char *misuse = crossing_shared_misuse(crossing->plan, &target, *at, left);
    return !misuse || refuse(reading, misuse);
}

static bool resolve_object(struct reading *reading, const struct crossing_pointer *pointer,
                           uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    uint32_t number = reference_number(reference), offset = reference_offset(reference);
    bool is_string = pointer->part->kind == PLAN_STRING;
    struct crossing_target target = {is_string ? 0 : pointer->part->object, is_string, 1};
    if (reference_kind(reference) == REFERENCE_SHARED && !is_string)
        return resolve_shared(reading, pointer, reference, at);
    if (reference_kind(reference) != REFERENCE_OBJECT)
        return refuse(reading, "has a handle or a token where an object belongs");
    if (!number || number >= crossing->count)
        return refuse(reading, "refers to an object that was not sent");
    const struct crossed *item = &crossing->items[number];
    if (number >= crossing->sent && (item->object != target.object || item->is_string != is_string))
        return refuse(reading, "refers to a new object of another type");
    if (!is_string && !crossing_count(pointer, &target.count))
        return refuse(reading, "has a negative number of objects");
    const char *misuse = crossing_misuse(crossing->plan, item, &target, offset);
    if (misuse)
        return refuse(reading, misuse);
    if (!reading->is_answer && !flows(pointer->part, item))
        return refuse(reading, "refers to an object that crosses another way");
    if (is_string && !string_ends(reading, number, offset))
        return refuse(reading, "refers to a string that does not end");
    *at = (uint8_t *)item->at + offset;
    return true;
}

static bool resolve_opaque(const struct reading *reading, const struct plan_part *part,
                           uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    enum reference_kind kind = reference_kind(reference);
    if (kind != REFERENCE_HANDLE && kind != REFERENCE_TOKEN)
        return refuse(reading, "has an object where a handle or a token belongs");
    return crossing->side->resolve(crossing->context, reference, part->object, at,
                                   reading->error) ||
           error_prefix(reading->error, "%s %s: ", what_of(reading), name_of(reading));
}

static bool resolve_function(const struct reading *reading, const struct plan_part *part,
                             uint64_t reference, void **at)
{
    const struct crossing *crossing = reading->crossing;
    enum reference_kind kind = reference_kind(reference);
    if ((kind != REFERENCE_HOST_FUNCTION && kind != REFERENCE_PLUGIN_FUNCTION) ||
        reference_offset(reference))
        return refuse(reading, "has something else where a function belongs");
    return crossing->side->resolve_function(crossing->context, reference, part->object, at,
                                            reading->error) ||
           error_prefix(reading->error, "%s %s: ", what_of(reading), name_of(reading));
}

/* Replaces the reference by a pointer. */
static bool read_reference(struct crossing_walk *walk, const struct crossing_pointer *pointer)
{
    struct reading *reading = (struct reading *)walk;
    uint64_t reference;
    void *at = NULL;
    memcpy(&reference, pointer->at, sizeof reference);
    bool is_read;
    if (!reference)
        is_read = true;
    else if (reference_kind(reference) == REFERENCE_NULL)
        is_read = refuse(reading, "has a null pointer with a number");
    else if (pointer->part->kind == PLAN_OPAQUE)
        is_read = resolve_opaque(reading, pointer->part, reference, &at);
    else if (pointer->part->kind == PLAN_FUNCTION)
        is_read = resolve_function(reading, pointer->part, reference, &at);
    else
        is_read = resolve_object(reading, pointer, reference, &at);
    if (is_read)
        memcpy(pointer->at, &at, sizeof at);
    return is_read;
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
                             .is_string = header->is_string};
    size_t size = crossing_size(reading->walk.plan, item);
    if (!(item->flow & PLAN_IN)) {
        if (size > CROSSING_BYTES_MAX - reading->zeroed)
            return refuse(reading, "needs too much memory");
        reading->zeroed += size;
    }
    if (!place_item(reading, header->number))
        return false;
    if (item->flow & PLAN_IN)
        memcpy(item->at, bytes.data, size);
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
            return refuse(reading, "has objects out of order");
        if (!receive_object(reading, &header, bytes))
            return false;
    }
    return check_end(reading);
}

void *crossing_receive(struct crossing *crossing, uint32_t function, struct bytes message,
                       struct error *error)
{
    struct reading reading = {
        .walk = {.plan = crossing->plan, .keeps_padding = true, .visit = read_reference},
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
        if (item->flow & PLAN_IN && !item->is_string &&
            !crossing_walk(&reading.walk, item->object, item->count, item->at, NULL))
            return NULL;
    }
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
        return refuse(reading, "brings back an object of another type");
    return header->count ==
               crossing_returned(reading->walk.plan, reading->function, item, result) ||
           refuse(reading, "brings back another number of objects");
}

static bool add_new(struct reading *reading, const struct object_header *header)
{
    if (reading->crossing->count == CROSSING_OBJECTS_MAX)
        return refuse(reading, "has no or too many objects");
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
            return refuse(reading, "brings back an object that does not come back");
        if (header.number != next)
            return refuse(reading, "has objects out of order");
        if (!(next < crossing->sent ? check_returned(reading, &header, result.data)
                                    : add_new(reading, &header)))
            return false;
        crossing->items[next].place = place;
    }
    if (next < crossing->sent)
        return refuse(reading, "does not bring back all objects");
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
    struct reading reading = {.walk = {.plan = crossing->plan, .visit = read_reference},
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
    if (!crossing_walk_result(&reading.walk, function, frame, result) ||
        !for_each(&reading, message, resolve_references))
        return false;
    memcpy(frame + slot->offset, result, slot->size);
    return for_each(&reading, message, apply);
}
