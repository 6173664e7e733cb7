/* SPDX-License-Identifier: MIT */
/* What rustc describes in its own words, as the C types that these are. */
#include "types/rust_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

static bool starts_with(const char *string, const char *start)
{
    return !strncmp(string, start, strlen(start));
}

/* Returns the name of a DIE of Rust; "" if it has none, or is of another language. */
static const char *rust_name(Dwarf_Die *die)
{
    const char *name = dwarf_diename(die);
    return name && language_is_rust(die) ? name : "";
}

bool rust_is_void(Dwarf_Die *type)
{
    const char *name = rust_name(type);
    switch (dwarf_tag(type)) {
    case DW_TAG_enumeration_type:
        return !strcmp(name, "c_void");
    case DW_TAG_base_type:
        return !strcmp(name, "()");
    default:
        return false;
    }
}

bool rust_is_empty(Dwarf_Die *member)
{
    Dwarf_Die type;
    uint64_t size;
    return language_is_rust(member) && die_follow(member, DW_AT_type, &type) &&
           (dwarf_tag(&type) == DW_TAG_base_type || dwarf_tag(&type) == DW_TAG_structure_type) &&
           die_unsigned(&type, DW_AT_byte_size, &size) && !size;
}

/* Reads the first child of this tag. */
static bool child_of_tag(Dwarf_Die *die, int tag, Dwarf_Die *child)
{
    if (dwarf_child(die, child) != 0)
        return false;
    do
        if (dwarf_tag(child) == tag)
            return true;
    while (dwarf_siblingof(child, child) == 0);
    return false;
}

/* Reads the payload of the variant Some: option.variant_part.variant.member.type.__0.type. */
static bool option_payload(Dwarf_Die *option, Dwarf_Die *payload)
{
    Dwarf_Die part, variant, some, type, member;
    if (!child_of_tag(option, DW_TAG_variant_part, &part) ||
        !child_of_tag(&part, DW_TAG_variant, &variant))
        return false;
    do {
        const char *name = NULL;
        if (dwarf_tag(&variant) == DW_TAG_variant && child_of_tag(&variant, DW_TAG_member, &some) &&
            (name = dwarf_diename(&some)) && !strcmp(name, "Some"))
            return die_follow(&some, DW_AT_type, &type) &&
                   child_of_tag(&type, DW_TAG_member, &member) &&
                   die_follow(&member, DW_AT_type, payload);
    } while (dwarf_siblingof(&variant, &variant) == 0);
    return false;
}

void rust_resolve_option(Dwarf_Die *type)
{
    Dwarf_Die payload;
    uint64_t size, own;
    /* Of one size, they have no room for another tag than the null pointer. */
    if (dwarf_tag(type) == DW_TAG_structure_type && starts_with(rust_name(type), "Option<") &&
        option_payload(type, &payload) && dwarf_tag(&payload) == DW_TAG_pointer_type &&
        !starts_with(rust_name(&payload), "*") && die_unsigned(type, DW_AT_byte_size, &size) &&
        (!die_unsigned(&payload, DW_AT_byte_size, &own) || own == size))
        *type = payload;
}

bool rust_points_to_const(Dwarf_Die *pointer)
{
    const char *name = rust_name(pointer);
    return starts_with(name, "*const ") || (*name == '&' && !starts_with(name, "&mut "));
}

bool rust_points_to_foreign(Dwarf_Die *pointer)
{
    static const char *const usual[] = {"\"C\"", "\"C-unwind\"", "\"system\"", "\"system-unwind\""};
    Dwarf_Die target;
    if (!*rust_name(pointer) || !die_follow(pointer, DW_AT_type, &target) ||
        dwarf_tag(&target) != DW_TAG_subroutine_type)
        return false;
    const char *convention = strstr(rust_name(pointer), "extern ");
    const char *function = strstr(rust_name(pointer), "fn(");
    if (!convention || !function || convention > function)
        return true;
    convention += strlen("extern ");
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (starts_with(convention, usual[i]))
            return false;
    return true;
}

/* Is it in a crate that comes with Rust? */
static bool is_of_rust(Dwarf_Die *type)
{
    static const char *const crates[] = {"core", "alloc", "std"};
    Dwarf_Die *scopes;
    bool is_found = false;
    int count = dwarf_getscopes_die(type, &scopes);
    /* The last scope is the unit, the one before it the crate. */
    const char *crate = count > 2 ? dwarf_diename(&scopes[count - 2]) : NULL;
    for (size_t i = 0; crate && i < sizeof crates / sizeof *crates; i++)
        is_found |= !strcmp(crate, crates[i]);
    if (count > 0)
        free(scopes);
    return is_found;
}

bool rust_has_plain_tag(Dwarf_Die *type)
{
    const char *name = rust_name(type);
    return *name && !strpbrk(name, "<&([{") && !is_of_rust(type);
}
