/* SPDX-License-Identifier: MIT */
/* Writes each kind of DIE as BTF: numbers, enums, references; and finds who writes the others. */
#include "types/kinds_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"
#include "dwarf/vocabulary.h"
#include "elf/elf_file.h"
#include "src/types/btf_tags.h"
#include "types/d_p.h"
#include "types/names_p.h"
#include "types/rust_p.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Is C's char signed? The machine's ABI says so. */
static bool has_signed_char(const struct writer *writer)
{
    static const unsigned with_unsigned[] = {EM_AARCH64, EM_ARM,   EM_PPC,
                                             EM_PPC64,   EM_RISCV, EM_S390};
    for (size_t i = 0; i < sizeof with_unsigned / sizeof *with_unsigned; i++)
        if (stamp_machine(writer->stamp) == with_unsigned[i])
            return false;
    return true;
}

/* DWARF does not give the sign of Fortran's characters. */
static bool kind_add_character(struct writer *writer, uint32_t id)
{
    int encoding = has_signed_char(writer) ? BTF_INT_SIGNED : 0;
    return writer_added(writer, btf__add_int(writer->btf, "char", 1, encoding), id);
}

/* Writes the type of one character of Fortran. */
static bool kind_add_string(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    uint64_t size = 0;
    die_unsigned(die, DW_AT_byte_size, &size);
    return size == 1 ? kind_add_character(writer, id)
                     : writer_add_unknown(writer, "a string of more than a character", size, id);
}

static bool kind_add_base(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    struct base_type base;
    char bytes[64];
    const char *name = d_base_name(die, bytes, sizeof bytes);
    /* Rust's c_char is i8 where C's char is signed, and DWARF calls it that; D's char is C's. */
    if (!strcmp(name, "character(kind=1)") || (!strcmp(name, "char") && language_is_d(die)) ||
        (!strcmp(name, "i8") && language_is_rust(die) && has_signed_char(writer)))
        return kind_add_character(writer, id);
    name_base_type(die, writer->stamp->pointer_size, &base);
    if (base.kind == BASE_UNKNOWN)
        return writer_add_unknown(writer, base.name, base.size, id);
    if (base.kind != BASE_INT)
        return writer_add_opaque(writer, base.name, base.size ? base.size : 1, id);
    int encoding = base.is_signed ? BTF_INT_SIGNED : 0;
    if (base.is_bool)
        encoding = BTF_INT_BOOL;
    return writer_added(writer, btf__add_int(writer->btf, base.name, base.size, encoding), id);
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
    /* D's enums are int; C's are unsigned int without a negative value. */
    if (language_is_d(die))
        base.is_signed = false;
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

static bool kind_add_typedef(struct writer *writer, Dwarf_Die *die, uint32_t type, uint32_t id)
{
    char *name = name_tag(die);
    if (!name)
        return error_set_no_memory(writer->error);
    int added = btf__add_typedef(writer->btf, *name ? name : "unnamed", (int)type);
    free(name);
    return writer_added(writer, added, id) && writer_add_alignment(writer, die, id, -1);
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
    case DW_TAG_immutable_type:
        return writer_added(writer, btf__add_const(writer->btf, target), id);
    case DW_TAG_volatile_type:
        return writer_added(writer, btf__add_volatile(writer->btf, target), id);
    case DW_TAG_restrict_type:
        return writer_added(writer, btf__add_restrict(writer->btf, target), id);
    case DW_TAG_atomic_type:
        /* BTF does not have this qualifier, so it is a type tag. */
        return writer_added(writer, btf__add_type_tag(writer->btf, "_Atomic", target), id);
    default: /* typedefs, and what is like one */
        return kind_add_typedef(writer, die, type, id);
    }
}

/* Sets the type to which the pointer points. */
static bool pointer_target_id(struct writer *writer, Dwarf_Die *die, uint32_t *id)
{
    if (rust_points_to_foreign(die))
        return writer_unknown_id(writer, 0, "a function of another calling convention than C's",
                                 id);
    if (d_points_to_unsaid(die))
        return writer_unknown_id(writer, 0, "a function whose parameters are not described", id);
    *id = 0;
    if (!d_points_to_void(die) && !writer_type_id(writer, die, id))
        return false;
    struct node constant = {.kind = NODE_CONST, .target = *id};
    return !(rust_points_to_const(die) || d_points_to_const(die)) ||
           writer_made_id(writer, constant, id);
}

/* C++'s references are passed as pointers. */
static bool kind_add_pointer(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    uint64_t size;
    uint32_t target;
    if (die_unsigned(die, DW_AT_byte_size, &size) && size != writer->stamp->pointer_size)
        return writer_add_unknown(writer, "a pointer of another size", size, id);
    return pointer_target_id(writer, die, &target) &&
           writer_added(writer, btf__add_ptr(writer->btf, (int)target), id);
}

/* nullptr_t is passed as a pointer. */
static bool kind_add_unspecified(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    const char *name = dwarf_diename(die);
    if (name && strstr(name, "nullptr"))
        return writer_added(writer, btf__add_ptr(writer->btf, 0), id);
    char what[96];
    snprintf(what, sizeof what, "DW_TAG_unspecified_type %.60s", name ? name : "");
    return writer_add_unknown(writer, what, 0, id);
}

/* Ada's subranges of a type are stored as that type. */
static bool kind_add_subrange(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    uint64_t size;
    Dwarf_Die base;
    Dwarf_Word own;
    if (!die_follow(die, DW_AT_type, &base) ||
        (die_unsigned(die, DW_AT_byte_size, &size) &&
         (dwarf_aggregate_size(&base, &own) != 0 || own != size)))
        return writer_add_unknown(writer, "a subrange of another size", 0, id);
    return kind_add_reference(writer, die, id);
}

/* A pointer to a member of a class: an offset, or, to a function, a pointer and an adjustment (C++
 * ABI for Itanium, 2.3). C does not have it. It agrees with one of the same class and type. */
static bool kind_add_pointer_to_member(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    Dwarf_Die class, type;
    uint32_t class_id, type_id, pointer_size = writer->stamp->pointer_size;
    if (!die_follow(die, DW_AT_containing_type, &class) || !die_follow(die, DW_AT_type, &type))
        return writer_add_unknown(writer, "a pointer to a member", 0, id);
    bool is_function = dwarf_tag(&type) == DW_TAG_subroutine_type;
    if (!writer_id(writer, &class, &class_id) || !writer_id(writer, &type, &type_id) ||
        !writer_made_id(writer, (struct node){.kind = NODE_POINTER, .target = class_id},
                        &class_id) ||
        !writer_made_id(writer, (struct node){.kind = NODE_POINTER, .target = type_id}, &type_id))
        return false;
    return writer_added(writer,
                        btf__add_struct(writer->btf, "pointer_to_member",
                                        is_function ? 2 * pointer_size : pointer_size),
                        id) &&
           writer_added(writer, btf__add_field(writer->btf, "of", (int)class_id, 0, 0), 0) &&
           writer_added(writer, btf__add_field(writer->btf, "to", (int)type_id, 0, 0), 0);
}

static bool kind_add_die(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    switch (dwarf_tag(die)) {
    case DW_TAG_base_type:
        return kind_add_base(writer, die, id);
    case DW_TAG_string_type:
        return kind_add_string(writer, die, id);
    case DW_TAG_array_type:
        return kind_add_array(writer, die, id);
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
        return kind_add_record(writer, die, id);
    case DW_TAG_enumeration_type:
        return kind_add_enum(writer, die, id);
    case DW_TAG_subroutine_type:
    case DW_TAG_subprogram:
        return kind_add_function(writer, die, id);
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
        return kind_add_pointer(writer, die, id);
    case DW_TAG_ptr_to_member_type:
        return kind_add_pointer_to_member(writer, die, id);
    case DW_TAG_unspecified_type:
        return kind_add_unspecified(writer, die, id);
    case DW_TAG_subrange_type:
        return kind_add_subrange(writer, die, id);
    case DW_TAG_const_type:
    case DW_TAG_immutable_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
    case DW_TAG_typedef:
    case DW_TAG_template_alias:
        return kind_add_reference(writer, die, id);
    default:
        return writer_add_unknown(writer, "not a type", 0, id);
    }
}

/* Is its unknown part written by who writes the kind, which has several types or a tag? */
static bool tells_unknown_itself(Dwarf_Die *die)
{
    switch (dwarf_tag(die)) {
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
    case DW_TAG_subroutine_type:
    case DW_TAG_subprogram:
        return true;
    default:
        return false;
    }
}

static bool kind_add_known(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    struct kind_unknown unknown;
    uint64_t size = 0;
    if (tells_unknown_itself(die) ||
        (vocabulary_knows(die, unknown.words) && vocabulary_knows_children(die, unknown.words)))
        return kind_add_die(writer, die, id);
    die_unsigned(die, DW_AT_byte_size, &size);
    uint32_t count = dwarf_tag(die) == DW_TAG_array_type ? writer_dimensions(die) : 1;
    for (uint32_t i = 0; i < count; i++)
        if (!writer_add_unknown(writer, unknown.words, size, id + i))
            return false;
    return true;
}

static bool kind_add_node(struct writer *writer, struct node node)
{
    switch (node.kind) {
    case NODE_INDEX:
        return writer_added(
            writer, btf__add_int(writer->btf, "unsigned long", writer->stamp->pointer_size, 0),
            node.id);
    case NODE_POINTER:
        return writer_added(writer, btf__add_ptr(writer->btf, (int)node.target), node.id);
    case NODE_CONST:
        return writer_added(writer, btf__add_const(writer->btf, (int)node.target), node.id);
    case NODE_TAG:
        return writer_added(writer, btf__add_type_tag(writer->btf, node.text, (int)node.target),
                            node.id);
    case NODE_UNKNOWN:
        return writer_add_unknown(writer, node.text, node.target, node.id);
    case NODE_VTABLE:
        return kind_add_vtable(writer, &node.die, node.id);
    default:
        return kind_add_known(writer, &node.die, node.id);
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
        snprintf(tag, sizeof tag, BTF_ALIGNED "%" PRIu64, alignment->value);
        int added = btf__add_decl_tag(writer->btf, tag, (int)alignment->id, alignment->member);
        if (!writer_added(writer, added, 0))
            return false;
    }
    return true;
}
