/* SPDX-License-Identifier: MIT */
/* The C source of a new plugin: the functions and variables of an interface. */
#include "show/new_p.h"

#include "common/run.h"
#include "show/header_interfaces_p.h"
#include "show/header_p.h"
#include "src/base/path.h"

#include <stdlib.h>
#include <string.h>

/* What the definitions are written with. */
struct definitions {
    struct text *text;
    const struct module *module; /* of the interface */
    const struct btf *btf;
    uint32_t interface;
    const struct header_names *all_names;
    const struct print_names *names; /* NULL: those of the host's own header */
    struct header_needs_cache needs;
    const char *host;
    struct error *error;
};

void new_source_add_path(struct text *text, const char *path, const char *extension)
{
    const char *base = path_base_name(path), *dot = strrchr(base, '.');
    size_t length = dot && dot > base ? (size_t)(dot - path) : strlen(path);
    text_add_bytes(text, path, length);
    text_add(text, "%s", extension);
}

/* ---- names ---- */

/* Returns the tag of what a parameter is, or points to; "" if it has none. */
static const char *parameter_tag(const struct btf *btf, uint32_t id)
{
    struct btf_type type = btf_unqualified(btf, id).type;
    while (type.kind == BTF_PTR)
        type = btf_unqualified(btf, type.type).type;
    bool has_tag = btf_is_record(type.kind) || btf_is_enum(type.kind);
    return has_tag && !print_is_builtin(&type) ? type.name : "";
}

/* Can the tag be the parameter's name, without hiding what a declaration behind it, or the author,
 * may need? */
static bool definition_can_name(const struct definitions *made, const struct btf_type *proto,
                                uint32_t index, const char *tag)
{
    if (!*tag || !header_needs_is_c_name(tag) || header_names_is_typedef(made->all_names, tag) ||
        meta_symbol_by_name(&made->module->meta, tag))
        return false;
    for (uint32_t i = 0; i < proto->length; i++)
        if (i != index &&
            !strcmp(parameter_tag(made->btf, btf_parameter(made->btf, proto, i).type), tag))
            return false;
    return true;
}

/* Adds a name for the parameter: DWARF records none for those of function pointers. */
static void definition_add_parameter_name(const struct definitions *made, struct text *name,
                                          const struct btf_type *proto, uint32_t index)
{
    struct btf_parameter parameter = btf_parameter(made->btf, proto, index);
    const char *tag = parameter_tag(made->btf, parameter.type);
    if (*parameter.name && header_needs_is_c_name(parameter.name))
        text_add_escaped(name, parameter.name);
    else if (definition_can_name(made, proto, index, tag))
        text_add_escaped(name, tag);
    else
        text_add(name, "arg%u", index + 1);
}

/* Adds the identifier that the source has for the symbol; true if that is the symbol's name. */
static bool definition_add_name(const struct definitions *made, struct text *name,
                                const struct meta_member *member, uint32_t index)
{
    uint32_t type = meta_interface(&made->module->meta, made->interface).type;
    const char *own = header_member_at(made->btf, type, member->offset);
    bool is_own = header_needs_is_c_name(member->name) &&
                  !header_names_is_typedef(made->all_names, member->name);
    if (is_own)
        text_add_escaped(name, member->name);
    else if (own && header_needs_is_c_name(own) && !header_names_is_typedef(made->all_names, own))
        text_add_escaped(name, own);
    else
        text_add(name, "symbol%u", index + 1);
    return is_own;
}

/* ---- types ---- */

static bool definition_is_incomplete(const struct btf *btf, uint32_t id)
{
    struct btf_type type = btf_unqualified(btf, id).type;
    while (type.kind == BTF_ARRAY)
        type = btf_unqualified(btf, type.type).type;
    return type.kind == BTF_FWD;
}

/* Can C define the symbol? A function's parameters and result must be complete. */
static bool definition_judge(const struct definitions *made, const struct meta_member *member,
                             uint32_t id, const struct btf_type *type)
{
    struct header_needs_cache needs = made->needs;
    bool is_incomplete = definition_is_incomplete(made->btf, id);
    for (uint32_t i = 0; type->kind == BTF_FUNC_PROTO && i < type->length; i++)
        is_incomplete |=
            definition_is_incomplete(made->btf, btf_parameter(made->btf, type, i).type);
    if (type->kind == BTF_FUNC_PROTO)
        is_incomplete |= definition_is_incomplete(made->btf, type->type);
    if (is_incomplete && made->names)
        return error_set(made->error, PLUGIN_UNSUPPORTED,
                         "%s needs a struct or union that %s does not define; use the header that "
                         "does: --header=FILE",
                         member->name, made->host);
    return header_needs_are_met(header_needs_of(&needs, id, false)) ||
           error_set(made->error, PLUGIN_UNSUPPORTED, "%s has a type without a spelling in C",
                     member->name);
}

/* Adds a declaration, with the name of <stdbool.h> for _Bool. */
static void definition_add_declaration(const struct definitions *made, uint32_t id,
                                       const char *name)
{
    static const char keyword[] = "_Bool", letters[] = "abcdefghijklmnopqrstuvwxyz"
                                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$";
    TEXT_AUTO declaration = {0};
    print_declaration(&declaration, made->btf, id, name, made->names);
    for (const char *at = text_chars(&declaration); *at;) {
        size_t length = strspn(at, letters);
        if (length == sizeof keyword - 1 && !strncmp(at, keyword, length))
            text_add(made->text, "bool");
        else
            text_add_bytes(made->text, at, length ? length : 1);
        at += length ? length : 1;
    }
    made->text->failed |= declaration.failed;
}

/* ---- functions ---- */

/* Adds "NAME(int arg1, ...)". */
static void definition_add_declarator(const struct definitions *made, struct text *declarator,
                                      const char *name, const struct btf_type *proto)
{
    const char *convention = btf_convention(made->btf, proto);
    bool is_variadic = btf_is_variadic(made->btf, proto);
    if (*convention)
        text_add(declarator, "(__attribute__((%s)) %s)(", convention, name);
    else
        text_add(declarator, "%s(%s", name, proto->length ? "" : "void");
    for (uint32_t i = 0; i < proto->length && !btf_is_unprototyped(made->btf, proto); i++) {
        TEXT_AUTO parameter = {0};
        text_add(declarator, i ? ", " : "");
        if (is_variadic && i + 1U == proto->length) {
            text_add(declarator, "...");
            break;
        }
        definition_add_parameter_name(made, &parameter, proto, i);
        struct definitions own = *made;
        own.text = declarator;
        definition_add_declaration(&own, btf_parameter(made->btf, proto, i).type,
                                   text_chars(&parameter));
        declarator->failed |= parameter.failed;
    }
    text_add(declarator, ")");
}

/* Adds the return of a zero. */
static void definition_add_return(const struct definitions *made, uint32_t id)
{
    struct btf_type type = btf_unqualified(made->btf, id).type;
    bool is_boolean = type.kind == BTF_INT && btf_int(&type).is_bool;
    bool is_number = type.kind == BTF_INT || btf_is_enum(type.kind) ||
                     (type.kind == BTF_FLOAT && !btf_is_opaque(&type));
    if (type.kind == BTF_VOID)
        return;
    text_add(made->text, "    return ");
    if (is_boolean || is_number || type.kind == BTF_PTR) {
        text_add(made->text, is_boolean ? "false;\n" : is_number ? "0;\n" : "NULL;\n");
        return;
    }
    text_add(made->text, "(");
    definition_add_declaration(made, id, NULL);
    text_add(made->text, "){%s};\n", btf_has_members(type.kind) && !type.length ? "" : "0");
}

static void definition_add_function(const struct definitions *made, const char *name,
                                    const struct btf_type *proto)
{
    TEXT_AUTO declarator = {0};
    bool is_variadic = btf_is_variadic(made->btf, proto);
    uint32_t result = proto->type;
    if (*btf_convention(made->btf, proto)) /* a tag of the result */
        result = btf_type(made->btf, result).type;
    definition_add_declarator(made, &declarator, name, proto);
    definition_add_declaration(made, result, text_chars(&declarator));
    text_add(made->text, "\n{\n");
    uint32_t count = btf_is_unprototyped(made->btf, proto) ? 0 : proto->length - is_variadic;
    for (uint32_t i = 0; i < count; i++) {
        TEXT_AUTO parameter = {0};
        definition_add_parameter_name(made, &parameter, proto, i);
        text_add(made->text, "    (void)%s;\n", text_chars(&parameter));
        made->text->failed |= parameter.failed;
    }
    definition_add_return(made, result);
    text_add(made->text, "}\n");
    made->text->failed |= declarator.failed;
}

/* ---- variables ---- */

static void definition_add_variable(const struct definitions *made, const char *name, uint32_t id)
{
    TEXT_AUTO declarator = {0};
    unsigned links = 0;
    struct btf_type type = btf_unqualified(made->btf, id).type;
    bool is_number = type.kind == BTF_INT || type.kind == BTF_FLOAT || btf_is_enum(type.kind);
    text_add(&declarator, "%s", name);
    if (type.kind == BTF_ARRAY && !btf_array_count(&type)) { /* no fixed number: one will do */
        text_add(&declarator, "[1]");
        definition_add_declaration(made, type.type, text_chars(&declarator));
    } else {
        definition_add_declaration(made, id, text_chars(&declarator));
    }
    if (btf_qualifiers(made->btf, id, &links) & BTF_IS_CONST)
        text_add(made->text, " = %s", type.kind == BTF_PTR ? "NULL" : is_number ? "0" : "{0}");
    text_add(made->text, ";\n");
    made->text->failed |= declarator.failed;
}

/* ---- symbols ---- */

static bool definition_add(const struct definitions *made, uint32_t index, bool is_active)
{
    struct meta_member member = meta_member(&made->module->meta, made->interface, index);
    uint32_t id = btf_unqualified(made->btf, member.type).type.type;
    struct btf_type type = btf_unqualified(made->btf, id).type;
    TEXT_AUTO name = {0};
    if (!definition_judge(made, &member, id, &type))
        return false;
    text_add(made->text, "\n");
    if (member.is_optional)
        text_add(made->text, "/* Optional%s */\n",
                 is_active ? "."
                           : ": without it, the host does without. Make it `#if 1` to have it.");
    if (!is_active)
        text_add(made->text, "#if 0\n");
    if (!definition_add_name(made, &name, &member, index)) {
        text_add(made->text, "extern ");
        definition_add_declaration(made, id, text_chars(&name));
        text_add(made->text, " __asm__(");
        header_add_literal(made->text, member.name);
        text_add(made->text, ");\n");
    }
    if (type.kind == BTF_FUNC_PROTO)
        definition_add_function(made, text_chars(&name), &type);
    else
        definition_add_variable(made, text_chars(&name), id);
    if (!is_active)
        text_add(made->text, "#endif\n");
    made->text->failed |= name.failed;
    return true;
}

/* If all are optional, one must be there: then all are. */
static bool definitions_add(const struct definitions *made)
{
    const struct meta *meta = &made->module->meta;
    uint32_t count = meta_interface(meta, made->interface).member_count;
    bool is_any_required = false;
    for (uint32_t i = 0; i < count; i++)
        is_any_required |= !meta_member(meta, made->interface, i).is_optional;
    for (uint32_t i = 0; i < count; i++)
        if (!definition_add(made, i,
                            !is_any_required || !meta_member(meta, made->interface, i).is_optional))
            return false;
    return true;
}

/* ---- the start ---- */

/* Adds a line of the comment that ends in a command; with `output`, into that file. */
static void new_source_add_command(struct text *text, const char *start,
                                   const struct words *command, const struct words *output)
{
    TEXT_AUTO line = {0}, escaped = {0};
    words_quote(&line, command, 0);
    text_add(&line, output ? " >" : "");
    if (output)
        words_quote(&line, output, 0);
    text_add_escaped(&escaped, text_chars(&line));
    text_add(text, "%s", start);
    header_needs_add_comment(text, text_chars(&escaped));
    text_add(text, "\n");
    text->failed |= line.failed || escaped.failed || command->failed;
}

/* Adds the commands that build and judge the plugin. */
static void new_source_add_commands(struct text *text, const struct new_source *source)
{
    WORDS_AUTO build = {0}, check = {0}, header = {0}, path = {0};
    TEXT_AUTO output = {0};
    new_source_add_path(&output, source->path, ".so");
    words_add_list(&build, "plugin", "build", "-buildmode=plugin", "-o", text_chars(&output),
                   source->path, NULL);
    words_add_list(&check, "plugin", "check", NULL);
    if (source->as)
        words_add(&check, "--as=%s", source->as);
    words_add(&check, source->is_interface_file ? "--interface=%s" : "%s", source->host);
    words_add(&check, "%s", text_chars(&output));
    text_add(text, " *\n");
    new_source_add_command(text, " *     ", &build, NULL);
    new_source_add_command(text, " *     ", &check, NULL);
    if (source->header_path) {
        words_add_list(&header, "plugin", "header", source->typed_by, NULL);
        words_add(&path, "%s", source->header_path);
        text_add(text, " *\n");
        new_source_add_command(text, " * The host's types: ", &header, &path);
    }
    text->failed |= output.failed;
}

static void new_source_add_start(const struct definitions *made, const struct new_source *source)
{
    struct text *text = made->text;
    struct meta_interface interface = meta_interface(&made->module->meta, made->interface);
    TEXT_AUTO title = {0};
    text_add_escaped(&title, path_base_name(source->path));
    text_add_between(&title, " - a plugin for ", path_base_name(source->host), ".");
    text_add(text, "/* ");
    header_needs_add_comment(text, text_chars(&title));
    text_add(text, "\n");
    new_source_add_commands(text, source);
    text_add(text, " */\n#include <plugin.h>\n\n#include \"");
    text_add_escaped(text, source->header);
    text_add(text, "\"\n");
    if (interface.kind == FORMAT_INTERFACE_OPENED &&
        header_interface_has_name(made->btf, interface.type)) {
        text_add(text, "\nPLUGIN_IMPLEMENTS(");
        print_declaration(text, made->btf, interface.type, NULL, made->names);
        text_add(text, ");\n");
    }
    text->failed |= title.failed;
}

bool new_source_add(struct text *text, const struct new_source *source, struct error *error)
{
    const struct module *module = source->interface->module;
    bool *is_reached = header_reach(module);
    struct header_names *names = is_reached ? header_names_new(module, is_reached) : NULL;
    struct print_names printing = {0};
    struct definitions made = {.text = text,
                               .module = module,
                               .btf = module->btf,
                               .interface = source->interface->number,
                               .all_names = names,
                               .names = source->header_path ? &printing : NULL,
                               .host = source->host,
                               .error = error};
    bool has_needs = header_needs_init(&made.needs, module->btf);
    bool done = (names && has_needs) || error_set_no_memory(error);
    if (done) {
        printing = header_names_printing(names);
        new_source_add_start(&made, source);
        done = definitions_add(&made) && (!text->failed || error_set_no_memory(error));
    }
    header_needs_deinit(&made.needs);
    header_names_free(names);
    free(is_reached);
    return done;
}
