/* SPDX-License-Identifier: MIT */
/* The interfaces of a host in its header: the marks of their members, and the symbols that
 * PLUGIN_EXPECTS names. Their types are among the header's. */
#include "show/header_interfaces_p.h"

#include "judge/host_interfaces.h"

#include <string.h>

/* ---- structs ---- */

bool header_interface_has_name(const struct btf *btf, uint32_t id)
{
    struct btf_type type = btf_type(btf, id);
    return *type.name && (type.kind == BTF_TYPEDEF || type.kind == BTF_STRUCT);
}

const char *header_member_at(const struct btf *btf, uint32_t id, uint32_t offset)
{
    struct btf_type type = btf_unqualified(btf, id).type;
    for (uint32_t i = 0; btf_has_members(type.kind) && i < type.length; i++) {
        struct btf_member member = btf_member(btf, &type, i);
        if (member.bit_offset == (uint64_t)offset * 8)
            return member.name;
    }
    return NULL;
}

void header_add_literal(struct text *text, const char *string)
{
    /* `?` could start a trigraph (C11 5.2.1.1). */
    text_add(text, "\"");
    for (const char *at = string; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte < ' ' || byte >= 0x7f)
            text_add(text, "\\%03o", byte);
        else
            text_add(text, "%s%c", byte == '"' || byte == '\\' || byte == '?' ? "\\" : "", byte);
    }
    text_add(text, "\"");
}

static void header_interface_add_marks(struct text *text, const struct module *module,
                                       uint32_t number, const char *spelling)
{
    struct meta_interface interface = meta_interface(&module->meta, number);
    for (uint32_t i = 0; i < interface.member_count; i++) {
        struct meta_member member = meta_member(&module->meta, number, i);
        const char *name = header_member_at(module->btf, interface.type, member.offset);
        if (!name)
            continue;
        if (member.is_optional) {
            text_add(text, "PLUGIN_OPTIONAL(%s, ", spelling);
            text_add_escaped(text, name);
            text_add(text, ");\n");
        }
        if (strcmp(name, member.name) != 0) {
            text_add(text, "PLUGIN_NAMED(%s, ", spelling);
            text_add_escaped(text, name);
            text_add(text, ", ");
            header_add_literal(text, member.name);
            text_add(text, ");\n");
        }
    }
}

static void header_interface_add(struct text *text, const struct module *module, uint32_t number,
                                 struct header_needs_cache *needs, const struct print_names *names)
{
    const char *name = interface_name(module, number);
    uint32_t type = meta_interface(&module->meta, number).type;
    text_add(text, "/* ");
    header_needs_add_comment(text, name);
    text_add(text, "%s */\n",
             header_interface_has_name(module->btf, type) ? ""
                                                          : ": it has no name to declare it by");
    if (!header_interface_has_name(module->btf, type))
        return;
    TEXT_AUTO spelling = {0};
    print_declaration(&spelling, module->btf, type, NULL, names);
    text->failed |= spelling.failed;
    header_needs own = header_needs_of(needs, type, true);
    if (!header_needs_start(text, own, name))
        return;
    header_interface_add_marks(text, module, number, text_chars(&spelling));
    header_needs_end(text, own, name);
}

void header_interfaces_add(struct text *text, const struct module *module,
                           struct header_needs_cache *needs, const struct print_names *names)
{
    const struct meta *meta = &module->meta;
    bool is_first = true;
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++) {
        if (meta_interface(meta, i).kind != FORMAT_INTERFACE_OPENED)
            continue;
        if (is_first)
            text_add(text,
                     "\n/* Interfaces. A plugin meets one by exporting what its members point "
                     "to, each under\n * the member's name. */\n"
                     "#ifdef PLUGIN_OPTIONAL /* <plugin.h> is included */\n");
        is_first = false;
        header_interface_add(text, module, i, needs, names);
    }
    if (!is_first)
        text_add(text, "#endif\n");
}

/* ---- marks ---- */

/* Has the module said the same before this info? Each file that includes a header repeats it. */
static bool header_is_repeated(const struct meta *meta, uint32_t index)
{
    struct meta_info info = meta_info(meta, index);
    for (uint32_t i = 0; i < index; i++) {
        struct meta_info other = meta_info(meta, i);
        if (!strcmp(other.key, info.key) && !strcmp(other.value, info.value))
            return true;
    }
    return false;
}

void header_marks_add(struct text *text, const struct module *module)
{
    enum { MARKS_MAX = 1 << 10 }; /* comparing all with all takes time */
    static const char start[] = "PLUGIN_";
    const struct meta *meta = &module->meta;
    bool is_first = true;
    for (uint32_t i = 0; i < meta->header.infos.count && i < MARKS_MAX; i++) {
        struct meta_info info = meta_info(meta, i);
        if (strncmp(info.key, start, strlen(start)) != 0 || header_is_repeated(meta, i))
            continue;
        if (is_first)
            text_add(text, "\n/* What isolated plugins need to know of it: plugin_isolated(7). */\n"
                           "#ifdef PLUGIN_INFO /* <plugin.h> is included */\n");
        is_first = false;
        text_add(text, "PLUGIN_INFO(");
        header_add_literal(text, info.key);
        text_add(text, ", ");
        header_add_literal(text, info.value);
        text_add(text, ");\n");
    }
    if (!is_first)
        text_add(text, "#endif\n");
}

/* ---- expected symbols ---- */

static void header_expected_declare(struct text *text, const struct module *module,
                                    const struct meta_member *member,
                                    struct header_needs_cache *needs,
                                    const struct print_names *names)
{
    uint32_t type = btf_unqualified(module->btf, member->type).type.type;
    bool has_name = header_needs_is_c_name(member->name);
    bool is_declared = meta_symbol_by_name(&module->meta, member->name);
    if (!has_name || is_declared) {
        TEXT_AUTO name = {0};
        text_add_escaped(&name, member->name);
        text->failed |= name.failed;
        text_add(text, "/* ");
        header_needs_add_comment(text, text_chars(&name));
        text_add(text, ": %s%s */\n",
                 has_name ? "declared above" : "its name is none in C; define it with __asm__",
                 member->is_optional ? "; optional" : "");
        return;
    }
    header_needs own = header_needs_of(needs, type, false) | header_needs_of_name(member->name);
    if (!header_needs_start(text, own, member->name))
        return;
    text_add(text, "extern ");
    print_declaration(text, module->btf, type, member->name, names);
    text_add(text, ";%s\n", member->is_optional ? " /* optional */" : "");
    header_needs_end(text, own, member->name);
}

void header_expected_add(struct text *text, const struct module *module,
                         struct header_needs_cache *needs, const struct print_names *names)
{
    const struct meta *meta = &module->meta;
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++) {
        struct meta_interface interface = meta_interface(meta, i);
        if (interface.kind != FORMAT_INTERFACE_EXPECTED)
            continue;
        text_add(text, "\n/* Symbols that the host expects of a plugin. */\n");
        for (uint32_t k = 0; k < interface.member_count; k++) {
            struct meta_member member = meta_member(meta, i, k);
            header_expected_declare(text, module, &member, needs, names);
        }
    }
}
