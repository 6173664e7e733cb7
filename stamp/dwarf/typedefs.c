/* SPDX-License-Identifier: MIT */
/* The typedefs of types without a tag, by the DIE of the type. */
#include "dwarf/typedefs.h"

#include "dwarf/die.h"
#include "src/base/array.h"

#include <dwarf.h>

/* Follows qualifiers to a type without a tag; false if the type is another one. */
static bool find_untagged(Dwarf_Die *die)
{
    enum { QUALIFIERS_MAX = 8 }; /* damaged debug information may have a cycle */
    for (int i = 0; i < QUALIFIERS_MAX && die_follow(die, DW_AT_type, die); i++) {
        switch (dwarf_tag(die)) {
        case DW_TAG_structure_type:
        case DW_TAG_class_type:
        case DW_TAG_union_type:
        case DW_TAG_enumeration_type:
            die_complete(die);
            return !dwarf_diename(die);
        case DW_TAG_const_type:
        case DW_TAG_volatile_type:
        case DW_TAG_atomic_type:
            break;
        default:
            return false;
        }
    }
    return false;
}

bool typedefs_add(struct stamp *stamp, const Dwarf_Die *die, struct error *error)
{
    struct stamp_typedefs *all = &stamp->typedefs;
    Dwarf_Die named = *die, type = *die;
    if (!find_untagged(&type) || !dwarf_diename(&named))
        return true;
    struct stamp_typedef *added =
        table_reserve(&all->by_type, &stamp->arena, all->count + 1)
            ? array_add(&stamp->arena, all->items, all->count, all->capacity)
            : NULL;
    if (!added)
        return error_set_no_memory(error);
    *added = (struct stamp_typedef){named, type.addr};
    table_add(&all->by_type, die_hash(&type), (uint32_t)(added - all->items));
    return true;
}

struct table_probe typedefs_first(const Dwarf_Die *type)
{
    return (struct table_probe){.hash = die_hash(type)};
}

bool typedefs_next(const struct stamp *stamp, const Dwarf_Die *type, struct table_probe *probe,
                   Dwarf_Die *named)
{
    for (uint32_t item; table_next(&stamp->typedefs.by_type, probe, &item);)
        if (stamp->typedefs.items[item].type == type->addr) {
            *named = stamp->typedefs.items[item].die;
            return true;
        }
    return false;
}
