/* SPDX-License-Identifier: MIT */
/* The tags and attributes of DWARF 5, of DWARF's vendor extensions that gcc, clang, rustc,
 * gfortran, gnat, gdc and ldc write, and what the stamp makes of each. A test compares the lists
 * with those of libdw. */
#include "dwarf/vocabulary.h"

#include "src/base/search.h"

#include <dwarf.h>
#include <stdio.h>

#define TAG(name, decision, reason)                                                                \
    {                                                                                              \
        DW_TAG_##name, "DW_TAG_" #name, VOCABULARY_##decision, reason                              \
    }
#define ATTRIBUTE(name, decision, reason)                                                          \
    {                                                                                              \
        DW_AT_##name, "DW_AT_" #name, VOCABULARY_##decision, reason                                \
    }

/* By number: not every <dwarf.h> declares them. */
#define VENDOR_TAG(code, name, decision, reason)                                                   \
    {                                                                                              \
        code, "DW_TAG_" #name, VOCABULARY_##decision, reason                                       \
    }
#define VENDOR_ATTRIBUTE(code, name, decision, reason)                                             \
    {                                                                                              \
        code, "DW_AT_" #name, VOCABULARY_##decision, reason                                        \
    }

/* clang-format off: a line each */
static const struct vocabulary_word vocabulary_all_tags[] = {
    TAG(array_type, FOLLOWED, ""),
    TAG(class_type, FOLLOWED, ""),
    TAG(entry_point, IRRELEVANT, "a place in code, not a type"),
    TAG(enumeration_type, FOLLOWED, ""),
    TAG(formal_parameter, FOLLOWED, ""),
    TAG(imported_declaration, IRRELEVANT, "a name for something that is elsewhere"),
    TAG(label, IRRELEVANT, "a place in code"),
    TAG(lexical_block, IRRELEVANT, "code"),
    TAG(member, FOLLOWED, ""),
    TAG(pointer_type, FOLLOWED, ""),
    TAG(reference_type, FOLLOWED, ""),
    TAG(compile_unit, IRRELEVANT, "a unit"),
    TAG(string_type, FOLLOWED, ""),
    TAG(structure_type, FOLLOWED, ""),
    TAG(subroutine_type, FOLLOWED, ""),
    TAG(typedef, FOLLOWED, ""),
    TAG(union_type, FOLLOWED, ""),
    TAG(unspecified_parameters, FOLLOWED, ""),
    TAG(variant, FOLLOWED, ""),
    TAG(common_block, IRRELEVANT, "a group of variables"),
    TAG(common_inclusion, IRRELEVANT, "a use of such a group"),
    TAG(inheritance, FOLLOWED, ""),
    TAG(inlined_subroutine, IRRELEVANT, "code"),
    TAG(module, IRRELEVANT, "a scope"),
    TAG(ptr_to_member_type, FOLLOWED, ""),
    TAG(set_type, UNKNOWN, "Pascal's and Modula-2's sets: their bits are not described"),
    TAG(subrange_type, FOLLOWED, ""),
    TAG(with_stmt, IRRELEVANT, "code"),
    TAG(access_declaration, IRRELEVANT, "the same members under other rights"),
    TAG(base_type, FOLLOWED, ""),
    TAG(catch_block, IRRELEVANT, "code"),
    TAG(const_type, FOLLOWED, ""),
    TAG(constant, IRRELEVANT, "a value"),
    TAG(enumerator, FOLLOWED, ""),
    TAG(file_type, UNKNOWN, "Pascal's files"),
    TAG(friend, IRRELEVANT, "rights to access"),
    TAG(namelist, IRRELEVANT, "a group of variables"),
    TAG(namelist_item, IRRELEVANT, "a part of one"),
    TAG(packed_type, UNKNOWN, "Pascal's and Ada's packed types: their layout is not described"),
    TAG(subprogram, FOLLOWED, ""),
    TAG(template_type_parameter, FOLLOWED, ""),
    TAG(template_value_parameter, FOLLOWED, ""),
    TAG(thrown_type, IRRELEVANT, "exceptions are not compared"),
    TAG(try_block, IRRELEVANT, "code"),
    TAG(variant_part, UNKNOWN, "its variants are not described as C types"),
    TAG(variable, IRRELEVANT, "static members are symbols of their own"),
    TAG(volatile_type, FOLLOWED, ""),
    TAG(dwarf_procedure, IRRELEVANT, "a part of expressions"),
    TAG(restrict_type, FOLLOWED, ""),
    TAG(interface_type, UNKNOWN, "Java's and D's interfaces: their layout is not described"),
    TAG(namespace, IRRELEVANT, "a scope"),
    TAG(imported_module, IRRELEVANT, "names that are elsewhere"),
    TAG(unspecified_type, FOLLOWED, ""),
    TAG(partial_unit, IRRELEVANT, "a unit"),
    TAG(imported_unit, IRRELEVANT, "a unit"),
    TAG(condition, IRRELEVANT, "COBOL's names for values"),
    TAG(shared_type, UNKNOWN, "UPC's objects are in another address space"),
    TAG(type_unit, IRRELEVANT, "a unit"),
    TAG(rvalue_reference_type, FOLLOWED, ""),
    TAG(template_alias, FOLLOWED, ""),
    TAG(coarray_type, UNKNOWN, "Fortran's coarrays: an image's part only"),
    TAG(generic_subrange, UNKNOWN, "bounds that are computed at run time"),
    TAG(dynamic_type, UNKNOWN, "its size is computed at run time"),
    TAG(atomic_type, FOLLOWED, ""),
    TAG(call_site, IRRELEVANT, "code"),
    TAG(call_site_parameter, IRRELEVANT, "code"),
    TAG(skeleton_unit, IRRELEVANT, "a unit; the stamp refuses it"),
    TAG(immutable_type, FOLLOWED, ""),
    VENDOR_TAG(0x4081, MIPS_loop, IRRELEVANT, "code"),
    VENDOR_TAG(0x4101, format_label, IRRELEVANT, "code"),
    VENDOR_TAG(0x4102, function_template, IRRELEVANT, "no function is made of it yet"),
    VENDOR_TAG(0x4103, class_template, IRRELEVANT, "no class is made of it yet"),
    VENDOR_TAG(0x4104, GNU_BINCL, IRRELEVANT, "an include file"),
    VENDOR_TAG(0x4105, GNU_EINCL, IRRELEVANT, "an include file"),
    VENDOR_TAG(0x4106, GNU_template_template_param, FOLLOWED, ""),
    VENDOR_TAG(0x4107, GNU_template_parameter_pack, FOLLOWED, ""),
    VENDOR_TAG(0x4108, GNU_formal_parameter_pack, FOLLOWED, ""),
    VENDOR_TAG(0x4109, GNU_call_site, IRRELEVANT, "code"),
    VENDOR_TAG(0x410a, GNU_call_site_parameter, IRRELEVANT, "code"),
    VENDOR_TAG(0x4200, APPLE_property, IRRELEVANT, "names for methods"),
    VENDOR_TAG(0x4201, SUN_function_template, IRRELEVANT, "no function is made of it yet"),
    VENDOR_TAG(0x4300, LLVM_ptrauth_type, UNKNOWN, "pointers that are signed"),
    VENDOR_TAG(0x6000, GNU_annotation, IRRELEVANT, "words for BPF, which change no code"),
};

static const struct vocabulary_word vocabulary_all_attributes[] = {
    ATTRIBUTE(sibling, IRRELEVANT, "the next DIE"),
    ATTRIBUTE(location, IRRELEVANT, "a place; that of a parameter may tell how it is passed"),
    ATTRIBUTE(name, FOLLOWED, ""),
    ATTRIBUTE(ordering, FOLLOWED, ""),
    ATTRIBUTE(byte_size, CONSTANT, ""),
    ATTRIBUTE(bit_offset, CONSTANT, ""),
    ATTRIBUTE(bit_size, CONSTANT, ""),
    ATTRIBUTE(stmt_list, IRRELEVANT, "of units"),
    ATTRIBUTE(low_pc, IRRELEVANT, "code"),
    ATTRIBUTE(high_pc, IRRELEVANT, "code"),
    ATTRIBUTE(language, IRRELEVANT, "of units"),
    ATTRIBUTE(discr, UNKNOWN, "a part of variants"),
    ATTRIBUTE(discr_value, UNKNOWN, "a part of variants"),
    ATTRIBUTE(visibility, IRRELEVANT, "rights to access"),
    ATTRIBUTE(import, IRRELEVANT, "a name"),
    ATTRIBUTE(string_length, UNKNOWN, "a string whose length is elsewhere"),
    ATTRIBUTE(common_reference, IRRELEVANT, "of variables"),
    ATTRIBUTE(comp_dir, IRRELEVANT, "of units"),
    ATTRIBUTE(const_value, IRRELEVANT, "a value; of enumerators, it is read"),
    ATTRIBUTE(containing_type, FOLLOWED, ""),
    ATTRIBUTE(default_value, IRRELEVANT, "what a caller passes if it says nothing"),
    ATTRIBUTE(inline, IRRELEVANT, "code"),
    ATTRIBUTE(is_optional, IRRELEVANT, "the same parameter, or a null pointer"),
    ATTRIBUTE(lower_bound, FOLLOWED, ""),
    ATTRIBUTE(producer, IRRELEVANT, "of units"),
    ATTRIBUTE(prototyped, FOLLOWED, ""),
    ATTRIBUTE(return_addr, IRRELEVANT, "code"),
    ATTRIBUTE(start_scope, IRRELEVANT, "names"),
    ATTRIBUTE(bit_stride, UNKNOWN, "elements that are not a multiple of bytes"),
    ATTRIBUTE(upper_bound, FOLLOWED, ""),
    ATTRIBUTE(abstract_origin, FOLLOWED, ""),
    ATTRIBUTE(accessibility, IRRELEVANT, "rights to access"),
    ATTRIBUTE(address_class, ZERO, "pointers into another address space"),
    ATTRIBUTE(artificial, FOLLOWED, ""),
    ATTRIBUTE(base_types, IRRELEVANT, "of units"),
    ATTRIBUTE(calling_convention, FOLLOWED, ""),
    ATTRIBUTE(count, FOLLOWED, ""),
    ATTRIBUTE(data_member_location, FOLLOWED, ""),
    ATTRIBUTE(decl_column, IRRELEVANT, "the source"),
    ATTRIBUTE(decl_file, IRRELEVANT, "the source"),
    ATTRIBUTE(decl_line, IRRELEVANT, "the source"),
    ATTRIBUTE(declaration, FOLLOWED, ""),
    ATTRIBUTE(discr_list, UNKNOWN, "a part of variants"),
    ATTRIBUTE(encoding, FOLLOWED, ""),
    ATTRIBUTE(external, IRRELEVANT, "a scope"),
    ATTRIBUTE(frame_base, IRRELEVANT, "code"),
    ATTRIBUTE(friend, IRRELEVANT, "rights to access"),
    ATTRIBUTE(identifier_case, IRRELEVANT, "of units"),
    ATTRIBUTE(macro_info, IRRELEVANT, "of units"),
    ATTRIBUTE(namelist_item, IRRELEVANT, "of variables"),
    ATTRIBUTE(priority, IRRELEVANT, "of modules"),
    ATTRIBUTE(segment, UNKNOWN, "an address in a segment"),
    ATTRIBUTE(specification, FOLLOWED, ""),
    ATTRIBUTE(static_link, IRRELEVANT, "code"),
    ATTRIBUTE(type, FOLLOWED, ""),
    ATTRIBUTE(use_location, IRRELEVANT, "how a pointer to a member is used"),
    ATTRIBUTE(variable_parameter, IRRELEVANT, "what the callee may change"),
    ATTRIBUTE(virtuality, FOLLOWED, ""),
    ATTRIBUTE(vtable_elem_location, FOLLOWED, ""),
    ATTRIBUTE(allocated, UNKNOWN, "memory that is allocated at run time"),
    ATTRIBUTE(associated, UNKNOWN, "memory that is found at run time"),
    ATTRIBUTE(data_location, UNKNOWN, "the data is not where the object is"),
    ATTRIBUTE(byte_stride, UNKNOWN, "elements that are not side by side"),
    ATTRIBUTE(entry_pc, IRRELEVANT, "code"),
    ATTRIBUTE(use_UTF8, IRRELEVANT, "of units"),
    ATTRIBUTE(extension, IRRELEVANT, "of namespaces"),
    ATTRIBUTE(ranges, IRRELEVANT, "code"),
    ATTRIBUTE(trampoline, IRRELEVANT, "code"),
    ATTRIBUTE(call_column, IRRELEVANT, "code"),
    ATTRIBUTE(call_file, IRRELEVANT, "code"),
    ATTRIBUTE(call_line, IRRELEVANT, "code"),
    ATTRIBUTE(description, IRRELEVANT, "words"),
    ATTRIBUTE(binary_scale, UNKNOWN, "a fixed-point number"),
    ATTRIBUTE(decimal_scale, UNKNOWN, "a fixed-point number"),
    ATTRIBUTE(small, UNKNOWN, "a fixed-point number"),
    ATTRIBUTE(decimal_sign, UNKNOWN, "a decimal number"),
    ATTRIBUTE(digit_count, UNKNOWN, "a decimal number"),
    ATTRIBUTE(picture_string, UNKNOWN, "a COBOL picture"),
    ATTRIBUTE(mutable, IRRELEVANT, "a member of a constant that may change"),
    ATTRIBUTE(threads_scaled, ZERO, "UPC's arrays are in several threads"),
    ATTRIBUTE(explicit, IRRELEVANT, "how C++ may call it"),
    ATTRIBUTE(object_pointer, IRRELEVANT, "which parameter is the object"),
    ATTRIBUTE(endianity, ZERO, "another byte order"),
    ATTRIBUTE(elemental, IRRELEVANT, "how Fortran may call it"),
    ATTRIBUTE(pure, IRRELEVANT, "what it does"),
    ATTRIBUTE(recursive, IRRELEVANT, "what it does"),
    ATTRIBUTE(signature, FOLLOWED, ""),
    ATTRIBUTE(main_subprogram, IRRELEVANT, "of programs"),
    ATTRIBUTE(data_bit_offset, CONSTANT, ""),
    ATTRIBUTE(const_expr, IRRELEVANT, "when it is computed"),
    ATTRIBUTE(enum_class, IRRELEVANT, "names"),
    ATTRIBUTE(linkage_name, IRRELEVANT, "a name"),
    ATTRIBUTE(string_length_bit_size, UNKNOWN, "a string whose length is elsewhere"),
    ATTRIBUTE(string_length_byte_size, UNKNOWN, "a string whose length is elsewhere"),
    ATTRIBUTE(rank, UNKNOWN, "a number of dimensions that is known at run time"),
    ATTRIBUTE(str_offsets_base, IRRELEVANT, "of units"),
    ATTRIBUTE(addr_base, IRRELEVANT, "of units"),
    ATTRIBUTE(rnglists_base, IRRELEVANT, "of units"),
    ATTRIBUTE(dwo_name, IRRELEVANT, "of units"),
    ATTRIBUTE(reference, IRRELEVANT, "which objects C++ may call it for"),
    ATTRIBUTE(rvalue_reference, IRRELEVANT, "which objects C++ may call it for"),
    ATTRIBUTE(macros, IRRELEVANT, "of units"),
    ATTRIBUTE(call_all_calls, IRRELEVANT, "code"),
    ATTRIBUTE(call_all_source_calls, IRRELEVANT, "code"),
    ATTRIBUTE(call_all_tail_calls, IRRELEVANT, "code"),
    ATTRIBUTE(call_return_pc, IRRELEVANT, "code"),
    ATTRIBUTE(call_value, IRRELEVANT, "code"),
    ATTRIBUTE(call_origin, IRRELEVANT, "code"),
    ATTRIBUTE(call_parameter, IRRELEVANT, "code"),
    ATTRIBUTE(call_pc, IRRELEVANT, "code"),
    ATTRIBUTE(call_tail_call, IRRELEVANT, "code"),
    ATTRIBUTE(call_target, IRRELEVANT, "code"),
    ATTRIBUTE(call_target_clobbered, IRRELEVANT, "code"),
    ATTRIBUTE(call_data_location, IRRELEVANT, "code"),
    ATTRIBUTE(call_data_value, IRRELEVANT, "code"),
    ATTRIBUTE(noreturn, IRRELEVANT, "it does not return, but is called in the same way"),
    ATTRIBUTE(alignment, CONSTANT, ""),
    ATTRIBUTE(export_symbols, IRRELEVANT, "names"),
    ATTRIBUTE(deleted, FOLLOWED, ""),
    ATTRIBUTE(defaulted, FOLLOWED, ""),
    ATTRIBUTE(loclists_base, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x90, language_name, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x91, language_version, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2001, MIPS_fde, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2007, MIPS_linkage_name, IRRELEVANT, "a name"),
    VENDOR_ATTRIBUTE(0x2009, MIPS_abstract_name, IRRELEVANT, "a name"),
    VENDOR_ATTRIBUTE(0x200a, MIPS_clone_origin, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x200b, MIPS_has_inlines, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2101, sf_names, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2102, src_info, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2103, mac_info, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2104, src_coords, IRRELEVANT, "the source"),
    VENDOR_ATTRIBUTE(0x2105, body_begin, IRRELEVANT, "the source"),
    VENDOR_ATTRIBUTE(0x2106, body_end, IRRELEVANT, "the source"),
    VENDOR_ATTRIBUTE(0x2107, GNU_vector, FOLLOWED, ""),
    VENDOR_ATTRIBUTE(0x2108, GNU_guarded_by, IRRELEVANT, "locks"),
    VENDOR_ATTRIBUTE(0x2109, GNU_pt_guarded_by, IRRELEVANT, "locks"),
    VENDOR_ATTRIBUTE(0x210a, GNU_guarded, IRRELEVANT, "locks"),
    VENDOR_ATTRIBUTE(0x210b, GNU_pt_guarded, IRRELEVANT, "locks"),
    VENDOR_ATTRIBUTE(0x210c, GNU_locks_excluded, IRRELEVANT, "locks"),
    VENDOR_ATTRIBUTE(0x210d, GNU_exclusive_locks_required, IRRELEVANT, "locks"),
    VENDOR_ATTRIBUTE(0x210e, GNU_shared_locks_required, IRRELEVANT, "locks"),
    VENDOR_ATTRIBUTE(0x210f, GNU_odr_signature, IRRELEVANT, "a check of the linker's"),
    VENDOR_ATTRIBUTE(0x2110, GNU_template_name, IRRELEVANT, "a name"),
    VENDOR_ATTRIBUTE(0x2111, GNU_call_site_value, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2112, GNU_call_site_data_value, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2113, GNU_call_site_target, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2114, GNU_call_site_target_clobbered, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2115, GNU_tail_call, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2116, GNU_all_tail_call_sites, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2117, GNU_all_call_sites, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2118, GNU_all_source_call_sites, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2119, GNU_macros, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x211a, GNU_deleted, FOLLOWED, ""),
    VENDOR_ATTRIBUTE(0x2130, GNU_dwo_name, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2131, GNU_dwo_id, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2132, GNU_ranges_base, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2133, GNU_addr_base, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2134, GNU_pubnames, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2135, GNU_pubtypes, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x2136, GNU_discriminator, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2137, GNU_locviews, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2138, GNU_entry_view, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x2139, GNU_annotation, IRRELEVANT, "words for BPF, which change no code"),
    VENDOR_ATTRIBUTE(0x2303, GNU_numerator, UNKNOWN, "a fixed-point number"),
    VENDOR_ATTRIBUTE(0x2304, GNU_denominator, UNKNOWN, "a fixed-point number"),
    VENDOR_ATTRIBUTE(0x2305, GNU_bias, UNKNOWN, "a number that is stored with an offset"),
    VENDOR_ATTRIBUTE(0x2900, GO_kind, IRRELEVANT, "what Go calls it"),
    VENDOR_ATTRIBUTE(0x2901, GO_key, IRRELEVANT, "what Go calls it"),
    VENDOR_ATTRIBUTE(0x2902, GO_elem, IRRELEVANT, "what Go calls it"),
    VENDOR_ATTRIBUTE(0x2903, GO_embedded_field, IRRELEVANT, "names"),
    VENDOR_ATTRIBUTE(0x2904, GO_runtime_type, IRRELEVANT, "of Go's run-time"),
    VENDOR_ATTRIBUTE(0x2905, GO_package_name, IRRELEVANT, "names"),
    VENDOR_ATTRIBUTE(0x2906, GO_dict_index, IRRELEVANT, "of Go's run-time"),
    VENDOR_ATTRIBUTE(0x2907, GO_closure_offset, IRRELEVANT, "of Go's run-time"),
    VENDOR_ATTRIBUTE(0x3a00, UPC_threads_scaled, UNKNOWN, "UPC's arrays are in several threads"),
    VENDOR_ATTRIBUTE(0x3e00, LLVM_include_path, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x3e01, LLVM_config_macros, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x3e02, LLVM_sysroot, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x3e03, LLVM_tag_offset, IRRELEVANT, "of the address sanitizer's checks"),
    VENDOR_ATTRIBUTE(0x3e04, LLVM_ptrauth_key, UNKNOWN, "pointers that are signed"),
    VENDOR_ATTRIBUTE(0x3e05, LLVM_ptrauth_address_discriminated, UNKNOWN, "signed pointers"),
    VENDOR_ATTRIBUTE(0x3e06, LLVM_ptrauth_extra_discriminator, UNKNOWN, "pointers that are signed"),
    VENDOR_ATTRIBUTE(0x3e07, LLVM_apinotes, IRRELEVANT, "the source"),
    VENDOR_ATTRIBUTE(0x3e08, LLVM_active_lane, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x3e09, LLVM_augmentation, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x3e0a, LLVM_lanes, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x3e0b, LLVM_lane_pc, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x3e0c, LLVM_vector_size, UNKNOWN, "a vector of another kind"),
    VENDOR_ATTRIBUTE(0x3fe1, APPLE_optimized, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x3fe2, APPLE_flags, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x3fe3, APPLE_isa, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x3fe4, APPLE_block, UNKNOWN, "not described"),
    VENDOR_ATTRIBUTE(0x3fe5, APPLE_major_runtime_vers, IRRELEVANT, "of units"),
    VENDOR_ATTRIBUTE(0x3fe6, APPLE_runtime_class, UNKNOWN, "not described"),
    VENDOR_ATTRIBUTE(0x3fe7, APPLE_omit_frame_ptr, IRRELEVANT, "code"),
    VENDOR_ATTRIBUTE(0x3fe8, APPLE_property_name, IRRELEVANT, "names for methods"),
    VENDOR_ATTRIBUTE(0x3fe9, APPLE_property_getter, IRRELEVANT, "names for methods"),
    VENDOR_ATTRIBUTE(0x3fea, APPLE_property_setter, IRRELEVANT, "names for methods"),
    VENDOR_ATTRIBUTE(0x3feb, APPLE_property_attribute, IRRELEVANT, "names for methods"),
    VENDOR_ATTRIBUTE(0x3fec, APPLE_objc_complete_type, IRRELEVANT, "the source"),
    VENDOR_ATTRIBUTE(0x3fed, APPLE_property, IRRELEVANT, "names for methods"),
    VENDOR_ATTRIBUTE(0x3fef, APPLE_sdk, IRRELEVANT, "of units"),
};
/* clang-format on */

const struct vocabulary_word *vocabulary_tags(size_t *count)
{
    *count = sizeof vocabulary_all_tags / sizeof *vocabulary_all_tags;
    return vocabulary_all_tags;
}

const struct vocabulary_word *vocabulary_attributes(size_t *count)
{
    *count = sizeof vocabulary_all_attributes / sizeof *vocabulary_all_attributes;
    return vocabulary_all_attributes;
}

struct word_search {
    const struct vocabulary_word *words;
    unsigned code;
};

static bool word_is_before(const void *context, size_t item)
{
    const struct word_search *search = context;
    return search->words[item].code < search->code;
}

static const struct vocabulary_word *word_find(const struct vocabulary_word *words, size_t count,
                                               unsigned code)
{
    struct word_search search = {words, code};
    size_t found = search_first(count, word_is_before, &search);
    return found < count && words[found].code == code ? &words[found] : NULL;
}

static bool attribute_is_known(Dwarf_Attribute *attribute, const struct vocabulary_word *word)
{
    Dwarf_Word value;
    switch (word->decision) {
    case VOCABULARY_CONSTANT:
        return dwarf_formudata(attribute, &value) == 0;
    case VOCABULARY_ZERO:
        return dwarf_formudata(attribute, &value) == 0 && value == 0;
    default:
        return word->decision != VOCABULARY_UNKNOWN;
    }
}

/* What a DIE has that the stamp does not know. */
struct unknown {
    const char *tag;
    char *words;
    size_t size;
};

static int attribute_check(Dwarf_Attribute *attribute, void *context)
{
    const struct unknown *unknown = context;
    size_t count;
    const struct vocabulary_word *all = vocabulary_attributes(&count);
    const struct vocabulary_word *word = word_find(all, count, dwarf_whatattr(attribute));
    if (word && attribute_is_known(attribute, word))
        return DWARF_CB_OK;
    if (word)
        snprintf(unknown->words, unknown->size, "%s of %s", word->name, unknown->tag);
    else
        snprintf(unknown->words, unknown->size, "DW_AT_%#x of %s", dwarf_whatattr(attribute),
                 unknown->tag);
    return DWARF_CB_ABORT;
}

/* Returns the tag's word; NULL if the stamp does not know what it means: then says so. */
static const struct vocabulary_word *tag_check(Dwarf_Die *die, char unknown[static 96])
{
    size_t count;
    const struct vocabulary_word *all = vocabulary_tags(&count);
    const struct vocabulary_word *tag = word_find(all, count, (unsigned)dwarf_tag(die));
    if (tag && tag->decision != VOCABULARY_UNKNOWN)
        return tag;
    if (tag)
        snprintf(unknown, 96, "%s", tag->name);
    else
        snprintf(unknown, 96, "DW_TAG_%#x", (unsigned)dwarf_tag(die));
    return NULL;
}

bool vocabulary_knows(Dwarf_Die *die, char unknown[static 96])
{
    *unknown = '\0';
    const struct vocabulary_word *tag = tag_check(die, unknown);
    if (!tag)
        return false;
    struct unknown context = {tag->name, unknown, 96};
    ptrdiff_t result = dwarf_getattrs(die, attribute_check, &context, 0);
    if (result == -1)
        snprintf(unknown, 96, "an attribute of %s in an unknown form", tag->name);
    return !*unknown;
}

bool vocabulary_knows_children(Dwarf_Die *die, char unknown[static 96])
{
    Dwarf_Die child;
    if (dwarf_child(die, &child) != 0)
        return true;
    do
        if (!tag_check(&child, unknown))
            return false;
    while (dwarf_siblingof(&child, &child) == 0);
    return true;
}
