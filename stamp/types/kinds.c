/* Writes each kind of DIE as a BTF type; an array as one type for each dimension. */
#include "dwarf/die.h"
#include "src/base/array.h"
#include "src/types/btf_tags.h"
#include "types/names_p.h"
#include "types/writer_p.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* BTF's limits (Documentation/bpf/btf.rst); and how deep types nest by value. */
enum { LENGTH_MAX = 0xFFFF, BIT_OFFSET_MAX = 0xFFFFFF, BIT_SIZE_MAX = 255, NESTING_MAX = 64 };

/* Notes the DIE's own DW_AT_alignment, if it has one. */
static bool kind_add_alignment(struct writer *writer, Dwarf_Die *die, uint32_t id, int32_t member)
{
    uint64_t value;
    Dwarf_Attribute attribute;
    if (!dwarf_attr(die, DW_AT_alignment, &attribute) ||
        !die_unsigned(die, DW_AT_alignment, &value))
        return true;
    struct alignment *alignment = array_add(&writer->stamp->arena, writer->alignments,
                                            writer->alignment_count, writer->alignment_capacity);
    if (!alignment)
        return error_set_no_memory(writer->error);
    *alignment = (struct alignment){id, member, value};
    return true;
}

/* Writes a type that BTF does not have as a FLOAT, whose name every tool prints unchanged. libbpf
 * accepts only the sizes of C's floats, so the size is set afterwards. */
static bool kind_add_opaque(struct writer *writer, const char *name, uint64_t size, uint32_t id)
{
    int added = btf__add_float(writer->btf, name, 8);
    if (!writer_added(writer, added, id))
        return false;
    ((struct btf_type *)btf__type_by_id(writer->btf, id))->size = (uint32_t)size;
    return true;
}

static bool kind_add_base(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    struct base_type base;
    name_base_type(die, writer->stamp->pointer_size, &base);
    if (base.kind != BASE_INT)
        return kind_add_opaque(writer, base.name, base.size ? base.size : 1, id);
    int encoding = base.is_signed ? BTF_INT_SIGNED : 0;
    if (base.is_bool)
        encoding = BTF_INT_BOOL;
    return writer_added(writer, btf__add_int(writer->btf, base.name, base.size, encoding), id);
}

/* Reads the number of elements of one dimension; 0 if unknown: int[], or int[n]. */
static bool dimension_count(struct writer *writer, Dwarf_Die *subrange, uint32_t *count)
{
    uint64_t value = 0, lower = 0;
    die_unsigned(subrange, DW_AT_lower_bound, &lower);
    if (!die_unsigned(subrange, DW_AT_count, &value) &&
        die_unsigned(subrange, DW_AT_upper_bound, &value))
        /* Some compilers give int[0] an upper bound of -1. */
        value = value == UINT64_MAX || value == UINT32_MAX ? 0 : value - lower + 1;
    if (value > UINT32_MAX)
        return writer_fail(writer, subrange, "the array has more than 2^32 elements");
    *count = (uint32_t)value;
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
    uint64_t size = 0, each = 0;
    uint32_t count = 0;
    if (!die_follow(die, DW_AT_type, &element) || dwarf_peel_type(&element, &element) != 0)
        return writer_fail(writer, die, "the vector has no element type");
    name_base_type(&element, writer->stamp->pointer_size, &base);
    if (!die_unsigned(die, DW_AT_byte_size, &size) && element_size(die, &each) &&
        dwarf_child(die, &child) == 0) {
        if (!dimension_count(writer, &child, &count))
            return false;
        size = each * count;
    }
    char name[128];
    snprintf(name, sizeof name, "%s __attribute__((vector_size(%" PRIu64 ")))", base.name, size);
    return kind_add_opaque(writer, name, size ? size : 1, id);
}

static bool kind_add_array(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    if (die_has_flag(die, DW_AT_GNU_vector))
        return kind_add_vector(writer, die, id);
    uint32_t element, index, left = writer_dimensions(die);
    if (!writer_type_id(writer, die, &element) || !writer_index_id(writer, &index))
        return false;
    Dwarf_Die child;
    bool has_child = dwarf_child(die, &child) == 0;
    do {
        int tag = has_child ? dwarf_tag(&child) : DW_TAG_subrange_type;
        uint32_t count = 0;
        if (tag != DW_TAG_subrange_type && tag != DW_TAG_enumeration_type)
            continue;
        if (has_child && !dimension_count(writer, &child, &count))
            return false;
        left--;
        /* int[2][3] is an array of 2 int[3]: each dimension's element is the next one. */
        int added =
            btf__add_array(writer->btf, (int)index, left ? (int)id + 1 : (int)element, count);
        if (!writer_added(writer, added, id++))
            return false;
    } while (has_child && left && dwarf_siblingof(&child, &child) == 0);
    return true;
}

/* Reads a member's offset and its size as a bit-field. Since DWARF 4 the offset of a bit-field
 * counts from the start of the struct, before that from the most significant bit of its storage
 * unit (DWARF 4, 5.5.6). */
static bool member_offset(struct writer *writer, Dwarf_Die *member, uint64_t *bits,
                          uint64_t *bit_size)
{
    uint64_t offset = 0, from_top, storage;
    *bit_size = 0;
    die_unsigned(member, DW_AT_bit_size, bit_size);
    if (die_unsigned(member, DW_AT_data_bit_offset, bits))
        return true;
    Dwarf_Attribute attribute;
    if (die_attribute(member, DW_AT_data_member_location, &attribute) &&
        !die_unsigned(member, DW_AT_data_member_location, &offset)) {
        Dwarf_Op *operations;
        size_t count;
        if (dwarf_getlocation(&attribute, &operations, &count) != 0 || count != 1 ||
            operations[0].atom != DW_OP_plus_uconst)
            return writer_fail(writer, member, "its offset is computed at run time");
        offset = operations[0].number;
    }
    *bits = offset * 8;
    if (!die_unsigned(member, DW_AT_bit_offset, &from_top))
        return true;
    if (!die_unsigned(member, DW_AT_byte_size, &storage) && !element_size(member, &storage))
        return writer_fail(writer, member, "the bit-field has no size");
    *bits += storage * 8 - from_top - *bit_size;
    return true;
}

static bool is_data_member(Dwarf_Die *child)
{
    /* C++'s static members are declared as members (DWARF 4). */
    return dwarf_tag(child) == DW_TAG_member && !die_has_flag(child, DW_AT_external) &&
           !die_is_declaration(child);
}

/* Can C declare the type? It cannot declare C++ classes with bases or virtual functions, Rust enums
 * with fields, or types with a member of such a type or of one that C does not have. */
static bool has_c_layout(Dwarf_Die *die, unsigned depth)
{
    Dwarf_Die child, type = *die, inner;
    /* Typedefs, qualifiers and arrays do not count. */
    while (dwarf_peel_type(&type, &type) == 0 && dwarf_tag(&type) == DW_TAG_array_type &&
           die_follow(&type, DW_AT_type, &inner))
        type = inner;
    die_complete(&type);
    if (dwarf_tag(&type) == DW_TAG_ptr_to_member_type || die_is_declaration(&type) ||
        depth > NESTING_MAX)
        return false;
    bool is_record = dwarf_tag(&type) == DW_TAG_structure_type ||
                     dwarf_tag(&type) == DW_TAG_class_type || dwarf_tag(&type) == DW_TAG_union_type;
    if (!is_record || dwarf_child(&type, &child) != 0)
        return true;
    do {
        int tag = dwarf_tag(&child);
        if (tag == DW_TAG_inheritance || tag == DW_TAG_variant_part ||
            (tag == DW_TAG_member && die_has_flag(&child, DW_AT_artificial)))
            return false;
        if (is_data_member(&child) && die_follow(&child, DW_AT_type, &inner) &&
            !has_c_layout(&inner, depth + 1))
            return false;
    } while (dwarf_siblingof(&child, &child) == 0);
    return true;
}

static bool kind_add_member(struct writer *writer, Dwarf_Die *die, Dwarf_Die *member, uint32_t id,
                            int32_t index, bool *has_bits)
{
    uint64_t bits, bit_size;
    uint32_t type;
    if (index >= LENGTH_MAX)
        return writer_fail(writer, die, "it has more than 65535 members");
    if (!member_offset(writer, member, &bits, &bit_size) || !writer_type_id(writer, member, &type))
        return false;
    *has_bits |= bit_size != 0;
    if (bits > UINT32_MAX || (*has_bits && bits > BIT_OFFSET_MAX) || bit_size > BIT_SIZE_MAX)
        return writer_fail(writer, die, "it is too large for BTF");
    const char *name = dwarf_diename(member);
    return writer_added(writer,
                        btf__add_field(writer->btf, name ? name : "", (int)type, (uint32_t)bits,
                                       (uint32_t)bit_size),
                        0) &&
           kind_add_alignment(writer, member, id, index);
}

static bool kind_add_struct(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    bool is_union = dwarf_tag(die) == DW_TAG_union_type, has_bits = false;
    uint64_t size = 0;
    char *name = name_tag(die);
    if (!name)
        return error_set_no_memory(writer->error);
    bool is_incomplete = die_is_declaration(die) || (!name_is_c(die) && !has_c_layout(die, 0)) ||
                         !die_unsigned(die, DW_AT_byte_size, &size);
    int added;
    if (is_incomplete)
        added = btf__add_fwd(writer->btf, *name ? name : BTF_UNNAMED_TAG,
                             is_union ? BTF_FWD_UNION : BTF_FWD_STRUCT);
    else if (is_union)
        added = btf__add_union(writer->btf, name, (uint32_t)size);
    else
        added = btf__add_struct(writer->btf, name, (uint32_t)size);
    free(name);
    if (!writer_added(writer, added, id))
        return false;
    if (is_incomplete)
        return true;
    if (size > UINT32_MAX)
        return writer_fail(writer, die, "it is too large for BTF");
    Dwarf_Die child;
    int32_t index = 0;
    if (dwarf_child(die, &child) == 0)
        do
            if (is_data_member(&child) &&
                !kind_add_member(writer, die, &child, id, index++, &has_bits))
                return false;
        while (dwarf_siblingof(&child, &child) == 0);
    return kind_add_alignment(writer, die, id, -1);
}

/* Compilers give negative values a signed form. */
static int64_t enumerator_value(Dwarf_Die *enumerator, bool *is_negative)
{
    Dwarf_Attribute attribute;
    Dwarf_Sword signed_value = 0;
    Dwarf_Word value = 0;
    if (!die_attribute(enumerator, DW_AT_const_value, &attribute))
        return 0;
    unsigned form = dwarf_whatform(&attribute);
    if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
        dwarf_formsdata(&attribute, &signed_value);
        *is_negative |= signed_value < 0;
        return signed_value;
    }
    dwarf_formudata(&attribute, &value);
    return (int64_t)value;
}

static bool kind_add_enumerators(struct writer *writer, Dwarf_Die *die, uint32_t id, bool is_wide)
{
    Dwarf_Die child, underlying;
    struct base_type base = {0};
    bool is_signed = false;
    uint32_t count = 0;
    if (dwarf_child(die, &child) == 0)
        do {
            if (dwarf_tag(&child) != DW_TAG_enumerator)
                continue;
            if (count++ == LENGTH_MAX)
                return writer_fail(writer, die, "it has more than 65535 enumerators");
            int64_t value = enumerator_value(&child, &is_signed);
            const char *name = dwarf_diename(&child);
            int added = is_wide ? btf__add_enum64_value(writer->btf, name, (uint64_t)value)
                                : btf__add_enum_value(writer->btf, name, value);
            if (!writer_added(writer, added, 0))
                return false;
        } while (dwarf_siblingof(&child, &child) == 0);
    if (die_follow(die, DW_AT_type, &underlying) && dwarf_peel_type(&underlying, &underlying) == 0)
        name_base_type(&underlying, writer->stamp->pointer_size, &base);
    /* The flag for "signed", which libbpf derives from the values alone. */
    struct btf_type *type = (struct btf_type *)btf__type_by_id(writer->btf, id);
    type->info = (type->info & 0x7FFFFFFF) | (uint32_t)(is_signed || base.is_signed) << 31;
    return true;
}

static bool kind_add_enum(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    uint64_t size = 4;
    char *name = name_tag(die);
    if (!name)
        return error_set_no_memory(writer->error);
    bool is_incomplete = die_is_declaration(die);
    if (!is_incomplete)
        die_unsigned(die, DW_AT_byte_size, &size);
    int added;
    if (is_incomplete)
        added = btf__add_fwd(writer->btf, name, BTF_FWD_ENUM);
    else if (size == 8)
        added = btf__add_enum64(writer->btf, name, 8, false);
    else
        added = btf__add_enum(writer->btf, name, (uint32_t)size);
    free(name);
    return writer_added(writer, added, id) &&
           (is_incomplete || kind_add_enumerators(writer, die, id, size == 8));
}

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

static bool kind_add_function(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    Dwarf_Die origin = function_origin(die), child;
    uint32_t result, type;
    if (!writer_type_id(writer, &origin, &result) ||
        !writer_added(writer, btf__add_func_proto(writer->btf, (int)result), id))
        return false;
    /* Without a prototype (C11 6.5.2.2p6) the parameters are unspecified, even if an old-style
     * definition names them: arguments are promoted. */
    bool is_open = name_is_c(&origin) && !die_has_flag(&origin, DW_AT_prototyped);
    uint32_t count = 0;
    if (!is_open && dwarf_child(&origin, &child) == 0)
        do {
            if (dwarf_tag(&child) == DW_TAG_unspecified_parameters) {
                is_open = true;
                break;
            }
            if (dwarf_tag(&child) != DW_TAG_formal_parameter ||
                (count && is_added_by_compiler(&child)))
                continue;
            if (++count == LENGTH_MAX)
                return writer_fail(writer, die, "it has more than 65534 parameters");
            const char *name = dwarf_diename(&child);
            if (!writer_type_id(writer, &child, &type) ||
                !writer_added(writer, btf__add_func_param(writer->btf, name ? name : "", (int)type),
                              0))
                return false;
        } while (dwarf_siblingof(&child, &child) == 0);
    return !is_open || writer_added(writer, btf__add_func_param(writer->btf, "", 0), 0);
}

static bool kind_add_typedef(struct writer *writer, Dwarf_Die *die, uint32_t type, uint32_t id)
{
    char *name = name_tag(die);
    if (!name)
        return error_set_no_memory(writer->error);
    int added = btf__add_typedef(writer->btf, *name ? name : "unnamed", (int)type);
    free(name);
    return writer_added(writer, added, id) && kind_add_alignment(writer, die, id, -1);
}

/* Kinds that refer to one type. */
static bool kind_add_reference(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    uint32_t type;
    if (!writer_type_id(writer, die, &type))
        return false;
    int target = (int)type;
    switch (dwarf_tag(die)) {
    case DW_TAG_const_type:
        return writer_added(writer, btf__add_const(writer->btf, target), id);
    case DW_TAG_volatile_type:
        return writer_added(writer, btf__add_volatile(writer->btf, target), id);
    case DW_TAG_restrict_type:
        return writer_added(writer, btf__add_restrict(writer->btf, target), id);
    case DW_TAG_atomic_type:
        /* BTF does not have this qualifier, so it is a type tag. */
        return writer_added(writer, btf__add_type_tag(writer->btf, "_Atomic", target), id);
    case DW_TAG_typedef:
        return kind_add_typedef(writer, die, type, id);
    default: /* pointers; C++'s references and nullptr_t, which are passed as one */
        return writer_added(writer, btf__add_ptr(writer->btf, target), id);
    }
}

/* Writes a kind that C does not have, such as C++'s pointers to members, as a struct without
 * members.
 */
static bool kind_add_foreign(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    char name[32];
    uint64_t size = writer->stamp->pointer_size;
    die_unsigned(die, DW_AT_byte_size, &size);
    if (dwarf_tag(die) == DW_TAG_ptr_to_member_type)
        snprintf(name, sizeof name, "pointer_to_member");
    else
        snprintf(name, sizeof name, "dwarf_tag_%#x", (unsigned)dwarf_tag(die));
    return writer_added(writer, btf__add_struct(writer->btf, name, (uint32_t)size), id);
}

static bool kind_add_node(struct writer *writer, struct node node)
{
    if (node.is_index)
        return writer_added(
            writer, btf__add_int(writer->btf, "unsigned long", writer->stamp->pointer_size, 0),
            node.id);
    switch (dwarf_tag(&node.die)) {
    case DW_TAG_base_type:
        return kind_add_base(writer, &node.die, node.id);
    case DW_TAG_array_type:
        return kind_add_array(writer, &node.die, node.id);
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
        return kind_add_struct(writer, &node.die, node.id);
    case DW_TAG_enumeration_type:
        return kind_add_enum(writer, &node.die, node.id);
    case DW_TAG_subroutine_type:
    case DW_TAG_subprogram:
        return kind_add_function(writer, &node.die, node.id);
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_unspecified_type:
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
    case DW_TAG_typedef:
        return kind_add_reference(writer, &node.die, node.id);
    default:
        return kind_add_foreign(writer, &node.die, node.id);
    }
}

bool kinds_write_queue(struct writer *writer)
{
    while (writer->next < writer->node_count)
        if (!kind_add_node(writer, writer->nodes[writer->next++]))
            return false;
    for (size_t i = 0; i < writer->alignment_count; i++) {
        const struct alignment *alignment = &writer->alignments[i];
        char tag[32];
        snprintf(tag, sizeof tag, "aligned=%" PRIu64, alignment->value);
        int added = btf__add_decl_tag(writer->btf, tag, (int)alignment->id, alignment->member);
        if (!writer_added(writer, added, 0))
            return false;
    }
    return true;
}
