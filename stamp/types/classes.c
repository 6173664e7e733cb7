/* SPDX-License-Identifier: MIT */
/* What C++ adds to a struct: bases and virtual functions.
 *
 * A class has a table of pointers to its virtual functions. It starts with that of the class's
 * primary base, the first one with such a table (C++ ABI for Itanium, 2.5). Functions that replace
 * a base's are in its part, and are compared there. */
#include "types/classes_p.h"

#include "dwarf/die.h"
#include "src/base/array.h"
#include "types/kinds_p.h"
#include "types/names_p.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No class has more bases above one another; and no table more functions. */
enum { BASES_MAX = 64, SLOTS_MAX = 1 << 16 };

/* A virtual function that is new in a class. */
struct virtual_function {
    Dwarf_Die die;
    uint64_t slot;
};

/* A class and its bases. Only hostile ones have more DIEs than this many. */
struct class_walk {
    unsigned depth, left;
};

enum { VISITS_MAX = 1 << 14 };

static bool class_visit(struct class_walk *walk)
{
    if (walk->depth > BASES_MAX || !walk->left)
        return false;
    walk->left--;
    return true;
}

static bool base_class(Dwarf_Die *inheritance, Dwarf_Die *class)
{
    if (!die_follow(inheritance, DW_AT_type, class) || dwarf_peel_type(class, class) != 0)
        return false;
    die_complete(class);
    return true;
}

bool class_is_virtual_pointer(Dwarf_Die *member)
{
    const char *name = dwarf_diename(member);
    return name && die_has_flag(member, DW_AT_artificial) && !strncmp(name, "_vptr", 5);
}

bool class_virtual_pointer(Dwarf_Die *class, Dwarf_Die *member)
{
    if (dwarf_child(class, member) != 0)
        return false;
    do
        if (dwarf_tag(member) == DW_TAG_member && class_is_virtual_pointer(member))
            return true;
    while (dwarf_siblingof(member, member) == 0);
    return false;
}

/* Reads a constant, of an expression or without one. */
static bool constant_of(Dwarf_Die *die, unsigned name, uint64_t *value)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operations;
    size_t count;
    if (die_unsigned(die, name, value))
        return true;
    if (!die_attribute(die, name, &attribute) ||
        dwarf_getlocation(&attribute, &operations, &count) != 0 || count != 1)
        return false;
    unsigned operation = operations[0].atom;
    bool is_literal = operation >= DW_OP_lit0 && operation <= DW_OP_lit31;
    *value = is_literal ? (uint64_t)(operation - DW_OP_lit0) : operations[0].number;
    return is_literal || operation == DW_OP_constu || operation == DW_OP_const1u ||
           operation == DW_OP_const2u || operation == DW_OP_const4u;
}

bool class_virtual_base(Dwarf_Die *inheritance, uint32_t *place)
{
    /* The object's first word is the table's address; a constant is subtracted; there is the
     * distance of the base. */
    Dwarf_Attribute attribute;
    Dwarf_Op *at;
    size_t count;
    if (!dwarf_attr(inheritance, DW_AT_virtuality, &attribute) ||
        !dwarf_attr(inheritance, DW_AT_data_member_location, &attribute) ||
        dwarf_getlocation(&attribute, &at, &count) != 0 || count != 6 || at[0].atom != DW_OP_dup ||
        at[1].atom != DW_OP_deref || at[3].atom != DW_OP_minus || at[4].atom != DW_OP_deref ||
        at[5].atom != DW_OP_plus)
        return false;
    bool is_literal = at[2].atom >= DW_OP_lit0 && at[2].atom <= DW_OP_lit31;
    *place = is_literal ? at[2].atom - (uint32_t)DW_OP_lit0 : (uint32_t)at[2].number;
    return is_literal || at[2].atom == DW_OP_constu || at[2].atom == DW_OP_const1u ||
           at[2].atom == DW_OP_const2u;
}

/* ---- tables ---- */

static bool is_virtual(Dwarf_Die *child)
{
    uint64_t virtuality = DW_VIRTUALITY_none;
    return dwarf_tag(child) == DW_TAG_subprogram &&
           die_unsigned(child, DW_AT_virtuality, &virtuality) && virtuality != DW_VIRTUALITY_none &&
           !die_has_flag(child, DW_AT_artificial);
}

static bool is_destructor(Dwarf_Die *function)
{
    const char *name = dwarf_diename(function);
    return name && *name == '~';
}

static bool base_has_virtual_destructor(struct class_walk *walk, Dwarf_Die *class)
{
    Dwarf_Die child, base;
    if (!class_visit(walk) || dwarf_child(class, &child) != 0)
        return false;
    walk->depth++;
    bool found = false;
    do {
        if (dwarf_tag(&child) != DW_TAG_inheritance || !base_class(&child, &base))
            continue;
        Dwarf_Die function;
        if (dwarf_child(&base, &function) == 0)
            do
                found |= is_virtual(&function) && is_destructor(&function);
            while (!found && dwarf_siblingof(&function, &function) == 0);
        found = found || base_has_virtual_destructor(walk, &base);
    } while (!found && dwarf_siblingof(&child, &child) == 0);
    walk->depth--;
    return found;
}

/* Calls `add` for each virtual function with its slot, in the order of declaration. gcc does not
 * say the slot of a destructor: it is the next one. It takes two. False if a slot is not known. */
static bool class_each_function(Dwarf_Die *class, uint64_t first, bool skips_destructor,
                                bool (*add)(void *context, Dwarf_Die *function, uint64_t slot),
                                void *context)
{
    Dwarf_Die child;
    uint64_t next = first, slot;
    if (dwarf_child(class, &child) != 0)
        return true;
    do {
        if (!is_virtual(&child))
            continue;
        bool is_last = is_destructor(&child);
        if (is_last && skips_destructor)
            continue;
        if (!constant_of(&child, DW_AT_vtable_elem_location, &slot)) {
            if (!is_last)
                return false;
            slot = next;
        }
        if (slot >= SLOTS_MAX)
            return false;
        if (slot + 1 > next)
            next = slot + 1 + is_last;
        if (slot >= first && !add(context, &child, slot))
            return false;
    } while (dwarf_siblingof(&child, &child) == 0);
    return true;
}

static bool add_end(void *context, Dwarf_Die *function, uint64_t slot)
{
    uint64_t *end = context, own = slot + 1 + is_destructor(function);
    if (own > *end)
        *end = own;
    return true;
}

static bool class_end(struct class_walk *walk, Dwarf_Die *class, uint64_t *first, uint64_t *end);

/* Sets the length of the primary base's table; 0 without one. */
static bool class_first(struct class_walk *walk, Dwarf_Die *class, uint64_t *first)
{
    Dwarf_Die child, base;
    uint64_t ignored, offset;
    *first = 0;
    if (dwarf_child(class, &child) != 0)
        return true;
    do {
        if (dwarf_tag(&child) != DW_TAG_inheritance || dwarf_hasattr(&child, DW_AT_virtuality) ||
            !die_unsigned(&child, DW_AT_data_member_location, &offset) || offset ||
            !base_class(&child, &base))
            continue;
        if (!class_end(walk, &base, &ignored, first))
            return false;
        if (*first)
            return true;
    } while (dwarf_siblingof(&child, &child) == 0);
    return true;
}

/* Sets the first slot of the class's own functions, and the end of its table. False if it is not
 * known. */
static bool class_end(struct class_walk *walk, Dwarf_Die *class, uint64_t *first, uint64_t *end)
{
    if (!class_visit(walk))
        return false;
    walk->depth++;
    bool is_known = class_first(walk, class, first);
    walk->depth--;
    *end = *first;
    bool skips_destructor = base_has_virtual_destructor(walk, class);
    return is_known && class_each_function(class, *first, skips_destructor, add_end, end);
}

bool class_is_known(Dwarf_Die *class, char unknown[96])
{
    struct class_walk walk = {.left = VISITS_MAX};
    uint64_t first, end;
    if (class_end(&walk, class, &first, &end))
        return true;
    snprintf(unknown, 96, "the place of a virtual function");
    return false;
}

bool class_has_virtual_functions(Dwarf_Die *class)
{
    struct class_walk walk = {.left = VISITS_MAX};
    Dwarf_Die pointer;
    uint64_t first, end;
    return (class_end(&walk, class, &first, &end) && end > first) ||
           class_virtual_pointer(class, &pointer);
}

/* ---- the table as a struct ---- */

struct functions {
    struct arena *arena;
    struct virtual_function *items;
    size_t count, capacity;
};

static bool add_function(void *context, Dwarf_Die *function, uint64_t slot)
{
    struct functions *functions = context;
    struct virtual_function *added =
        array_add(functions->arena, functions->items, functions->count, functions->capacity);
    if (added)
        *added = (struct virtual_function){*function, slot};
    return added;
}

static int function_by_slot(const void *a, const void *b)
{
    const struct virtual_function *x = a, *y = b;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* Is it the name of a conversion, "operator long int"? Compilers spell its type in their own ways;
 * the result has it, too. */
static bool is_conversion(const char *name)
{
    static const char prefix[] = "operator ";
    static const char *const others[] = {"new", "new[]", "delete", "delete[]", "co_await"};
    if (strncmp(name, prefix, strlen(prefix)) != 0)
        return false;
    name += strlen(prefix);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(name, others[i]))
            return false;
    return *name != '"'; /* of a literal */
}

/* The name of the function's member in the table, in these bytes: two functions may differ in the
 * objects alone that they are called for, `f() &` and `f() &&`. */
static const char *function_name(Dwarf_Die *function, char *bytes, size_t size)
{
    const char *name = dwarf_diename(function), *objects = "";
    if (!name)
        return "";
    if (die_has_flag(function, DW_AT_reference))
        objects = " &";
    else if (die_has_flag(function, DW_AT_rvalue_reference))
        objects = " &&";
    else if (!is_conversion(name))
        return name;
    snprintf(bytes, size, "%s%s", is_conversion(name) ? "operator conversion" : name, objects);
    return bytes;
}

static bool vtable_add_function(struct writer *writer, struct virtual_function *function)
{
    uint32_t type;
    char bytes[256];
    const char *name = function_name(&function->die, bytes, sizeof bytes);
    uint64_t bits = function->slot * writer->stamp->pointer_size * 8;
    return writer_id(writer, &function->die, &type) &&
           writer_made_id(writer, (struct node){.kind = NODE_POINTER, .target = type}, &type) &&
           writer_added(writer, btf__add_field(writer->btf, name, (int)type, (uint32_t)bits, 0), 0);
}

bool kind_add_vtable(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    struct class_walk walk = {.left = VISITS_MAX};
    struct functions functions = {.arena = &writer->stamp->arena};
    uint64_t first = 0, end = 0;
    char *tag = name_tag(die);
    TEXT_AUTO name = {0};
    text_add(&name, "%s_vtable", tag ? tag : "");
    bool has_name = tag && !name.failed;
    free(tag);
    class_end(&walk, die, &first, &end);
    bool skips_destructor = base_has_virtual_destructor(&walk, die);
    if (!has_name || !class_each_function(die, first, skips_destructor, add_function, &functions))
        return error_set_no_memory(writer->error);
    stamp_sort(functions.items, functions.count, sizeof *functions.items, function_by_slot);
    uint32_t size = (uint32_t)(end * writer->stamp->pointer_size);
    if (!writer_added(writer, btf__add_struct(writer->btf, text_chars(&name), size), id))
        return false;
    for (size_t i = 0; i < functions.count; i++)
        if (!vtable_add_function(writer, &functions.items[i]))
            return false;
    return true;
}
