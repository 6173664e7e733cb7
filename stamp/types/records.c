/* SPDX-License-Identifier: MIT */
/* Writes structs, unions, and classes with their bases. */
#include "dwarf/die.h"
#include "dwarf/language.h"
#include "dwarf/vocabulary.h"
#include "src/types/btf_tags.h"
#include "types/classes_p.h"
#include "types/kinds_p.h"
#include "types/names_p.h"
#include "types/rust_p.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* BTF's limits (Documentation/bpf/btf.rst). */
enum { BIT_OFFSET_MAX = 0xFFFFFF, BIT_SIZE_MAX = 255 };

/* A struct, union or class that is being written. */
struct record {
    struct writer *writer;
    Dwarf_Die *die;
    uint32_t id;
    int32_t count; /* of members */
    bool has_bits; /* bit-fields */
};

/* Reads a member's offset and its size as a bit-field. Since DWARF 4 the offset of a bit-field
 * counts from the start of the struct, before that from the most significant bit of its storage
 * unit (DWARF 4, 5.5.6). False if it is computed at run time. */
static bool member_offset(Dwarf_Die *member, uint64_t *bits, uint64_t *bit_size)
{
    uint64_t offset = 0, from_top, storage;
    Dwarf_Die type;
    Dwarf_Word size;
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
            return false;
        offset = operations[0].number;
    }
    *bits = offset * 8;
    if (!die_unsigned(member, DW_AT_bit_offset, &from_top))
        return true;
    if (!die_unsigned(member, DW_AT_byte_size, &storage)) {
        if (!die_follow(member, DW_AT_type, &type) || dwarf_aggregate_size(&type, &size) != 0)
            return false;
        storage = size;
    }
    *bits += storage * 8 - from_top - *bit_size;
    return true;
}

static bool is_data_member(Dwarf_Die *child)
{
    /* C++'s static members are declared as members (DWARF 4). */
    return dwarf_tag(child) == DW_TAG_member && !die_has_flag(child, DW_AT_external) &&
           !die_is_declaration(child);
}

/* ---- what is known ---- */

static bool child_is_known(Dwarf_Die *child, char unknown[96])
{
    uint64_t bits, bit_size;
    int tag = dwarf_tag(child);
    /* The functions of a class are described where they are used. */
    if (tag == DW_TAG_subprogram)
        return true;
    if (!vocabulary_knows(child, unknown))
        return false;
    uint32_t place;
    if (tag == DW_TAG_inheritance && !class_virtual_base(child, &place) &&
        !member_offset(child, &bits, &bit_size)) {
        snprintf(unknown, 96, "the place of a virtual base");
        return false;
    }
    if (!is_data_member(child) || member_offset(child, &bits, &bit_size))
        return true;
    snprintf(unknown, 96, "an offset that is computed at run time");
    return false;
}

/* Does the stamp know all that makes up the type? */
static bool record_is_known(Dwarf_Die *die, char unknown[96])
{
    Dwarf_Die child;
    const char *name = dwarf_diename(die);
    bool is_template = false;
    if (!vocabulary_knows(die, unknown))
        return false;
    if (dwarf_child(die, &child) != 0)
        return true;
    do {
        int tag = dwarf_tag(&child);
        is_template |=
            tag == DW_TAG_template_type_parameter || tag == DW_TAG_template_value_parameter;
        if (!child_is_known(&child, unknown))
            return false;
    } while (dwarf_siblingof(&child, &child) == 0);
    /* clang's -gsimple-template-names gives all instances of a template one name. */
    bool has_name = !is_template || !name || strchr(name, '<') || !language_is_cxx(die);
    if (!has_name)
        snprintf(unknown, 96, "the arguments of a template");
    return has_name && class_is_known(die, unknown);
}

/* ---- members ---- */

static bool record_add(struct record *record, const char *name, uint32_t type, uint64_t bits,
                       uint64_t bit_size)
{
    struct writer *writer = record->writer;
    if (record->count++ >= LENGTH_MAX)
        return writer_fail(writer, record->die, "it has more than 65535 members");
    record->has_bits |= bit_size != 0;
    if (bits > UINT32_MAX || (record->has_bits && bits > BIT_OFFSET_MAX) || bit_size > BIT_SIZE_MAX)
        return writer_fail(writer, record->die, "it is too large for BTF");
    return writer_added(
        writer, btf__add_field(writer->btf, name, (int)type, (uint32_t)bits, (uint32_t)bit_size),
        0);
}

static bool record_add_member(struct record *record, Dwarf_Die *member)
{
    uint64_t bits, bit_size;
    uint32_t type;
    const char *name = dwarf_diename(member);
    if (!member_offset(member, &bits, &bit_size) || rust_is_empty(member))
        return true;
    return writer_type_id(record->writer, member, &type) &&
           record_add(record, name ? name : "", type, bits, bit_size) &&
           /* Of a member of Rust, it is that of the type, also in a packed struct. */
           (language_is_rust(member) ||
            writer_add_alignment(record->writer, member, record->id, record->count - 1));
}

/* A base is a member with the base's name. The place of a virtual base is in the table of virtual
 * functions; it is recorded as a pointer, with that place in its name. */
static bool record_add_base(struct record *record, Dwarf_Die *base)
{
    struct writer *writer = record->writer;
    uint64_t bits = 0, bit_size;
    uint32_t type, place;
    Dwarf_Die class;
    bool is_virtual = class_virtual_base(base, &place);
    if (!die_follow(base, DW_AT_type, &class) || dwarf_peel_type(&class, &class) != 0 ||
        !writer_type_id(writer, base, &type) ||
        (!is_virtual && !member_offset(base, &bits, &bit_size)))
        return writer_fail(writer, record->die, "a base has no type");
    die_complete(&class);
    char *tag = name_tag(&class);
    struct text name = {0};
    if (is_virtual)
        text_add(&name, "virtual_base_%" PRIu32 "_", place);
    const char *arguments = tag ? strstr(tag, BTF_ARGUMENTS_MARK) : NULL;
    text_add(&name, "%.*s", tag ? (int)(arguments ? arguments - tag : (ptrdiff_t)strlen(tag)) : 0,
             tag ? tag : "");
    struct node pointer = {.kind = NODE_POINTER, .target = type};
    bool done = (tag && !name.failed) || error_set_no_memory(writer->error);
    done = done && (!is_virtual || writer_made_id(writer, pointer, &type)) &&
           record_add(record, text_chars(&name), type, bits, 0);
    text_free(&name);
    free(tag);
    return done;
}

/* Compilers put the pointer to the virtual functions and the bases in different orders. */
static bool record_add_members(struct record *record)
{
    Dwarf_Die child;
    uint64_t bits = 0, bit_size;
    Dwarf_Die pointer;
    if (class_has_virtual_functions(record->die)) {
        uint32_t table, type;
        struct node node = {.kind = NODE_VTABLE, .die = *record->die};
        if (class_virtual_pointer(record->die, &pointer))
            member_offset(&pointer, &bits, &bit_size);
        if (!writer_made_id(record->writer, node, &table) ||
            !writer_made_id(record->writer, (struct node){.kind = NODE_POINTER, .target = table},
                            &type) ||
            !record_add(record, BTF_VIRTUAL_POINTER, type, bits, 0))
            return false;
    }
    for (int bases = 1; bases >= 0; bases--) {
        if (dwarf_child(record->die, &child) != 0)
            return true;
        do {
            bool is_base = dwarf_tag(&child) == DW_TAG_inheritance;
            if (bases && is_base && !record_add_base(record, &child))
                return false;
            if (!bases && is_data_member(&child) && !class_is_virtual_pointer(&child) &&
                !record_add_member(record, &child))
                return false;
        } while (dwarf_siblingof(&child, &child) == 0);
    }
    return true;
}

/* ---- records ---- */

static int add_start(struct writer *writer, const char *tag, bool is_union, bool is_incomplete,
                     uint64_t size)
{
    if (is_incomplete)
        return btf__add_fwd(writer->btf, *tag ? tag : BTF_UNNAMED_TAG,
                            is_union ? BTF_FWD_UNION : BTF_FWD_STRUCT);
    return is_union ? btf__add_union(writer->btf, tag, (uint32_t)size)
                    : btf__add_struct(writer->btf, tag, (uint32_t)size);
}

/* A record of which something is unknown agrees with an incomplete one of its tag alone. */
static bool record_add_unknown(struct record *record, const char *what)
{
    uint32_t type;
    return writer_unknown_id(record->writer, 1, what, &type) &&
           record_add(record, BTF_UNKNOWN_MEMBER, type, 0, 0);
}

bool kind_add_record(struct writer *writer, Dwarf_Die *die, uint32_t id)
{
    struct record record = {writer, die, id, 0, false};
    struct kind_unknown unknown = {""};
    uint64_t size = 0;
    bool is_union = dwarf_tag(die) == DW_TAG_union_type, is_incomplete = die_is_declaration(die);
    bool is_known = is_incomplete || record_is_known(die, unknown.words);
    is_incomplete |= is_known && !die_unsigned(die, DW_AT_byte_size, &size);
    die_unsigned(die, DW_AT_byte_size, &size);
    char *tag = name_tag(die);
    if (!tag)
        return error_set_no_memory(writer->error);
    int added = add_start(writer, tag, is_union, is_incomplete, size);
    free(tag);
    if (!writer_added(writer, added, id))
        return false;
    if (is_incomplete)
        return true;
    if (size > UINT32_MAX)
        return writer_fail(writer, die, "it is too large for BTF");
    if (!is_known)
        return record_add_unknown(&record, unknown.words);
    return record_add_members(&record) && writer_add_alignment(writer, die, id, -1);
}
