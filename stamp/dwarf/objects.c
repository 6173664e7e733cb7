/* SPDX-License-Identifier: MIT */
/* The objects of structs that the module has, as far as the debug information tells: variables,
 * parameters and results, members, bases, elements of arrays.
 *
 * Those of a unit are collected by the DIE of their struct. At its end, when the scopes of all its
 * structs are known, they join those of other units by name, scope and size; in a module with
 * packages, those of their own home. */
#include "dwarf/objects_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"
#include "dwarf/typedefs.h"
#include "src/base/array.h"
#include "src/base/hash.h"

#include <dwarf.h>

/* ---- the walk ---- */

/* For what it dropped, a linker leaves an impossible address: 0, 1, -1 or -2. */
static bool is_discarded(Dwarf_Die *die, int tag)
{
    uint64_t address;
    Dwarf_Attribute attribute;
    Dwarf_Addr low;
    if (tag == DW_TAG_subprogram) {
        if (!dwarf_attr(die, DW_AT_low_pc, &attribute) || dwarf_formaddr(&attribute, &low) != 0)
            return false;
        address = low;
    } else if (!die_address(die, &address)) {
        return false;
    }
    return address <= 1 || address >= UINT64_MAX - 1;
}

bool objects_may_be_within(Dwarf_Die *die, int tag)
{
    switch (tag) {
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_variant_part:
    case DW_TAG_variant:
    case DW_TAG_subroutine_type:
    case DW_TAG_lexical_block:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
    case DW_TAG_GNU_formal_parameter_pack:
        return true;
    case DW_TAG_subprogram:
        /* Of an inlined function, the abstract instance has the types. */
        return !dwarf_hasattr(die, DW_AT_abstract_origin);
    default:
        return false;
    }
}

struct objects_scope objects_enter(struct objects *objects, Dwarf_Die *die)
{
    struct objects_scope outer = objects->scope, *scope = &objects->scope;
    int tag = dwarf_tag(die);
    bool is_struct =
        tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
    if (is_struct || tag == DW_TAG_subprogram || tag == DW_TAG_subroutine_type)
        scope->owner = *die;
    if (objects->has_scopes && (is_struct || tag == DW_TAG_namespace)) {
        const char *name = dwarf_diename(die);
        scope->names = name ? hash_bytes(outer.names, name, strlen(name)) : outer.names;
    }
    scope->is_discarded |= tag == DW_TAG_subprogram && is_discarded(die, tag);
    return outer;
}

/* ---- the scopes of structs ---- */

static bool objects_add_type(struct objects *objects, const Dwarf_Die *die, struct error *error)
{
    struct arena *arena = &objects->stamp->arena;
    struct objects_struct *added =
        table_reserve(&objects->types_by_die, arena, objects->type_count + 1)
            ? array_add(arena, objects->types, objects->type_count, objects->type_capacity)
            : NULL;
    if (!added)
        return error_set_no_memory(error);
    *added = (struct objects_struct){die->addr, objects->scope.names};
    table_add(&objects->types_by_die, die_hash(die), (uint32_t)(added - objects->types));
    return true;
}

/* Sets the hash of the scopes around a struct; false if the walk has not reached it. */
static bool objects_scope_of(const struct objects *objects, const Dwarf_Die *die, uint64_t *names)
{
    struct table_probe probe = {.hash = die_hash(die)};
    for (uint32_t item; table_next(&objects->types_by_die, &probe, &item);)
        if (objects->types[item].address == die->addr) {
            *names = objects->types[item].names;
            return true;
        }
    return false;
}

/* ---- an object ---- */

/* The struct of which a DIE has an object. */
struct objects_target {
    Dwarf_Die type, alias; /* the innermost typedef of the struct; addr NULL: none */
    bool is_element;       /* in an array */
};

/* Follows typedefs, qualifiers and arrays to a struct; false if the type is another one. */
static bool target_find(struct objects_target *target, Dwarf_Die *type)
{
    enum { STEPS_MAX = 1024 }; /* damaged debug information may have a cycle */
    Dwarf_Die die = *type;
    Dwarf_Attribute attribute;
    for (int i = 0; i < STEPS_MAX; i++) {
        switch (dwarf_tag(&die)) {
        case DW_TAG_structure_type:
        case DW_TAG_class_type:
            target->type = die;
            die_complete(&target->type);
            return dwarf_diename(&target->type) || target->alias.addr;
        case DW_TAG_typedef:
        case DW_TAG_template_alias:
            target->alias = die;
            break;
        case DW_TAG_array_type:
            target->is_element = true;
            target->alias = (Dwarf_Die){0};
            break;
        case DW_TAG_const_type:
        case DW_TAG_volatile_type:
        case DW_TAG_restrict_type:
        case DW_TAG_atomic_type:
        case DW_TAG_immutable_type:
            break;
        default:
            return false;
        }
        if (!dwarf_attr(&die, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, &die))
            return false;
    }
    return false;
}

/* Reads the type of what the DIE describes; of a function, of its result. A definition may leave it
 * to its declaration; an inlined copy does not count. */
static bool object_type(Dwarf_Die *die, int tag, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    if (dwarf_attr(die, DW_AT_type, &attribute))
        return dwarf_formref_die(&attribute, type);
    return tag == DW_TAG_variable && dwarf_hasattr(die, DW_AT_specification) &&
           die_follow(die, DW_AT_type, type);
}

static bool is_defined(Dwarf_Die *die, int tag)
{
    if (tag == DW_TAG_member)
        return !die_is_declaration(die) && !die_has_flag(die, DW_AT_external); /* static in C++ */
    return tag != DW_TAG_variable || !die_is_declaration(die);
}

/* ---- collecting ---- */

static void place_keep(struct stamp_place *kept, const struct stamp_place *other)
{
    if (other->die.addr && (!kept->die.addr || other->order < kept->order))
        *kept = *other;
}

static void object_keep(struct stamp_object *kept, const struct stamp_object *other)
{
    for (size_t i = 0; i < sizeof kept->places / sizeof *kept->places; i++)
        place_keep(&kept->places[i], &other->places[i]);
}

/* Finds the struct among those of this unit; makes it the first time. */
static struct stamp_object *objects_find(struct objects *objects,
                                         const struct objects_target *target, Dwarf_Off home,
                                         struct error *error)
{
    struct arena *arena = &objects->stamp->arena;
    struct table_probe probe = {.hash = die_hash(&target->type)};
    for (uint32_t item; table_next(&objects->found_by_die, &probe, &item);)
        if (objects->found[item].die.addr == target->type.addr &&
            objects->found[item].object.home == home)
            return &objects->found[item].object;
    struct objects_found *added =
        table_reserve(&objects->found_by_die, arena, objects->found_count + 1)
            ? array_add(arena, objects->found, objects->found_count, objects->found_capacity)
            : NULL;
    if (!added) {
        error_set_no_memory(error);
        return NULL;
    }
    *added = (struct objects_found){target->type,
                                    objects->has_scopes,
                                    {.type = target->type, .names = HASH_START, .home = home}};
    struct stamp_object *object = &added->object;
    if (!dwarf_diename(&object->type))
        object->type = target->alias;
    object->name = dwarf_diename(&object->type);
    if (die_is_declaration(&added->die) ||
        !die_unsigned(&added->die, DW_AT_byte_size, &object->size))
        object->size = UINT64_MAX;
    table_add(&objects->found_by_die, probe.hash, (uint32_t)(added - objects->found));
    return object;
}

bool objects_add(struct objects *objects, Dwarf_Die *die, int tag, struct error *error)
{
    struct objects_target target = {.is_element = tag == DW_TAG_array_type};
    Dwarf_Die type;
    switch (tag) {
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
        return !objects->has_scopes || objects_add_type(objects, die, error);
    case DW_TAG_typedef:
    case DW_TAG_template_alias:
        return typedefs_add(objects->stamp, die, error);
    case DW_TAG_variable:
    case DW_TAG_formal_parameter:
    case DW_TAG_member:
    case DW_TAG_inheritance:
    case DW_TAG_subprogram:
    case DW_TAG_subroutine_type:
    case DW_TAG_array_type:
        break;
    default:
        return true;
    }
    if (objects->scope.is_discarded || !object_type(die, tag, &type) ||
        !target_find(&target, &type) || (!target.is_element && !is_defined(die, tag)) ||
        is_discarded(die, tag))
        return true;
    struct stamp *stamp = objects->stamp;
    Dwarf_Off home = stamp->has_packages ? die_home(stamp->dwarf, die) : 0;
    struct stamp_object *object = objects_find(objects, &target, home, error);
    enum stamp_place_kind kind = tag == DW_TAG_array_type ? PLACE_ARRAY
                                 : target.is_element      ? PLACE_ELEMENTS
                                                          : PLACE_OBJECT;
    if (object)
        place_keep(&object->places[kind],
                   &(struct stamp_place){*die, objects->scope.owner, objects->order++});
    return object;
}

/* ---- the structs of all units ---- */

static bool objects_join(struct objects *objects, const struct stamp_object *object,
                         struct error *error)
{
    struct stamp *stamp = objects->stamp;
    struct stamp_objects *all = &stamp->objects;
    uint64_t hash = hash_bytes(object->names ^ object->size, object->name, strlen(object->name));
    struct table_probe probe = {.hash = (uint32_t)(hash >> 32)};
    for (uint32_t item; table_next(&objects->by_name, &probe, &item);) {
        struct stamp_object *other = &all->items[item];
        if (other->names == object->names && other->size == object->size &&
            other->home == object->home && !strcmp(other->name, object->name)) {
            object_keep(other, object);
            return true;
        }
    }
    struct stamp_object *added =
        table_reserve(&objects->by_name, &stamp->arena, all->count + 1)
            ? array_add(&stamp->arena, all->items, all->count, all->capacity)
            : NULL;
    if (!added)
        return error_set_no_memory(error);
    *added = *object;
    table_add(&objects->by_name, probe.hash, (uint32_t)(added - all->items));
    return true;
}

/* Is all known that names the struct: its scopes and, without a tag, its typedefs? Another unit may
 * have these. */
static bool objects_found_is_named(const struct objects *objects, struct objects_found *found)
{
    bool has_scopes =
        !found->is_scoped || objects_scope_of(objects, &found->die, &found->object.names);
    return has_scopes && dwarf_diename(&found->die);
}

/* Joins a struct without a tag by each of its typedefs: a symbol may lead to it by another one than
 * the object. */
static bool objects_join_typedefs(struct objects *objects, const struct objects_found *found,
                                  struct error *error)
{
    struct table_probe probe = typedefs_first(&found->die);
    struct stamp_object object = found->object;
    while (typedefs_next(objects->stamp, &found->die, &probe, &object.type)) {
        object.name = dwarf_diename(&object.type);
        if (!objects_join(objects, &object, error))
            return false;
    }
    return true;
}

/* Keeps the structs that are not named yet. */
static bool objects_join_known(struct objects *objects, bool is_end, struct error *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < objects->found_count; i++) {
        struct objects_found *found = &objects->found[i];
        if (!objects_found_is_named(objects, found) && !is_end) {
            objects->found[kept++] = *found;
            continue;
        }
        if (!objects_join(objects, &found->object, error) ||
            (!dwarf_diename(&found->die) && !objects_join_typedefs(objects, found, error)))
            return false;
    }
    table_empty(&objects->found_by_die);
    for (size_t i = 0; i < kept; i++)
        table_add(&objects->found_by_die, die_hash(&objects->found[i].die), (uint32_t)i);
    objects->found_count = kept;
    return true;
}

bool objects_begin(struct objects *objects, Dwarf_Die *unit, struct error *error)
{
    if (!objects_join_known(objects, !unit, error))
        return false;
    objects->scope = (struct objects_scope){.names = HASH_START};
    objects->has_scopes = unit && !language_is_c(unit);
    return true;
}
