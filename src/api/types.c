/* SPDX-License-Identifier: MIT */
/* What a type is: <plugin_types.h>. */
#include "api/types_p.h"

#include "types/btf_tags.h"
#include "types/layout.h"

#include <string.h>

/* Alignments of no program's types take more members and links. */
enum { WORK_MAX = 1 << 18 };

enum plugin_type_kind plugin_type_kind(plugin_type type)
{
    if (!type.types_)
        return PLUGIN_TYPE_NONE;
    struct btf_type own = types_unqualified(type).type;
    switch (own.kind) {
    case BTF_VOID:
        return PLUGIN_TYPE_VOID;
    case BTF_INT:
        return btf_int(&own).is_bool ? PLUGIN_TYPE_BOOL : PLUGIN_TYPE_INTEGER;
    case BTF_FLOAT:
        return btf_is_opaque(&own) ? PLUGIN_TYPE_OTHER : PLUGIN_TYPE_FLOAT;
    case BTF_PTR:
        return PLUGIN_TYPE_POINTER;
    case BTF_ARRAY:
        return PLUGIN_TYPE_ARRAY;
    case BTF_FUNC_PROTO:
        return PLUGIN_TYPE_FUNCTION;
    case BTF_STRUCT:
    case BTF_UNION:
    case BTF_FWD:
        return btf_is_union(&own) ? PLUGIN_TYPE_UNION : PLUGIN_TYPE_STRUCT;
    case BTF_ENUM:
    case BTF_ENUM64:
        return PLUGIN_TYPE_ENUM;
    default:
        return PLUGIN_TYPE_OTHER;
    }
}

const char *plugin_type_name(plugin_type type)
{
    if (!type.types_)
        return "";
    struct btf_type own = types_unqualified(type).type;
    return own.kind == BTF_FWD && !strcmp(own.name, BTF_UNNAMED_TAG) ? "" : own.name;
}

const char *plugin_type_typedef(plugin_type type)
{
    return type.types_ ? types_unqualified(type).outer_name : "";
}

/* A struct of which the stamp does not know all has one member, of a type that is not known. */
static bool has_unknown_member(const struct btf *types, const struct btf_type *type)
{
    struct btf_type only = {0};
    if (type->length == 1)
        only = btf_type(types, btf_member(types, type, 0).type);
    return only.kind == BTF_FLOAT && btf_is_unknown(&only);
}

bool plugin_type_is_complete(plugin_type type)
{
    if (!type.types_)
        return false;
    const struct btf *types = types_of(type);
    struct btf_type own = types_unqualified(type).type;
    /* Without a size, it has no fixed number of elements, or too many. */
    while (own.kind == BTF_ARRAY && layout_size(types, type.id_))
        own = btf_unqualified(types, own.type).type;
    switch (own.kind) {
    case BTF_INT:
    case BTF_PTR:
        return true;
    case BTF_FLOAT:
        return !btf_is_unknown(&own);
    case BTF_STRUCT:
    case BTF_UNION:
        return !has_unknown_member(types, &own);
    case BTF_ENUM:
    case BTF_ENUM64:
        return own.length > 0;
    default:
        return false;
    }
}

size_t plugin_type_size(plugin_type type)
{
    return plugin_type_is_complete(type) ? layout_size(types_of(type), type.id_) : 0;
}

size_t plugin_type_alignment(plugin_type type)
{
    if (!plugin_type_is_complete(type))
        return 0;
    struct layout layout = {.btf = types_of(type), .work = {WORK_MAX}};
    size_t alignment = layout_type_alignment(&layout, type.id_);
    return layout.failed ? 0 : alignment;
}

bool plugin_type_is_signed(plugin_type type)
{
    if (!type.types_)
        return false;
    struct btf_type own = types_unqualified(type).type;
    return btf_is_enum(own.kind) ? own.flag : own.kind == BTF_INT && btf_int(&own).is_signed;
}

bool plugin_type_is_character(plugin_type type)
{
    static const char *const names[] = {"char", "signed char", "unsigned char"};
    if (plugin_type_kind(type) != PLUGIN_TYPE_INTEGER)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(plugin_type_name(type), names[i]))
            return true;
    return false;
}

static bool is_qualified(plugin_type type, enum btf_qualifier qualifier)
{
    unsigned links = 0;
    return type.types_ && btf_qualifiers(types_of(type), type.id_, &links) & qualifier;
}

bool plugin_type_is_const(plugin_type type)
{
    return is_qualified(type, BTF_IS_CONST);
}

bool plugin_type_is_volatile(plugin_type type)
{
    return is_qualified(type, BTF_IS_VOLATILE);
}

bool plugin_type_is_variadic(plugin_type type)
{
    if (plugin_type_kind(type) != PLUGIN_TYPE_FUNCTION)
        return false;
    struct btf_type own = types_unqualified(type).type;
    return btf_is_variadic(types_of(type), &own);
}

bool plugin_type_is_prototype(plugin_type type)
{
    if (plugin_type_kind(type) != PLUGIN_TYPE_FUNCTION)
        return false;
    struct btf_type own = types_unqualified(type).type;
    return !btf_is_unprototyped(types_of(type), &own);
}

const char *plugin_type_attribute(plugin_type type)
{
    if (!type.types_)
        return "";
    struct btf_unqualified own = types_unqualified(type);
    return own.type.kind == BTF_FUNC_PROTO ? btf_convention(types_of(type), &own.type) : own.tag;
}

plugin_type plugin_type_target(plugin_type type)
{
    if (!type.types_)
        return type;
    const struct btf *types = types_of(type);
    struct btf_type own = types_unqualified(type).type;
    switch (own.kind) {
    case BTF_FUNC_PROTO:
        /* The tag of a convention is the function's, not that of its result. */
        if (*btf_convention(types, &own))
            return (plugin_type){types, btf_type(types, own.type).type};
        return (plugin_type){types, own.type};
    case BTF_PTR:
    case BTF_ARRAY:
        return (plugin_type){types, own.type};
    default:
        return (plugin_type){0};
    }
}
