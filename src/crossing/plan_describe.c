/* SPDX-License-Identifier: MIT */
/* Describes the objects of a plan: what is in each, by its type. */
#include "crossing/plan_p.h"

#include "types/btf_tags.h"

#include <string.h>

static void describe_member(struct plan_maker *maker, uint32_t number, const struct btf_type *type,
                            uint32_t index)
{
    struct btf_member member = btf_member(maker->btf, type, index);
    struct place place = {.object = number, .member = member.name};
    struct pointing pointing = {0};
    if (plan_is_go_value(maker, type))
        plan_add_go_member(maker, &place, &member);
    else if (!strcmp(member.name, BTF_VIRTUAL_POINTER) && type->kind == BTF_STRUCT)
        plan_refuse(maker, &place, member.type, member.name,
                    "isolated plugins do not support classes with virtual functions: use a struct");
    else if (member.bit_size)
        plan_add_bit_field(maker, &place, &member, 0);
    else if (member.bit_offset % 8)
        plan_refuse(maker, &place, member.type, member.name,
                    "it starts within a byte: the stamp is damaged");
    else if (type->kind == BTF_UNION)
        plan_add_leaves(maker, &place, member.type, member.name, 0, 0);
    else if (plan_find_member_marks(maker, &place, &member, &pointing))
        plan_add_value(maker, &place, member.type, member.name, member.bit_offset / 8, &pointing);
}

static void describe_object(struct plan_maker *maker, uint32_t number)
{
    const struct origin *origin = &maker->origins[number];
    uint32_t id = origin->type;
    struct btf_type type = btf_type(maker->btf, id);
    if (origin->is_bytes)
        return;
    if (btf_has_members(type.kind)) {
        plan_check_member_marks(maker, number);
        for (uint32_t i = 0; i < type.length && plan_pay(maker, 1); i++)
            describe_member(maker, number, &type, i);
    } else {
        plan_add_value(maker, &(struct place){.object = number}, id, "", 0, NULL);
    }
    plan_end_object(maker, number);
}

void plan_describe(struct plan_maker *maker)
{
    size_t functions = 0;
    for (uint32_t i = 0; plan_pay(maker, 1);) {
        if (i < maker->object_count && !maker->origins[i].is_frame)
            describe_object(maker, i++);
        else if (i < maker->object_count)
            i++;
        else if (functions < maker->pointed_count)
            plan_add_pointed(maker, functions++);
        else
            return;
    }
}

/* ---- objects in objects ---- */

/* Passes what is said of embedded objects on to those that have them. Returns whether that changed
 * anything. */
static bool pass_on(struct plan_maker *maker)
{
    bool is_changed = false;
    for (size_t i = 0; i < maker->object_count; i++) {
        struct plan_object *object = &maker->objects[i];
        struct origin *own = &maker->origins[i];
        for (uint32_t k = 0; k < object->part_count; k++) {
            const struct plan_part *part = &maker->parts[object->first_part + k];
            bool is_embedded = part->kind == PLAN_EMBEDDED;
            const struct origin *inner = is_embedded ? &maker->origins[part->object] : NULL;
            uint32_t levels = inner ? inner->levels + 1 : 0;
            bool has_parts = own->has_parts || !inner || inner->has_parts;
            bool has_pointers =
                own->has_pointers || (inner ? inner->has_pointers : part->kind != PLAN_PADDING);
            is_changed |= levels > own->levels || has_parts != own->has_parts ||
                          has_pointers != own->has_pointers;
            own->levels = levels > own->levels ? levels : own->levels;
            own->has_parts = has_parts;
            own->has_pointers = has_pointers;
        }
    }
    return is_changed;
}

/* Drops embedded objects without parts. */
static void drop_parts(const struct plan_maker *maker, struct plan_object *object)
{
    uint32_t kept = 0;
    for (uint32_t k = 0; k < object->part_count; k++) {
        const struct plan_part *part = &maker->parts[object->first_part + k];
        if (part->kind != PLAN_EMBEDDED || maker->origins[part->object].has_parts)
            maker->parts[object->first_part + kept++] = *part;
    }
    object->part_count = kept;
}

/* Tells of one object that has objects by value to a depth that only hostile files reach. */
static void check_levels(struct plan_maker *maker)
{
    for (uint32_t i = 0; i < maker->object_count; i++)
        if (maker->origins[i].levels > PLAN_LEVELS_MAX && !maker->origins[i].is_frame) {
            plan_refuse(maker, &(struct place){.object = i, .member = ""}, maker->origins[i].type,
                        NULL, "its types are nested too deeply: nest fewer structs");
            return;
        }
}

/* Says whether an object has pointers that cross by tables of a side: what the other one writes
 * into shared memory must not become such. */
static bool has_numbered(struct plan_maker *maker, uint32_t number, unsigned level)
{
    const struct plan_object *object = &maker->objects[number];
    bool has = false;
    for (uint32_t k = 0;
         k < object->part_count && !has && level < PLAN_LEVELS_MAX && plan_pay(maker, 1); k++) {
        const struct plan_part *part = &maker->parts[object->first_part + k];
        has = part->kind == PLAN_OPAQUE || part->kind == PLAN_FUNCTION ||
              (part->kind == PLAN_EMBEDDED && has_numbered(maker, part->object, level + 1));
    }
    return has;
}

static void check_copied(struct plan_maker *maker)
{
    for (uint32_t i = 0; i < maker->object_count && plan_pay(maker, 1); i++)
        if (maker->objects[i].is_copied && maker->objects[i].has_pointers &&
            has_numbered(maker, i, 0))
            plan_refuse(
                maker, &(struct place){.object = i, .member = ""}, maker->origins[i].type, NULL,
                "PLUGIN_ARENA, but it has pointers to functions, or such that are passed as "
                "they are: pass these as parameters");
}

void plan_prune(struct plan_maker *maker)
{
    unsigned rounds = 0;
    while (rounds++ <= PLAN_LEVELS_MAX && plan_pay(maker, maker->object_count) && pass_on(maker))
        continue;
    if (!plan_pay(maker, 1))
        return;
    check_levels(maker);
    for (size_t i = 0; i < maker->object_count; i++) {
        maker->objects[i].has_pointers = maker->origins[i].has_pointers;
        drop_parts(maker, &maker->objects[i]);
    }
    check_copied(maker);
}
