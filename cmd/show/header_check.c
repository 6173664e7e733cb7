/* SPDX-License-Identifier: MIT */
/* The assertions of plugin header --check. */
#include "show/header_needs_p.h"
#include "show/header_p.h"

#include <inttypes.h>

/* No real struct nests members without a tag deeper. */
enum { HEADER_CHECK_DEPTH_MAX = 64 };

/* The type whose members are checked. */
struct owner {
    struct text *text;
    const struct btf *btf;
    const struct print_names *names;
    const char *spelling; /* "struct shape" */
};

/* Returns the type without its qualifiers. */
static uint32_t header_check_unqualified(const struct btf *btf, uint32_t id)
{
    struct btf_type type = btf_type(btf, id);
    while (type.kind == BTF_CONST || type.kind == BTF_VOLATILE || type.kind == BTF_TYPE_TAG) {
        id = type.type;
        type = btf_type(btf, id);
    }
    return id;
}

/* Can C spell the type? A type without a tag, even behind a pointer, is a new one wherever it is
 * spelled. */
static bool header_check_can_spell(const struct btf *btf, uint32_t id, unsigned depth)
{
    for (; depth < HEADER_CHECK_DEPTH_MAX; depth++) {
        struct btf_type type = btf_type(btf, id);
        switch (type.kind) {
        case BTF_STRUCT:
        case BTF_UNION:
        case BTF_ENUM:
        case BTF_ENUM64:
            return *type.name;
        case BTF_FLOAT:
            return header_needs_has_spelling(type.name);
        case BTF_FUNC_PROTO:
            for (uint32_t i = 0; i < type.length; i++)
                if (!header_check_can_spell(btf, btf_parameter(btf, &type, i).type, depth + 1))
                    return false;
            break;
        case BTF_PTR:
        case BTF_ARRAY:
        case BTF_CONST:
        case BTF_VOLATILE:
        case BTF_RESTRICT:
        case BTF_TYPE_TAG:
            break;
        default:
            return true;
        }
        id = type.type;
    }
    return false;
}

static void header_check_member(const struct owner *owner, const char *path, uint32_t type,
                                uint64_t offset)
{
    text_add(owner->text,
             "_Static_assert(__builtin_offsetof(%s, %s) == %" PRIu64 ", \"%s: offset of %s\");\n",
             owner->spelling, path, offset, owner->spelling, path);
    if (!header_check_can_spell(owner->btf, type, 0))
        return;
    /* Pointers are compared, since __builtin_types_compatible_p ignores outer qualifiers. */
    text_add(owner->text,
             "_Static_assert(__builtin_types_compatible_p(__typeof__(&((%s *)0)->%s), ",
             owner->spelling, path);
    print_declaration(owner->text, owner->btf, type, "(*)", owner->names);
    text_add(owner->text, "), \"%s: type of %s\");\n", owner->spelling, path);
}

/* Adds the members of a struct or union that is at this offset of the owner, by this path. */
static void header_check_members(const struct owner *owner, uint32_t id, const char *path,
                                 uint64_t offset, unsigned depth)
{
    struct btf_type type = btf_type(owner->btf, id);
    for (uint32_t i = 0; i < type.length && depth < HEADER_CHECK_DEPTH_MAX; i++) {
        struct btf_member member = btf_member(owner->btf, &type, i);
        uint32_t own = header_check_unqualified(owner->btf, member.type);
        struct btf_type own_type = btf_type(owner->btf, own);
        TEXT_AUTO longer = {0};
        text_add(&longer, "%s%s", path, *path && *member.name ? "." : "");
        text_add_escaped(&longer, member.name);
        if (*member.name && !member.bit_size) /* a bit-field has neither offset nor type */
            header_check_member(owner, text_chars(&longer), member.type,
                                offset + member.bit_offset / 8);
        if (btf_has_members(own_type.kind) && !*own_type.name)
            header_check_members(owner, own, text_chars(&longer), offset + member.bit_offset / 8,
                                 depth + 1);
    }
}

static void header_check_record(struct text *text, const struct btf *btf, uint32_t record,
                                const char *spelling, const struct print_names *names)
{
    struct owner owner = {text, btf, names, spelling};
    text_add(text, "_Static_assert(sizeof(%s) == %" PRIu32 ", \"%s: size\");\n", spelling,
             btf_type(btf, record).size, spelling);
    header_check_members(&owner, record, "", 0, 0);
}

static void header_check_typedef(struct text *text, const struct btf *btf, uint32_t target,
                                 const char *name, const struct print_names *names)
{
    if (!header_check_can_spell(btf, target, 0))
        return;
    text_add(text, "_Static_assert(__builtin_types_compatible_p(%s *, ", name);
    print_declaration(text, btf, target, "(*)", names);
    text_add(text, "), \"%s\");\n", name);
}

static void header_check_enumerators(struct text *text, const struct btf *btf, uint32_t id,
                                     const struct print_names *names)
{
    struct btf_type type = btf_type(btf, id);
    const char *suffix = names->enumerator_suffix(names->context, id);
    for (uint32_t i = 0; i < type.length; i++) {
        const char *name;
        int64_t value = btf_enumerator(btf, &type, i, &name);
        text_add(text, "_Static_assert(");
        text_add_escaped(text, name);
        text_add(text, "%s == ", suffix);
        print_enumerator_value(text, &type, value);
        text_add_between(text, ", \"enum ", type.name, ": ");
        text_add_escaped(text, name);
        text_add(text, "\");\n");
    }
}

static void header_check_add_type(struct text *text, struct header_needs_cache *needs, uint32_t id,
                                  const struct print_names *names)
{
    const struct btf *btf = needs->btf;
    struct btf_type type = btf_type(btf, id);
    TEXT_AUTO spelling = {0};
    const char *keyword = type.kind == BTF_STRUCT  ? "struct "
                          : type.kind == BTF_UNION ? "union "
                                                   : "";
    text_add_between(&spelling, keyword, type.name, names->suffix(names->context, id));
    /* A typedef names a struct that has no tag. */
    uint32_t record = type.kind == BTF_TYPEDEF ? header_check_unqualified(btf, type.type) : id;
    struct btf_type record_type = btf_type(btf, record);
    bool is_nameless = btf_has_members(record_type.kind) && !*record_type.name;
    bool is_record =
        btf_has_members(type.kind) ? *type.name : type.kind == BTF_TYPEDEF && is_nameless;
    if (is_record && header_needs_are_met(header_needs_of(needs, record, true)))
        header_check_record(text, btf, record, text_chars(&spelling), names);
    else if (!is_record && type.kind == BTF_TYPEDEF)
        header_check_typedef(text, btf, type.type, text_chars(&spelling), names);
    else if (btf_is_enum(type.kind))
        header_check_enumerators(text, btf, id, names);
}

void header_check_add(struct text *text, const struct btf *btf, const struct print_names *names,
                      const bool *is_reached)
{
    struct header_needs_cache needs;
    text->failed |= !header_needs_init(&needs, btf);
    for (uint32_t id = 1; id < btf->count && !text->failed; id++) {
        struct btf_type type = btf_type(btf, id);
        if (is_reached[id] && !print_is_builtin(&type))
            header_check_add_type(text, &needs, id, names);
    }
    header_needs_deinit(&needs);
}
