/* What a DIE says: attributes, its own and those of the DIE that it completes. */
#include "die.h"

#include <dwarf.h>

bool set_libdw_error(struct error *error, const char *what)
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
