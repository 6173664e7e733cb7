/* SPDX-License-Identifier: MIT */
/* Writes messages: the objects of a call, or of the answer to one. Objects are added at the end as
 * pointers to them are met, and the walk goes over the message, so what is walked is the copy. */
#include "crossing/crossing_p.h"
#include "crossing/kept.h"

#include <assert.h>
#include <string.h>

struct writing {
    struct crossing_walk walk; /* first: visits get it */
    struct crossing *crossing;
    uint32_t function;
    bool is_answer;
    bool is_kept;   /* the object that is walked is */
    bool is_shared; /* likewise: it was copied out of memory that both processes have */
    uint8_t *message;
    size_t room, used;
    size_t back; /* bytes that an answer needs for what comes back */
    uint32_t objects;
    struct error *error;
};

/* ---- errors ---- */

/* Puts the place of the pointer before the error. */
static bool fail_at(const struct writing *writing, const struct crossing_pointer *pointer)
{
    const struct plan *plan = writing->walk.plan;
    const struct plan_function *function = plan_function(plan, writing->function);
    const char *name = plan_name(plan, function->name);
    uint32_t offset = pointer->part->offset;
    if (pointer->object != function->frame)
        return error_prefix(writing->error, "%s: the pointer at byte %u of %s: ", name, offset,
                            plan_name(plan, plan_object(plan, pointer->object)->name));
    uint32_t i = 0;
    while (i < function->parameter_count &&
           offset - plan_slot(plan, function->first_slot + i)->offset >=
               plan_slot(plan, function->first_slot + i)->size)
        i++;
    if (i == function->parameter_count)
        return error_prefix(writing->error, "%s: the result: ", name);
    const char *parameter = plan_name(plan, plan_slot(plan, function->first_slot + i)->name);
    if (*parameter)
        return error_prefix(writing->error, "%s: parameter %s: ", name, parameter);
    return error_prefix(writing->error, "%s: parameter %u: ", name, i + 1);
}

/* What nobody points to from here: the frame, and what comes back. */
static bool fail_whole(const struct writing *writing)
{
    const struct plan *plan = writing->walk.plan;
    error_set(writing->error, PLUGIN_UNSUPPORTED, "%s: %s does not fit in %zu bytes",
              plan_name(plan, plan_function(plan, writing->function)->name),
              writing->is_answer ? "what comes back" : "the call", writing->room);
    return false;
}

static bool fail_large(const struct writing *writing, const struct crossing_pointer *pointer,
                       uint64_t count)
{
    const struct plan *plan = writing->walk.plan;
    error_set(writing->error, PLUGIN_UNSUPPORTED,
              "%llu of %s do not fit in what is left of a message of %zu bytes",
              (unsigned long long)count,
              plan_name(plan, plan_object(plan, pointer->part->object)->name), writing->room);
    return fail_at(writing, pointer);
}

static bool fail_negative(const struct writing *writing, const struct crossing_pointer *pointer)
{
    error_set(writing->error, writing->is_answer ? PLUGIN_MISFIT : PLUGIN_UNSUPPORTED,
              "the number of objects is negative");
    return fail_at(writing, pointer);
}

/* ---- the message ---- */

static size_t room_left(const struct writing *writing)
{
    size_t left = writing->room - writing->used;
    return left < sizeof(struct object_header) ? 0 : left - sizeof(struct object_header);
}

/* Adds a header, and room for so many bytes, of which those of the last 16 that are not the
 * object's are zeroes. Returns where the object's bytes belong; NULL without room. */
static uint8_t *append(struct writing *writing, const struct object_header *header, size_t size)
{
    size_t aligned = message_aligned(size);
    if (writing->room - writing->used < sizeof *header || aligned > room_left(writing))
        return NULL;
    uint8_t *at = writing->message + writing->used;
    memcpy(at, header, sizeof *header);
    at += sizeof *header;
    if (aligned > size)
        memset(at + aligned - MESSAGE_ALIGNMENT, 0, MESSAGE_ALIGNMENT);
    writing->used += sizeof *header + aligned;
    writing->objects++;
    return at;
}

/* Adds as many of this item as the count says. */
static bool append_item(struct writing *writing, uint32_t number, uint32_t count)
{
    struct crossed *item = &writing->crossing->items[number];
    struct object_header header = {.number = number,
                                   .object = item->object,
                                   .count = count,
                                   .flow = writing->is_answer ? 0 : item->flow,
                                   .is_string = item->is_string,
                                   .kept = writing->is_answer ? 0 : item->kept};
    struct crossed part = *item;
    part.count = count;
    size_t size = crossing_size(writing->walk.plan, &part), place = writing->used;
    uint8_t *at = append(writing, &header, size);
    if (!at)
        return false;
    item->place = (uint32_t)place;
    if (size)
        memcpy(at, item->at, size);
    /* A string that another thread of the caller makes longer meanwhile ends all the same. */
    if (item->is_string)
        at[size - 1] = '\0';
    return true;
}

/* Adds an object of a call that crosses as its size alone. */
static bool append_size(struct writing *writing, uint32_t number)
{
    const struct crossed *item = &writing->crossing->items[number];
    struct object_header header = {.number = number,
                                   .object = item->object,
                                   .count = item->count,
                                   .flow = item->flow,
                                   .is_string = item->is_string};
    return append(writing, &header, 0);
}

static bool begin(struct writing *writing)
{
    size_t room = writing->room < CROSSING_BYTES_MAX ? writing->room : CROSSING_BYTES_MAX;
    writing->room = room / MESSAGE_ALIGNMENT * MESSAGE_ALIGNMENT;
    writing->used = sizeof(struct message_header);
    return writing->room >= writing->used;
}

static void end(struct writing *writing, size_t *size)
{
    struct message_header header = {.size = (uint32_t)writing->used,
                                    .objects = writing->objects,
                                    .function = writing->function};
    memcpy(writing->message, &header, sizeof header);
    *size = writing->used;
}

/* ---- pointers ---- */

/* Sets *number to that of the object of a call that has the count of this pointer, which has
 * crossed; 0: there is none. */
static bool find_counter(struct writing *writing, const struct crossing_pointer *pointer,
                         uint32_t *number)
{
    uint64_t reference;
    memcpy(&reference, pointer->counts + pointer->part->count_offset, sizeof reference);
    *number = reference_number(reference);
    if (!reference || reference_kind(reference) == REFERENCE_OBJECT)
        return true;
    error_set(writing->error, PLUGIN_WRONG_TYPE,
              "the number of objects lies in memory that may change meanwhile: pass a pointer to a "
              "variable of the caller's own");
    return fail_at(writing, pointer);
}

/* Reads a count behind a pointer: of a call, from the copy that crosses. */
static bool count_behind(struct writing *writing, const struct crossing_pointer *pointer,
                         uint64_t *count)
{
    struct crossing *crossing = writing->crossing;
    uint32_t number;
    *count = 0;
    if (writing->is_answer)
        return crossing_count_result(crossing, pointer->part, writing->message, count,
                                     writing->error) ||
               fail_at(writing, pointer);
    if (!find_counter(writing, pointer, &number))
        return false;
    const uint8_t *bytes =
        writing->message + crossing->items[number].place + sizeof(struct object_header);
    return !number || crossing_count_at(pointer->part, bytes, count) ||
           fail_negative(writing, pointer);
}

/* Sets *target to what the pointer leads to. */
static bool measure(struct writing *writing, const struct crossing_pointer *pointer,
                    struct crossing_target *target)
{
    bool is_string = pointer->part->kind == PLAN_STRING;
    *target = (struct crossing_target){.object = is_string ? 0 : pointer->part->object,
                                       .is_string = is_string,
                                       .is_kept = !writing->is_answer &&
                                                  (pointer->part->is_kept || writing->is_kept),
                                       .count = 1};
    if (!is_string && pointer->part->counted == PLAN_BEHIND)
        return count_behind(writing, pointer, &target->count);
    return is_string || crossing_count(pointer, &target->count) || fail_negative(writing, pointer);
}

/* Who writes shared memory can take the end of a string away. */
static size_t string_room(const struct writing *writing, const char *string)
{
    const struct crossing *crossing = writing->crossing;
    uint64_t reference;
    size_t left, room = room_left(writing);
    bool is_shared = crossing->side->share &&
                     crossing->side->share(crossing->context, string, &reference, &left);
    return is_shared && left < room ? left : room;
}

/* Sets the target's count to that of the string's bytes. */
static bool measure_string(struct writing *writing, const struct crossing_pointer *pointer,
                           const char *string, struct crossing_target *target)
{
    size_t left = string_room(writing, string), length = strnlen(string, left);
    target->count = length + 1;
    if (length < left)
        return true;
    if (left < room_left(writing)) {
        error_set(writing->error, PLUGIN_WRONG_TYPE,
                  "the string does not end within the shared memory that has it");
        return fail_at(writing, pointer);
    }
    error_set(writing->error, PLUGIN_UNSUPPORTED,
              "the string is longer than the %zu bytes that are left of the message",
              left ? left - 1 : 0);
    return fail_at(writing, pointer);
}

/* Looks for an object that the pointer may refer to: that starts there, or of the caller's, also in
 * the middle. */
static bool find(struct writing *writing, const void *at, const struct crossing_target *target,
                 uint32_t *number, uint32_t *offset)
{
    struct crossing *crossing = writing->crossing;
    *offset = 0;
    return crossing_find(crossing, at, target, number, writing->error) &&
           (*number || !writing->is_answer ||
            crossing_find_within(crossing, at, target, number, offset, writing->error));
}

static bool add(struct writing *writing, const struct crossing_pointer *pointer, void *at,
                struct crossing_target *target, uint32_t *number)
{
    struct crossing *crossing = writing->crossing;
    if (target->is_string && !measure_string(writing, pointer, at, target))
        return false;
    if (target->count > CROSSING_BYTES_MAX)
        return fail_large(writing, pointer, target->count);
    if (crossing->count == CROSSING_OBJECTS_MAX) {
        error_set(writing->error, PLUGIN_UNSUPPORTED, "a message has at most %d objects",
                  CROSSING_OBJECTS_MAX);
        return fail_at(writing, pointer);
    }
    struct crossed *item = crossing_add(crossing, writing->error);
    if (!item)
        return false;
    item->at = at;
    item->object = target->object;
    item->count = (uint32_t)target->count;
    item->is_string = target->is_string;
    item->is_shared = target->is_shared;
    *number = (uint32_t)crossing->count - 1;
    return true;
}

/* Which way the pointer copies. In an answer, all that is new crosses. */
static uint8_t flow_of(const struct writing *writing, const struct plan_part *part)
{
    if (writing->is_answer || writing->is_kept || part->kind == PLAN_STRING)
        return PLAN_IN;
    bool is_whole = part->flow & PLAN_BACK && !part->is_by_result && !part->is_by_count;
    return (part->flow & (PLAN_IN | PLAN_BACK)) | (is_whole ? CROSSED_WHOLE : 0);
}

/* Says which object has the number of those that come back. If that is one behind it, or not the
 * same for all pointers that lead there, all come back. */
static bool set_counter(struct writing *writing, const struct crossing_pointer *pointer,
                        uint32_t number, uint8_t *flow)
{
    struct crossed *item = &writing->crossing->items[number];
    uint32_t counter;
    if (!find_counter(writing, pointer, &counter))
        return false;
    bool is_other = item->flow & PLAN_BACK && item->counter != counter;
    if (!counter || counter >= number || is_other)
        *flow |= CROSSED_WHOLE;
    item->counter = counter;
    item->counted = pointer->part;
    return true;
}

/* Adds the way of this pointer to those of its object, and what that needs: bytes, or room for them
 * in an answer. */
static bool add_flow(struct writing *writing, const struct crossing_pointer *pointer,
                     uint32_t number)
{
    struct crossed *item = &writing->crossing->items[number];
    uint8_t before = item->flow, flow = flow_of(writing, pointer->part);
    if (flow & PLAN_BACK && pointer->part->is_by_count &&
        !set_counter(writing, pointer, number, &flow))
        return false;
    item->flow |= flow;
    if (flow != PLAN_IN && !(before & PLAN_BACK)) {
        size_t size =
            sizeof(struct object_header) + message_aligned(crossing_size(writing->walk.plan, item));
        if (size > writing->room - writing->back)
            return fail_large(writing, pointer, item->count);
        writing->back += size;
    }
    if (flow & PLAN_IN && !item->place)
        return append_item(writing, number, item->count) ||
               fail_large(writing, pointer, item->count);
    if (item->place && !writing->is_answer)
        writing->message[item->place + offsetof(struct object_header, flow)] = item->flow;
    return true;
}

/* Sets *reference to the place of what lies in memory that both processes have; to 0 if it does
 * not. */
static bool share(struct writing *writing, const struct crossing_pointer *pointer, const void *at,
                  struct crossing_target *target, uint64_t *reference)
{
    const struct crossing *crossing = writing->crossing;
    size_t left;
    *reference = 0;
    if (target->is_string || !crossing->side->share ||
        !crossing->side->share(crossing->context, at, reference, &left))
        return true;
    const char *misuse = crossing_shared_misuse(crossing->plan, target, at, left);
    target->is_shared = plan_object(crossing->plan, target->object)->has_pointers;
    if (target->is_shared)
        *reference = 0; /* it is copied */
    if (!misuse)
        return true;
    error_set(writing->error, PLUGIN_WRONG_TYPE, "it %s (%llu of %s)", misuse,
              (unsigned long long)target->count,
              plan_name(crossing->plan, plan_object(crossing->plan, target->object)->name));
    return fail_at(writing, pointer);
}

/* Both processes may write to shared memory: from there, pointers lead nowhere else. */
static bool check_stays(struct writing *writing, const struct crossing_pointer *pointer,
                        const void *at)
{
    const struct crossing *crossing = writing->crossing;
    uint64_t reference;
    size_t left;
    if (!writing->is_shared || crossing->side->share(crossing->context, at, &reference, &left))
        return true;
    error_set(writing->error, PLUGIN_WRONG_TYPE, "it leads out of the shared memory that has it");
    return fail_at(writing, pointer);
}

/* Does the pointer lead to what the other side gave to be kept? `target` is NULL: of any type. */
static bool is_theirs(const struct writing *writing, const void *at,
                      const struct crossing_target *target, uint64_t *reference)
{
    const struct crossing *crossing = writing->crossing;
    return crossing->plan->has_kept &&
           crossing->side->refer_kept(crossing->context, at, target, reference);
}

/* Gives the object its number among those that are kept. */
static bool keep(struct writing *writing, const struct crossing_pointer *pointer, uint32_t number)
{
    const struct crossing *crossing = writing->crossing;
    struct crossed *item = &crossing->items[number];
    bool is_given = pointer->part->is_kept;
    if (item->kept & OBJECT_GIVEN || (item->kept && !is_given))
        return true;
    struct kept_object object = {
        .at = item->at,
        .is = {.object = item->object, .is_string = item->is_string, .count = item->count},
        .size = crossing_size(crossing->plan, item),
        .is_given = is_given};
    uint32_t kept;
    if (!crossing->side->keep(crossing->context, &object, &kept, writing->error))
        return fail_at(writing, pointer);
    item->kept = (uint16_t)((kept + 1) | (is_given ? OBJECT_GIVEN : 0));
    if (item->place)
        memcpy(writing->message + item->place + offsetof(struct object_header, kept), &item->kept,
               sizeof item->kept);
    return true;
}

/* The reference to what the pointer leads to. */
static bool cross(struct writing *writing, const struct crossing_pointer *pointer, void *at,
                  uint64_t *reference)
{
    struct crossing_target target;
    uint32_t number, offset;
    if (!measure(writing, pointer, &target) || !check_stays(writing, pointer, at))
        return false;
    if (is_theirs(writing, at, &target, reference))
        return true;
    if (!share(writing, pointer, at, &target, reference))
        return false;
    if (*reference)
        return true;
    if (!find(writing, at, &target, &number, &offset) ||
        (!number && !add(writing, pointer, at, &target, &number)) ||
        (target.is_kept && !keep(writing, pointer, number)))
        return false;
    *reference = reference_make(REFERENCE_OBJECT, number, offset);
    bool is_sent = writing->is_answer && number < writing->crossing->sent;
    return is_sent || add_flow(writing, pointer, number);
}

/* Who gets a string of Go does not ask whether it is there. Of an answer, the host sees to it. */
static bool check_null(struct writing *writing, const struct crossing_pointer *pointer)
{
    uint64_t count;
    if (writing->is_answer || !pointer->part->is_of_go ||
        (crossing_count(pointer, &count) && !count))
        return true;
    error_set(writing->error, PLUGIN_WRONG_TYPE, "it has a length, and no data");
    return fail_at(writing, pointer);
}

static bool write_reference(struct crossing_walk *walk, const struct crossing_pointer *pointer)
{
    struct writing *writing = (struct writing *)walk;
    const struct crossing *crossing = writing->crossing;
    uint64_t reference = 0;
    void *at;
    memcpy(&at, pointer->at, sizeof at);
    bool is_opaque = pointer->part->kind == PLAN_OPAQUE;
    bool is_void = is_opaque && !strcmp(plan_name(crossing->plan, pointer->part->object), "void");
    if (at && is_void && is_theirs(writing, at, NULL, &reference)) {
        /* The owner's own, whatever it is. */
    } else if (at && (is_opaque || pointer->part->kind == PLAN_FUNCTION)) {
        if (!(is_opaque ? crossing->side->refer : crossing->side->refer_function)(
                crossing->context, at, pointer->part->object, &reference, writing->error))
            return fail_at(writing, pointer);
    } else if (!(at ? cross(writing, pointer, at, &reference) : check_null(writing, pointer))) {
        return false;
    }
    memcpy(pointer->at, &reference, sizeof reference);
    return true;
}

/* Walks over the objects from this place on, and those that are added meanwhile. */
static bool walk_message(struct writing *writing, size_t place)
{
    while (place < writing->used) {
        struct object_header header;
        memcpy(&header, writing->message + place, sizeof header);
        place += sizeof header;
        writing->is_kept = header.kept;
        writing->is_shared = writing->crossing->items[header.number].is_shared;
        if (!header.is_string && !crossing_walk(&writing->walk, header.object, header.count,
                                                writing->message + place, NULL))
            return false;
        struct crossed item = {
            .object = header.object, .count = header.count, .is_string = header.is_string};
        place += message_aligned(crossing_size(writing->walk.plan, &item));
    }
    return true;
}

/* ---- a call ---- */

static bool append_sizes(struct writing *writing)
{
    for (uint32_t i = 1; i < writing->crossing->count; i++)
        if (!writing->crossing->items[i].place && !append_size(writing, i))
            return fail_whole(writing);
    return true;
}

/* The result's count, too, must be one that nobody changes while it is used. */
static bool check_result_count(struct writing *writing, const uint8_t *frame)
{
    const struct plan *plan = writing->walk.plan;
    const struct plan_part *part = crossing_result_part(plan, writing->function);
    struct crossing_pointer pointer = {
        .part = part, .object = plan_function(plan, writing->function)->frame, .counts = frame};
    uint32_t number;
    return !part || part->counted != PLAN_BEHIND || find_counter(writing, &pointer, &number);
}

bool crossing_call(struct crossing *crossing, uint32_t function, void *frame, uint8_t *message,
                   size_t room, size_t *size, struct error *error)
{
    const struct plan_slot *result = crossing_result_slot(crossing->plan, function);
    struct writing writing = {.walk = {.plan = crossing->plan, .visit = write_reference},
                              .crossing = crossing,
                              .function = function,
                              .message = message,
                              .room = room,
                              .error = error};
    assert(!crossing->count);
    struct crossed *item = crossing_add(crossing, error);
    if (!item)
        return false;
    *item = (struct crossed){.at = frame,
                             .object = plan_function(crossing->plan, function)->frame,
                             .count = 1,
                             .flow = PLAN_IN};
    if (!begin(&writing) || !append_item(&writing, 0, 1))
        return fail_whole(&writing);
    uint8_t *copy = message + item->place + sizeof(struct object_header);
    memset(copy + result->offset, 0, result->size);
    writing.back = sizeof(struct message_header) + sizeof(struct object_header);
    if (message_aligned(result->size) > writing.room - writing.back)
        return fail_whole(&writing);
    writing.back += message_aligned(result->size);
    if (!walk_message(&writing, sizeof(struct message_header)) || !append_sizes(&writing) ||
        !check_result_count(&writing, copy))
        return false;
    end(&writing, size);
    crossing->sent = crossing->count;
    return true;
}

/* ---- an answer ---- */

/* Adds the result, and returns the place of its copy; NULL without room. */
static uint8_t *append_result(struct writing *writing)
{
    const struct crossed *frame = &writing->crossing->items[0];
    const struct plan_slot *slot = crossing_result_slot(writing->walk.plan, writing->function);
    struct object_header header = {.object = frame->object, .count = 1};
    uint8_t *copy = append(writing, &header, slot->size);
    if (copy)
        memcpy(copy, (const uint8_t *)frame->at + slot->offset, slot->size);
    return copy;
}

static bool append_returned(struct writing *writing, const uint8_t *result)
{
    const struct crossing *crossing = writing->crossing;
    for (uint32_t i = 1; i < crossing->sent; i++) {
        const struct crossed *item = &crossing->items[i];
        if (item->flow & PLAN_BACK &&
            !append_item(
                writing, i,
                crossing_returned(crossing, writing->function, item, result, writing->message)))
            return false;
    }
    return true;
}

bool crossing_answer(struct crossing *crossing, uint32_t function, uint8_t *message, size_t room,
                     size_t *size, struct error *error)
{
    struct writing writing = {.walk = {.plan = crossing->plan, .visit = write_reference},
                              .crossing = crossing,
                              .function = function,
                              .is_answer = true,
                              .message = message,
                              .room = room,
                              .error = error};
    assert(crossing->count == crossing->sent && crossing->sent);
    if (!begin(&writing))
        return fail_whole(&writing);
    uint8_t *copy = append_result(&writing);
    size_t place = writing.used;
    if (!copy || !append_returned(&writing, copy))
        return fail_whole(&writing);
    if (!crossing_walk_result(&writing.walk, function, crossing->items[0].at, copy) ||
        !walk_message(&writing, place))
        return false;
    end(&writing, size);
    return true;
}
