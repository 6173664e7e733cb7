/* SPDX-License-Identifier: MIT */
/* Reads a DIE: its own attributes, and those of the DIE that it completes. */
#include "dwarf/die.h"

#include "dwarf/language.h"

#include <dwarf.h>

bool error_set_libdw(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "%s: libdw: %s", what, dwarf_errmsg(-1));
}

Dwarf_Attribute *die_attribute(Dwarf_Die *die, unsigned name, Dwarf_Attribute *attribute)
{
    return dwarf_attr_integrate(die, name, attribute);
}

bool die_follow(Dwarf_Die *die, unsigned name, Dwarf_Die *target)
{
    Dwarf_Attribute attribute;
    return die_attribute(die, name, &attribute) && dwarf_formref_die(&attribute, target);
}

bool die_follow_pointer(Dwarf_Die *die, Dwarf_Die *target)
{
    Dwarf_Die pointer;
    return die_follow(die, DW_AT_type, &pointer) && dwarf_peel_type(&pointer, &pointer) == 0 &&
           dwarf_tag(&pointer) == DW_TAG_pointer_type && die_follow(&pointer, DW_AT_type, target);
}

bool die_has_flag(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    bool flag = false;
    return die_attribute(die, name, &attribute) && dwarf_formflag(&attribute, &flag) == 0 && flag;
}

bool die_unsigned(Dwarf_Die *die, unsigned name, uint64_t *value)
{
    Dwarf_Attribute attribute;
    Dwarf_Word word;
    if (!die_attribute(die, name, &attribute) || dwarf_formudata(&attribute, &word) != 0)
        return false;
    *value = word;
    return true;
}

bool die_is_declaration(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    bool flag = false;
    return dwarf_attr(die, DW_AT_declaration, &attribute) &&
           dwarf_formflag(&attribute, &flag) == 0 && flag;
}

/* Is the member in each object? Those of other kinds are static. */
static bool is_data(Dwarf_Die *child)
{
    return dwarf_tag(child) == DW_TAG_member && !die_is_declaration(child) &&
           !die_has_flag(child, DW_AT_external);
}

const char *die_layout_obstacle(Dwarf_Die *die)
{
    Dwarf_Die child;
    uint64_t first = 0;
    bool is_cxx = language_is_cxx(die); /* elsewhere, access does not matter */
    if (dwarf_child(die, &child) != 0)
        return NULL;
    do {
        uint64_t access =
            dwarf_tag(die) == DW_TAG_class_type ? DW_ACCESS_private : DW_ACCESS_public;
        if (dwarf_tag(&child) == DW_TAG_inheritance)
            return "it has a base class";
        if (!is_cxx || !is_data(&child))
            continue;
        die_unsigned(&child, DW_AT_accessibility, &access);
        if (first && access != first)
            return "its members have different access";
        first = access;
    } while (dwarf_siblingof(&child, &child) == 0);
    return NULL;
}

void die_complete(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    Dwarf_Die full;
    if (dwarf_attr(die, DW_AT_signature, &attribute) && dwarf_formref_die(&attribute, &full))
        *die = full;
}

const char *die_string(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    return die_attribute(die, name, &attribute) ? dwarf_formstring(&attribute) : NULL;
}

Dwarf_Die die_origin(Dwarf_Die *die)
{
    enum { STEPS_MAX = 16 }; /* damaged debug information may have a cycle */
    Dwarf_Die origin = *die, next;
    Dwarf_Attribute attribute;
    for (int i = 0; i < STEPS_MAX; i++) {
        if (!dwarf_attr(&origin, DW_AT_abstract_origin, &attribute) &&
            !dwarf_attr(&origin, DW_AT_specification, &attribute))
            break;
        if (!dwarf_formref_die(&attribute, &next))
            break;
        origin = next;
    }
    return origin;
}

Dwarf_Off die_home(Dwarf *dwarf, Dwarf_Die *die)
{
    Dwarf_Die origin = die_origin(die), unit;
    if (dwarf_cu_getdwarf(origin.cu) != dwarf || !dwarf_diecu(&origin, &unit, NULL, NULL))
        return UINT64_MAX;
    return dwarf_dieoffset(&unit);
}

const char *die_linkage_name(Dwarf_Die *die)
{
    const char *name = die_string(die, DW_AT_linkage_name);
    if (!name)
        name = die_string(die, DW_AT_MIPS_linkage_name);
    return name ? name : die_string(die, DW_AT_name);
}

const char *die_declared_in(Dwarf_Die *die, uint32_t *line)
{
    const char *file = dwarf_decl_file(die);
    Dwarf_Die origin = die_origin(die), unit;
    uint64_t index;
    int number = 0;
    /* File 0 is the unit's own since DWARF 5, and no file before (DWARF 5, 6.2.4). */
    if (!file && die_unsigned(&origin, DW_AT_decl_file, &index) && index == 0 &&
        dwarf_diecu(&origin, &unit, NULL, NULL))
        file = dwarf_diename(&unit);
    if (dwarf_decl_line(die, &number) != 0 || number < 0)
        number = 0;
    *line = (uint32_t)number;
    return file ? file : "";
}

bool die_address(Dwarf_Die *die, uint64_t *address)
{
    Dwarf_Attribute attribute, place;
    Dwarf_Op *operations;
    size_t count;
    if (dwarf_tag(die) == DW_TAG_subprogram) {
        Dwarf_Addr entry;
        if (dwarf_entrypc(die, &entry) != 0)
            return false;
        *address = entry;
        return true;
    }
    if (!dwarf_attr(die, DW_AT_location, &attribute) ||
        dwarf_getlocation(&attribute, &operations, &count) != 0 || count == 0)
        return false;
    switch (operations[0].atom) {
    case DW_OP_addr:
        *address = operations[0].number;
        return true;
    case DW_OP_addrx:
    case DW_OP_GNU_addr_index: {
        Dwarf_Addr resolved;
        if (dwarf_getlocation_attr(&attribute, &operations[0], &place) != 0 ||
            dwarf_formaddr(&place, &resolved) != 0)
            return false;
        *address = resolved;
        return true;
    }
    default:
        return false;
    }
}

uint32_t die_hash(const Dwarf_Die *die)
{
    return (uint32_t)((uint64_t)(uintptr_t)die->addr * UINT64_C(0x9e3779b97f4a7c15) >> 24);
}
