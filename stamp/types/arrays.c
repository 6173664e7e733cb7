/* SPDX-License-Identifier: MIT */
/* Writes arrays, as one type for each dimension, and vectors. */
#include "dwarf/die.h"
#include "dwarf/language.h"
#include "dwarf/vocabulary.h"
#include "types/kinds_p.h"
#include "types/names_p.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>

/* Reads a bound, if it is a constant. Compilers give negative ones a signed form. */
static bool dimension_bound(Dwarf_Die *subrange, unsigned name, int64_t *bound)
{
    Dwarf_Attribute attribute;
    Dwarf_Sword signed_value;
    Dwarf_Word value;
    if (!die_attribute(subrange, name, &attribute))
        return false;
    unsigned form = dwarf_whatform(&attribute);
    if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
        if (dwarf_formsdata(&attribute, &signed_value) != 0)
            return false;
        *bound = signed_value;
        return true;
    }
    if (dwarf_formudata(&attribute, &value) != 0)
        return false;
    *bound = (int64_t)value;
    return true;
}

/* Sets the bound that the language has. The units that dwz makes may not say their language: it is
 * that of the files that share them, if all are in C or C++. */
static bool language_bound(const struct stamp *stamp, Dwarf_Die *subrange, int64_t *bound)
{
    if (language_lower_bound(subrange, bound))
        return true;
    for (size_t i = 0; i < stamp->packages.unit_count; i++) {
        Dwarf_Die unit = stamp->packages.units[i].die;
        if (!language_is_c(&unit) && !language_is_cxx(&unit))
            return false;
    }
    *bound = 0;
    return language_is_unsaid(subrange);
}

/* Reads the number of elements of one dimension; 0 if it is open: int[], or int[n]. False if it is
 * not known. */
static bool dimension_count(const struct stamp *stamp, Dwarf_Die *subrange, uint64_t *count)
{
    int64_t lower, upper, number;
    *count = 0;
    if (dimension_bound(subrange, DW_AT_count, &number)) {
        *count = (uint64_t)number;
        return true;
    }
    if (!dimension_bound(subrange, DW_AT_upper_bound, &upper))
        return true;
    if (!dimension_bound(subrange, DW_AT_lower_bound, &lower)) {
        if (dwarf_hasattr(subrange, DW_AT_lower_bound))
            return true;
        if (!language_bound(stamp, subrange, &lower))
            return false;
    }
    /* Some compilers give int[0] an upper bound of -1. */
    bool is_empty = upper == -1 || upper == UINT32_MAX || upper < lower;
    *count = is_empty && lower >= 0 ? 0 : (uint64_t)upper - (uint64_t)lower + 1;
    return true;
}

static bool is_dimension(Dwarf_Die *child)
{
    int tag = dwarf_tag(child);
    return tag == DW_TAG_subrange_type || tag == DW_TAG_enumeration_type ||
           tag == DW_TAG_generic_subrange;
}

/* Reads the dimensions in the order of C, the slowest one first. */
static bool array_dimensions(const struct stamp *stamp, Dwarf_Die *array, uint64_t *counts,
                             size_t count, char unknown[96])
{
    Dwarf_Die child;
    size_t at = 0;
    uint64_t ordering;
    bool is_column_major = language_is_fortran(array);
    if (die_unsigned(array, DW_AT_ordering, &ordering))
        is_column_major = ordering == DW_ORD_col_major;
    counts[0] = 0;
    if (dwarf_child(array, &child) != 0)
        return true;
    do {
        if (!is_dimension(&child) || at == count)
            continue;
        uint64_t *own = &counts[is_column_major ? count - 1 - at : at];
        at++;
        if (!vocabulary_knows(&child, unknown))
            return false;
        if (dwarf_tag(&child) != DW_TAG_subrange_type) {
            snprintf(unknown, 96, "an enumeration as an index");
            return false;
        }
        if (!dimension_count(stamp, &child, own)) {
            snprintf(unknown, 96, "the lower bound of an array in this language");
            return false;
        }
    } while (dwarf_siblingof(&child, &child) == 0);
    /* In C, such a dimension is of an array of variable length, which any length may agree with. */
    for (size_t i = 1; i < count && is_column_major; i++)
        if (!counts[i]) {
            snprintf(unknown, 96, "a dimension that is known at run time");
            return false;
        }
    return true;
}

static bool element_size(Dwarf_Die *die, uint64_t *size)
{
    Dwarf_Die type;
    Dwarf_Word word;
    if (!die_follow(die, DW_AT_type, &type) || dwarf_aggregate_size(&type, &word) != 0)
        return false;
    *size = word;
    return true;
}

static bool kind_add_vector(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    Dwarf_Die element, child;
    struct base_type base;
    uint64_t size = 0, each = 0, count = 0;
    if (!die_follow(die, DW_AT_type, &element) || dwarf_peel_type(&element, &element) != 0)
        return writer_fail(writer, die, "the vector has no element type");
    name_base_type(&element, writer->stamp->pointer_size, &base);
    if (!die_unsigned(die, DW_AT_byte_size, &size) && element_size(die, &each) &&
        dwarf_child(die, &child) == 0 && dimension_count(writer->stamp, &child, &count))
        size = each * count;
    if (base.kind == BASE_UNKNOWN || !size || size > UINT32_MAX)
        return writer_add_unknown(writer, "a vector", size, id);
    char name[128];
    snprintf(name, sizeof name, "%s __attribute__((vector_size(%" PRIu64 ")))", base.name, size);
    return writer_add_opaque(writer, name, size, id);
}

/* Every id that the array has needs a type. */
static bool array_add_unknown(struct writer *writer, const char *what, uint32_t id, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!writer_add_unknown(writer, what, 1, id++))
            return false;
    return true;
}

bool kind_add_array(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    if (die_has_flag(die, DW_AT_GNU_vector))
        return kind_add_vector(writer, die, id);
    uint32_t element, index, count = writer_dimensions(die);
    uint64_t *counts = arena_alloc(&writer->stamp->arena, count * sizeof *counts);
    struct kind_unknown unknown;
    if (!counts)
        return error_set_no_memory(writer->error);
    if (!array_dimensions(writer->stamp, die, counts, count, unknown.words))
        return array_add_unknown(writer, unknown.words, id, count);
    if (!writer_type_id(writer, die, &element) || !writer_index_id(writer, &index))
        return false;
    for (size_t i = 0; i < count; i++, id++) {
        if (counts[i] > UINT32_MAX)
            return writer_fail(writer, die, "the array has more than 2^32 elements");
        /* int[2][3] is an array of 2 int[3]: each dimension's element is the next one. */
        int added = btf__add_array(writer->btf, (int)index,
                                   i + 1 < count ? (int)id + 1 : (int)element, (uint32_t)counts[i]);
        if (!writer_added(writer, added, id))
            return false;
    }
    return true;
}

bool kind_array_element_id(struct writer *writer, Dwarf_Die *array, uint32_t *id)
{
    if (writer_dimensions(array) == 1)
        return writer_type_id(writer, array, id);
    bool done = writer_id(writer, array, id);
    ++*id;
    return done;
}
