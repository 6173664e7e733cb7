/* SPDX-License-Identifier: MIT */
/* Writes functions and their types. */
#include "dwarf/die.h"
#include "dwarf/language.h"
#include "dwarf/vocabulary.h"
#include "src/types/btf_tags.h"
#include "types/kinds_p.h"
#include "types/passing_p.h"

#include <dwarf.h>

/* A function that is being written. */
struct function {
    struct writer *writer;
    Dwarf_Die *die;   /* with its code, if there is any */
    Dwarf_Die origin; /* whose parameters are as declared */
    uint32_t count;   /* of parameters */
    bool is_open;     /* an ellipsis, or no prototype */
};

/* Returns the abstract instance of an inlined function, whose parameters are as declared. */
static Dwarf_Die function_origin(Dwarf_Die *die)
{
    Dwarf_Die origin = *die, next, child;
    Dwarf_Attribute attribute;
    while (dwarf_attr(&origin, DW_AT_abstract_origin, &attribute) &&
           dwarf_formref_die(&attribute, &next))
        origin = next;
    if (dwarf_child(&origin, &child) != 0 && dwarf_attr(&origin, DW_AT_specification, &attribute) &&
        dwarf_formref_die(&attribute, &next))
        origin = next;
    return origin;
}

/* Is it a parameter that C++ compilers add to constructors and destructors? gcc names __in_chrg,
 * which is never passed, and the VTT; clang names the VTT only where it is passed. In declarations
 * they have no names. */
static bool is_added_by_compiler(Dwarf_Die *parameter)
{
    const char *name = dwarf_diename(parameter);
    return die_has_flag(parameter, DW_AT_artificial) &&
           (!name || !strcmp(name, "__in_chrg") || !strcmp(name, "__vtt_parm") ||
            !strcmp(name, "vtt"));
}

static bool is_parameter(Dwarf_Die *child, uint32_t count)
{
    return dwarf_tag(child) == DW_TAG_formal_parameter && !(count && is_added_by_compiler(child));
}

/* Fortran passes most parameters by reference; DWARF gives the type of what is referred to. Where
 * the address is, or the value, only the code says. */
static bool fortran_parameter_id(struct function *function, Dwarf_Die *parameter, uint32_t *id)
{
    struct writer *writer = function->writer;
    struct place place = passing_place(writer->stamp, function->die, parameter);
    Dwarf_Die type;
    if (place.kind == PLACE_UNKNOWN)
        return writer_unknown_id(writer, 0, "by value or by reference", id);
    if (!place.is_indirect)
        return writer_type_id(writer, parameter, id);
    bool is_array =
        die_follow(parameter, DW_AT_type, &type) && dwarf_tag(&type) == DW_TAG_array_type;
    uint32_t target;
    return (is_array ? kind_array_element_id(writer, &type, &target)
                     : writer_type_id(writer, parameter, &target)) &&
           writer_made_id(writer, (struct node){.kind = NODE_POINTER, .target = target}, id);
}

/* Sets the type of a parameter, or of the function's result, with how it is passed. */
static bool passed_id(struct function *function, Dwarf_Die *die, uint32_t *id)
{
    struct writer *writer = function->writer;
    enum passing passing = passing_of(writer->stamp, function->die, die);
    if (passing == PASSING_UNKNOWN)
        return writer_unknown_id(writer, 0, "a class by value or by reference", id);
    if (!writer_type_id(writer, die, id))
        return false;
    struct node tag = {.kind = NODE_TAG, .target = *id, .text = BTF_BY_REFERENCE_TAG};
    return passing != PASSING_BY_REFERENCE || writer_made_id(writer, tag, id);
}

static bool function_add_parameter(struct function *function, Dwarf_Die *parameter)
{
    struct writer *writer = function->writer;
    const char *name = dwarf_diename(parameter);
    uint32_t type;
    if (++function->count == LENGTH_MAX)
        return writer_fail(writer, function->die, "it has more than 65534 parameters");
    bool done =
        language_is_fortran(&function->origin) && dwarf_tag(function->die) == DW_TAG_subprogram
            ? fortran_parameter_id(function, parameter, &type)
            : passed_id(function, parameter, &type);
    return done &&
           writer_added(writer, btf__add_func_param(writer->btf, name ? name : "", (int)type), 0);
}

/* Adds the parameters of the function, or of a pack of them, which a template's arguments made. */
static bool function_add_parameters(struct function *function, Dwarf_Die *parent)
{
    Dwarf_Die child;
    if (dwarf_child(parent, &child) != 0)
        return true;
    do {
        int tag = dwarf_tag(&child);
        if (tag == DW_TAG_unspecified_parameters) {
            function->is_open = true;
            return true;
        }
        if (tag == DW_TAG_GNU_formal_parameter_pack && dwarf_tag(parent) != tag &&
            !function_add_parameters(function, &child))
            return false;
        if (is_parameter(&child, function->count) && !function_add_parameter(function, &child))
            return false;
    } while (dwarf_siblingof(&child, &child) == 0);
    return true;
}

/* Does the stamp know all that the function's parameters say? */
static bool has_known_parameters(Dwarf_Die *origin, char unknown[96])
{
    Dwarf_Die child;
    if (!vocabulary_knows(origin, unknown) || !vocabulary_knows_children(origin, unknown))
        return false;
    if (dwarf_child(origin, &child) != 0)
        return true;
    do
        if (dwarf_tag(&child) == DW_TAG_formal_parameter && !vocabulary_knows(&child, unknown))
            return false;
    while (dwarf_siblingof(&child, &child) == 0);
    return true;
}

static bool add_unknown_function(struct writer *writer, const char *what, uint32_t id)
{
    uint32_t result;
    return writer_unknown_id(writer, 0, what, &result) &&
           writer_added(writer, btf__add_func_proto(writer->btf, (int)result), id);
}

/* gfortran describes the parameters of no function that it declares. */
static bool is_undescribed(Dwarf_Die *origin)
{
    return language_is_fortran(origin) && die_is_declaration(origin) && !dwarf_haschildren(origin);
}

bool kind_add_function(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    struct function function = {writer, die, function_origin(die), 0, false};
    Dwarf_Die *origin = &function.origin;
    struct kind_unknown unknown;
    uint32_t result;
    if (!has_known_parameters(origin, unknown.words))
        return add_unknown_function(writer, unknown.words, id);
    const char *convention = passing_convention(writer->stamp, die);
    if (!convention)
        return add_unknown_function(writer, "a calling convention", id);
    if (is_undescribed(origin))
        return add_unknown_function(writer, "the parameters of a declaration", id);
    if (!passed_id(&function, origin, &result))
        return false;
    struct node tag = {.kind = NODE_TAG, .target = result, .text = convention};
    if (*convention && !writer_made_id(writer, tag, &result))
        return false;
    if (!writer_added(writer, btf__add_func_proto(writer->btf, (int)result), id))
        return false;
    /* Without a prototype (C11 6.5.2.2p6) the parameters are unspecified, even if an old-style
     * definition names them: arguments are promoted. A procedure's type in Fortran says nothing of
     * its parameters. */
    function.is_open = (language_is_c(origin) && !die_has_flag(origin, DW_AT_prototyped)) ||
                       (language_is_fortran(origin) && dwarf_tag(origin) == DW_TAG_subroutine_type);
    if (!function.is_open && !function_add_parameters(&function, origin))
        return false;
    return !function.is_open || writer_added(writer, btf__add_func_param(writer->btf, "", 0), 0);
}
