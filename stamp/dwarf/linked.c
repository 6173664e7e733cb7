/* SPDX-License-Identifier: MIT */
/* What the module's files share: structs of one tag, and functions and variables of one name. */
#include "dwarf/linked.h"

#include "dwarf/die.h"
#include "src/base/array.h"

#include <dwarf.h>

static bool linked_add_record(struct stamp *stamp, Dwarf_Die *die, uint64_t scope,
                              struct error *error)
{
    struct stamp_linked *linked = &stamp->linked;
    const char *name = dwarf_diename(die);
    if (!name)
        return true;
    struct stamp_record *added =
        array_add(&stamp->arena, linked->records, linked->record_count, linked->record_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = (struct stamp_record){name, *die, scope, !die_is_declaration(die), 0};
    return true;
}

static bool linked_add_class(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    struct stamp_linked *linked = &stamp->linked;
    const char *name = dwarf_diename(die);
    const char *obstacle = stamp->grows && name ? die_layout_obstacle(die) : NULL;
    if (!obstacle)
        return true;
    struct stamp_class *added =
        array_add(&stamp->arena, linked->classes, linked->class_count, linked->class_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = (struct stamp_class){name, obstacle};
    return true;
}

static bool linked_add_external(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    struct stamp_linked *linked = &stamp->linked;
    const char *name = die_has_flag(die, DW_AT_external) ? die_linkage_name(die) : NULL;
    if (!name)
        return true;
    struct stamp_external *added = array_add(&stamp->arena, linked->externals,
                                             linked->external_count, linked->external_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = (struct stamp_external){name, *die, !die_is_declaration(die)};
    return true;
}

bool linked_add(struct stamp *stamp, Dwarf_Die *die, int tag, uint64_t scope, struct error *error)
{
    switch (tag) {
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
        return linked_add_record(stamp, die, scope, error) && linked_add_class(stamp, die, error);
    case DW_TAG_subprogram:
    case DW_TAG_variable:
        return linked_add_external(stamp, die, error);
    default:
        return true;
    }
}
