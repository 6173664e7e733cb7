/* SPDX-License-Identifier: MIT */
/* The objects of a plan, and their parts. */
#include "crossing/plan_p.h"

#include "base/array.h"
#include "types/btf_tags.h"
#include "types/layout.h"
#include "types/print.h"

#include <stdlib.h>
#include <string.h>

/* What the source may request. */
enum { ALIGNMENT_MAX = 4096 };

uint32_t plan_add_object(struct plan_maker *maker, const struct origin *origin, const char *name)
{
    if (maker->object_count >= PLAN_OBJECTS_MAX) {
        maker->is_too_much = true;
        return 0;
    }
    struct plan_object *object =
        array_add(&maker->arena, maker->objects, maker->object_count, maker->object_capacity);
    struct origin *own =
        array_add(&maker->arena, maker->origins, maker->origin_count, maker->origin_capacity);
    if (!object || !own) {
        maker->has_no_memory = true;
        return 0;
    }
    *object = (struct plan_object){.alignment = 1, .name = plan_intern(maker, name)};
    *own = *origin;
    return (uint32_t)maker->object_count - 1;
}

/* ---- objects of types ---- */

/* Adds the type's name in C; of a struct or union without a tag, that of its typedef. */
static void add_type_name(struct text *text, const struct plan_maker *maker,
                          const struct btf_unqualified *type)
{
    if (btf_is_record(type->type.kind) && !*type->type.name)
        text_add_escaped(text, *type->typedef_name         ? type->typedef_name
                               : btf_is_union(&type->type) ? "union"
                                                           : "struct");
    else
        print_shown(text, maker->btf, type->id, NULL);
}

/* Returns the largest alignment that typedefs of the type request. */
static uint32_t alignment_of_typedefs(const struct plan_maker *maker, uint32_t id)
{
    uint32_t largest = 1;
    for (;;) {
        struct btf_type type = btf_type(maker->btf, id);
        bool is_modifier = type.kind == BTF_TYPEDEF || type.kind == BTF_CONST ||
                           type.kind == BTF_VOLATILE || type.kind == BTF_RESTRICT ||
                           type.kind == BTF_TYPE_TAG || type.kind == BTF_ARRAY;
        if (!is_modifier)
            return largest;
        uint32_t requested = btf_alignment(maker->btf, id, -1);
        if (type.kind == BTF_TYPEDEF && requested > largest)
            largest = requested;
        id = type.type;
    }
}

/* Returns the alignment of a type but for its typedefs; 0 of structs that are nested too deeply. */
static uint32_t alignment_of(struct plan_maker *maker, uint32_t id)
{
    struct btf_unqualified type = plan_unqualified(maker, id);
    while (type.type.kind == BTF_ARRAY)
        type = plan_unqualified(maker, type.type.type);
    if (!btf_has_members(type.type.kind)) {
        uint64_t size = layout_size(maker->btf, type.id);
        return size && size <= 16 && (size & (size - 1)) == 0 ? (uint32_t)size : 1;
    }
    bool is_packed;
    struct layout layout = {.btf = maker->btf, .work = maker->work};
    uint32_t alignment = layout_struct_alignment(&layout, type.id, &is_packed);
    maker->work = layout.work;
    return layout.failed ? 0 : alignment;
}

/* Raises the object's alignment to what this use of its type requests. */
static void raise_alignment(struct plan_maker *maker, const struct place *place, uint32_t number,
                            uint32_t id)
{
    struct plan_object *object = &maker->objects[number];
    uint32_t requested = alignment_of_typedefs(maker, id);
    if (requested > object->alignment)
        object->alignment = requested;
    bool is_power = !(object->alignment & (object->alignment - 1));
    if (is_power && object->alignment <= ALIGNMENT_MAX)
        return;
    object->alignment = 1;
    plan_refuse(maker, place, id, "",
                "isolated plugins do not support its alignment: request at most %d bytes",
                ALIGNMENT_MAX);
}

/* Adds the object of a type that has none yet. */
static uint32_t add_object_of(struct plan_maker *maker, const struct place *place,
                              const struct btf_unqualified *type)
{
    TEXT_AUTO name = {0};
    struct origin origin = {.type = type->id, .reached = *place};
    uint64_t size = layout_size(maker->btf, type->id);
    add_type_name(&name, maker, type);
    maker->has_no_memory |= name.failed;
    uint32_t number = plan_add_object(maker, &origin, text_chars(&name));
    if (!plan_pay(maker, 1))
        return 0;
    maker->object_of[type->id] = number + 1;
    maker->objects[number].is_copied = plan_has_typed_mark(maker, type->id, MARK_ARENA);
    maker->objects[number].alignment = alignment_of(maker, type->id);
    if (!maker->objects[number].alignment && plan_pay(maker, 1)) {
        maker->objects[number].alignment = 1;
        plan_refuse(maker, place, type->id, "",
                    "its types are nested too deeply: nest fewer structs");
    }
    if (size && size <= UINT32_MAX)
        maker->objects[number].size = (uint32_t)size;
    else if (size || type->type.kind != BTF_ARRAY) /* else plan_describe tells */
        plan_refuse(maker, place, type->id, "", "isolated plugins do not support types of %s",
                    size ? "4 GiB or more" : "no bytes: give it members, or make it incomplete");
    return number;
}

uint32_t plan_object_of(struct plan_maker *maker, const struct place *place, uint32_t id)
{
    struct btf_unqualified type = plan_unqualified(maker, id);
    uint32_t known = maker->object_of[type.id];
    uint32_t number = known ? known - 1 : add_object_of(maker, place, &type);
    if (plan_pay(maker, 1))
        raise_alignment(maker, place, number, id);
    return number;
}

uint32_t plan_object_of_bytes(struct plan_maker *maker, const struct place *place)
{
    if (maker->byte_object)
        return maker->byte_object - 1;
    struct origin origin = {.is_bytes = true, .reached = *place};
    uint32_t number = plan_add_object(maker, &origin, "unsigned char");
    if (!plan_pay(maker, 1))
        return 0;
    maker->objects[number].size = 1;
    maker->byte_object = number + 1;
    return number;
}

/* ---- parts ---- */

static void add_part(struct plan_maker *maker, struct plan_object *object,
                     const struct plan_part *part)
{
    struct plan_part *added =
        maker->part_count < PLAN_PARTS_MAX
            ? array_add(&maker->arena, maker->parts, maker->part_count, maker->part_capacity)
            : NULL;
    if (!added) {
        maker->is_too_much |= maker->part_count >= PLAN_PARTS_MAX;
        maker->has_no_memory |= maker->part_count < PLAN_PARTS_MAX;
        return;
    }
    *added = *part;
    object->part_count++;
}

static void add_padding(struct plan_maker *maker, struct plan_object *object, uint64_t start,
                        uint64_t end)
{
    struct plan_part part = {
        .kind = PLAN_PADDING, .offset = (uint32_t)start, .size = (uint32_t)(end - start)};
    if (start < end)
        add_part(maker, object, &part);
}

static int compare_spans(const void *first, const void *second)
{
    const struct span *a = first, *b = second;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

/* Has a struct members that lie on each other? Those of a union do, and bit-fields share bytes. */
static bool spans_overlap(const struct plan_maker *maker)
{
    uint64_t end = 0;
    bool is_bit_field = false;
    for (size_t i = 0; i < maker->span_count; i++) {
        const struct span *span = &maker->spans[i];
        if (span->start < end && !(is_bit_field && span->is_bit_field))
            return true;
        is_bit_field = span->is_bit_field;
        end = span->end > end ? span->end : end;
    }
    return false;
}

/* In frames, what is kept is first, so that other pointers to it lead to what is kept; what is
 * counted behind pointers is last, when these have crossed. */
enum { TURNS = 3 };
static unsigned turn_of(const struct plan_part *part)
{
    return part->counted == PLAN_BEHIND ? 2 : !part->is_kept;
}

static void add_parts_of_frame(struct plan_maker *maker, struct plan_object *object)
{
    for (unsigned turn = 0; turn < TURNS; turn++)
        for (size_t i = 0; i < maker->span_count; i++) {
            const struct span *span = &maker->spans[i];
            if (span->has_part && turn_of(&span->part) == turn)
                add_part(maker, object, &span->part);
        }
}

static void add_parts(struct plan_maker *maker, struct plan_object *object)
{
    uint64_t end = 0;
    for (size_t i = 0; i < maker->span_count; i++) {
        const struct span *span = &maker->spans[i];
        add_padding(maker, object, end, span->start);
        if (span->has_part)
            add_part(maker, object, &span->part);
        end = span->end > end ? span->end : end;
    }
    add_padding(maker, object, end, object->size);
}

void plan_end_object(struct plan_maker *maker, uint32_t number)
{
    struct plan_object *object = &maker->objects[number];
    const struct origin *origin = &maker->origins[number];
    size_t count = maker->span_count;
    if (!plan_pay(maker, count + 1))
        return;
    if (count)
        qsort(maker->spans, count, sizeof *maker->spans, compare_spans);
    bool is_union = btf_type(maker->btf, origin->type).kind == BTF_UNION;
    if (!is_union && spans_overlap(maker))
        plan_refuse(maker, &(struct place){.object = number, .member = ""}, origin->type, NULL,
                    "isolated plugins do not support members that share bytes: give each its own");
    object->first_part = (uint32_t)maker->part_count;
    if (origin->is_frame)
        add_parts_of_frame(maker, object);
    else
        add_parts(maker, object);
    maker->span_count = 0;
}
