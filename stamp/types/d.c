/* SPDX-License-Identifier: MIT */
/* What ldc describes in D's own words alone, as the C types that these are: it gives pointers and
 * constants names, and says no more of what is const, void, or a parameter. gdc says it all. */
#include "types/d_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"

#include <dwarf.h>
#include <stdio.h>
#include <string.h>

/* Skips "const(" and the like. Returns what is left of the name, without the parentheses that end
 * with it, in these bytes, or NULL if there is nothing to skip. */
static const char *d_unqualified(const char *name, char *bytes, size_t size)
{
    static const char *const qualifiers[] = {"const(", "immutable(", "inout("};
    for (size_t i = 0; i < sizeof qualifiers / sizeof *qualifiers; i++) {
        size_t length = strlen(qualifiers[i]);
        const char *end = strrchr(name, ')');
        if (strncmp(name, qualifiers[i], length) != 0 || !end)
            continue;
        snprintf(bytes, size, "%.*s%s", (int)(end - name - (ptrdiff_t)length), name + length,
                 end + 1);
        return bytes;
    }
    return NULL;
}

/* Returns the name of a pointer of D; "" if it has none, or is of another language. */
static const char *d_pointer_name(Dwarf_Die *pointer)
{
    const char *name = dwarf_diename(pointer);
    return name && dwarf_tag(pointer) == DW_TAG_pointer_type && language_is_d(pointer) ? name : "";
}

const char *d_base_name(Dwarf_Die *base, char *bytes, size_t size)
{
    const char *name = dwarf_diename(base);
    const char *unqualified = name && language_is_d(base) ? d_unqualified(name, bytes, size) : NULL;
    return unqualified ? unqualified : name ? name : "";
}

bool d_points_to_const(Dwarf_Die *pointer)
{
    char bytes[64];
    return d_unqualified(d_pointer_name(pointer), bytes, sizeof bytes);
}

bool d_points_to_void(Dwarf_Die *pointer)
{
    char bytes[64];
    const char *name = d_pointer_name(pointer);
    const char *unqualified = d_unqualified(name, bytes, sizeof bytes);
    return !strcmp(unqualified ? unqualified : name, "void*");
}

bool d_points_to_unsaid(Dwarf_Die *pointer)
{
    static const char none[] = "function()";
    Dwarf_Die target, child;
    const char *name = d_pointer_name(pointer);
    return *name && die_follow(pointer, DW_AT_type, &target) &&
           dwarf_tag(&target) == DW_TAG_subroutine_type && dwarf_child(&target, &child) != 0 &&
           !strstr(name, none);
}
