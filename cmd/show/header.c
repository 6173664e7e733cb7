/* SPDX-License-Identifier: MIT */
/* plugin header: prints a C header for a plugin, from the types recorded in it.
 *
 * Types come in an order that C accepts: declarations of structs and unions first, then enums,
 * which depend on nothing, then each other type after the types that it needs. */
#include "common/cmd.h"
#include "common/options.h"
#include "show/go_text_p.h"
#include "show/header_interfaces_p.h"
#include "show/header_needs_p.h"
#include "show/header_p.h"
#include "show/promises_p.h"
#include "src/base/path.h"
#include "src/types/print.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header_help[] =
    "usage: plugin header [--check] FILE\n"
    "\n"
    "Print a C header (gnu11) that declares the symbols of FILE, a stamped module or\n"
    "a Go plugin, and defines the types that they need. Comments tell which symbols\n"
    "are omitted, and why. That of a host is for its plugins: it also defines the\n"
    "interfaces of the host, and declares the symbols that it expects of them.\n"
    "\n"
    "Where the plugin's own header declares the types, define PLUGIN_HEADER_NO_TYPES\n"
    "before including this one: it then declares the symbols only, and the compiler\n"
    "compares the declarations.\n"
    "\n"
    "  --check  print _Static_asserts instead: for the size of each struct and union,\n"
    "           the offset and type of each member, each typedef and each enumerator.\n"
    "           Included after the plugin's own header, they make every difference a\n"
    "           compile error, except the places of bit-fields\n"
    "\n"
    "exit status: 0 success, 1 FILE cannot be read, 2 usage error\n";

/* No real type nests deeper, by value or by name. */
enum { HEADER_DEPTH_MAX = 1000 };

struct header {
    struct text *text;
    const struct module *module;
    const struct btf *btf;
    const struct header_names *all_names;
    struct print_names names;
    const bool *is_reached; /* for each type: does the header need it? */
    unsigned char *states;  /* for each type */
    struct header_needs_cache needs;
    unsigned depth;
    struct error *error;
};

enum { PENDING = 0, ENTERED = 1, DEFINED = 2 };

static const char *header_suffix(const struct header *header, uint32_t id)
{
    return header->names.suffix(header->names.context, id);
}

/* Is it Go's string type, which plugin.h declares? */
static bool header_is_go_string(const struct btf_type *type)
{
    return (type->kind == BTF_STRUCT || type->kind == BTF_TYPEDEF) &&
           !strcmp(type->name, "plugin_go_string");
}

/* Is the type declared elsewhere? The header must not declare it again. */
static bool header_is_declared(const struct btf_type *type)
{
    return print_is_builtin(type) || header_is_go_string(type);
}

/* ---- definitions ---- */

static bool header_define(struct header *header, uint32_t id);
static bool header_prepare_members(struct header *header, uint32_t id);
static bool header_define_typedef(struct header *header, uint32_t id);

/* Declares the types that a declaration of this type names; defines them if they must be
 * complete. */
static bool header_prepare(struct header *header, uint32_t id, bool must_be_complete)
{
    for (;;) {
        struct btf_type type = btf_type(header->btf, id);
        switch (type.kind) {
        case BTF_STRUCT:
        case BTF_UNION:
            if (!*type.name)
                return header_prepare_members(header, id);
            return !must_be_complete || header_define(header, id);
        case BTF_TYPEDEF:
            if (!header_define_typedef(header, id))
                return false;
            if (!must_be_complete)
                return true;
            break;
        case BTF_PTR:
            must_be_complete = false;
            break;
        case BTF_ARRAY:
            must_be_complete = true;
            break;
        case BTF_FUNC_PROTO:
            for (uint32_t i = 0; i < type.length; i++)
                if (!header_prepare(header, btf_parameter(header->btf, &type, i).type, false))
                    return false;
            must_be_complete = false;
            break;
        case BTF_CONST:
        case BTF_VOLATILE:
        case BTF_RESTRICT:
        case BTF_TYPE_TAG:
        case BTF_FUNC:
        case BTF_VAR:
            break;
        default:
            return true;
        }
        id = type.type;
    }
}

static bool header_prepare_members(struct header *header, uint32_t id)
{
    struct btf_type type = btf_type(header->btf, id);
    if (++header->depth > HEADER_DEPTH_MAX)
        return error_set(header->error, PLUGIN_NOT_PLUGIN, "types are nested too deeply");
    for (uint32_t i = 0; i < type.length; i++)
        if (!header_prepare(header, btf_member(header->btf, &type, i).type, true))
            return false;
    header->depth--;
    return true;
}

static bool header_define_typedef(struct header *header, uint32_t id)
{
    struct btf_type type = btf_type(header->btf, id);
    if (header->states[id] != PENDING || header_is_declared(&type))
        return true;
    header->states[id] = ENTERED;
    if (++header->depth > HEADER_DEPTH_MAX)
        return error_set(header->error, PLUGIN_NOT_PLUGIN, "types are nested too deeply");
    if (!header_prepare(header, type.type, false))
        return false;
    header->depth--;
    header->states[id] = DEFINED;
    bool is_character = header_needs_is_character(type.name);
    header_needs needs = header_needs_of(&header->needs, id, false);
    if (is_character)
        text_add(header->text, "#ifndef __cplusplus\n");
    if (header_needs_start(header->text, needs, type.name)) {
        print_definition(header->text, header->btf, id, &header->names);
        text_add(header->text, ";\n");
        header_needs_end(header->text, needs, type.name);
    }
    if (is_character)
        text_add(header->text, "#endif\n");
    return true;
}

/* Does a member have the name of a typedef? In C++, the name then denotes the member throughout the
 * struct (C++17 6.3.7). */
static bool header_hides_typedef(const struct header *header, uint32_t id, unsigned depth)
{
    struct btf_type type = btf_type(header->btf, id);
    for (uint32_t i = 0; i < type.length && depth < HEADER_DEPTH_MAX; i++) {
        struct btf_member member = btf_member(header->btf, &type, i);
        struct btf_type own = btf_type(header->btf, member.type);
        if (header_names_is_typedef(header->all_names, member.name))
            return true;
        while (own.kind == BTF_PTR || own.kind == BTF_ARRAY) {
            member.type = own.type;
            own = btf_type(header->btf, own.type);
        }
        if (btf_has_members(own.kind) && !*own.name &&
            header_hides_typedef(header, member.type, depth + 1))
            return true;
    }
    return false;
}

static bool header_define(struct header *header, uint32_t id)
{
    struct btf_type type = btf_type(header->btf, id);
    if (header->states[id] == DEFINED || header_is_declared(&type))
        return true;
    if (header->states[id] == ENTERED)
        return error_set(header->error, PLUGIN_NOT_PLUGIN, "type %s contains itself", type.name);
    header->states[id] = ENTERED;
    if (!header_prepare_members(header, id))
        return false;
    header->states[id] = DEFINED;
    TEXT_AUTO tag = {0};
    text_add(&tag, type.kind == BTF_UNION ? "union " : "struct ");
    text_add_escaped(&tag, type.name);
    header->text->failed |= tag.failed;
    header_needs needs = header_needs_of(&header->needs, id, true);
    text_add(header->text, "\n");
    if (!header_needs_start(header->text, needs, text_chars(&tag)))
        return true;
    header->names.before_typedef =
        header_hides_typedef(header, id, 0) ? "PLUGIN_HEADER_GLOBAL" : NULL;
    print_definition(header->text, header->btf, id, &header->names);
    header->names.before_typedef = NULL;
    text_add(header->text, ";\n");
    text_add(header->text, "PLUGIN_HEADER_ASSERT(sizeof(%s%s) == %u, \"%s\");\n", text_chars(&tag),
             header_suffix(header, id), type.size, text_chars(&tag));
    header_needs_end(header->text, needs, text_chars(&tag));
    return true;
}

static void header_declare_records(struct header *header)
{
    for (uint32_t id = 1; id < header->btf->count; id++) {
        struct btf_type type = btf_type(header->btf, id);
        bool is_union = type.kind == BTF_UNION || (type.kind == BTF_FWD && type.flag);
        if (header->is_reached[id] && (btf_has_members(type.kind) || type.kind == BTF_FWD) &&
            *type.name && !header_is_declared(&type)) {
            header_needs needs = header_needs_of_name(type.name);
            header_needs_start(header->text, needs, type.name);
            text_add(header->text, "%s ", is_union ? "union" : "struct");
            text_add_escaped(header->text, type.name);
            text_add(header->text, "%s;\n", header_suffix(header, id));
            header_needs_end(header->text, needs, type.name);
        }
    }
}

static void header_define_enums(struct header *header)
{
    for (uint32_t id = 1; id < header->btf->count; id++) {
        struct btf_type type = btf_type(header->btf, id);
        if (!header->is_reached[id] || !btf_is_enum(type.kind) || !*type.name || !type.length)
            continue;
        header_needs needs = header_needs_of(&header->needs, id, true);
        text_add(header->text, "\n");
        header_needs_start(header->text, needs, type.name);
        print_definition(header->text, header->btf, id, &header->names);
        text_add(header->text, ";\n");
        header_needs_end(header->text, needs, type.name);
    }
}

static bool header_define_all(struct header *header)
{
    header_declare_records(header);
    header_define_enums(header);
    text_add(header->text, "\n");
    for (uint32_t id = 1; id < header->btf->count; id++) {
        struct btf_type type = btf_type(header->btf, id);
        if (!header->is_reached[id])
            continue;
        if (type.kind == BTF_TYPEDEF && !header_define_typedef(header, id))
            return false;
        if (btf_has_members(type.kind) && *type.name && !header_define(header, id))
            return false;
    }
    return true;
}

/* ---- promises ---- */

static void header_add_promise(struct header *header, const struct promise *promise)
{
    header_needs needs = header_needs_of(&header->needs, promise->type, true);
    if (!header_needs_are_met(needs)) /* the definition says so */
        return;
    header_needs_start(header->text, needs, promise->type_name);
    promise_add_text(header->text, header->btf, promise, &header->names);
    text_add(header->text, ";\n");
    header_needs_end(header->text, needs, promise->type_name);
}

/* Adds what grows among the types. What aliases are for is in other headers. */
static bool header_add_promises(struct header *header)
{
    ARENA_AUTO arena = {0};
    struct promises promises = {0};
    bool is_first = true;
    if (!promises_find(&promises, header->btf, &arena, header->error))
        return false;
    for (size_t i = 0; i < promises.count; i++) {
        const struct promise *promise = &promises.items[i];
        if (!promise->is_growth || !header->is_reached[promise->type])
            continue;
        if (is_first)
            text_add(header->text, "\n#ifdef PLUGIN_GROWS /* <plugin.h> is included */\n");
        is_first = false;
        header_add_promise(header, promise);
    }
    if (!is_first)
        text_add(header->text, "#endif\n");
    return true;
}

/* ---- declarations ---- */

/* Is it a struct without a tag, or a pointer to or array of one? */
static bool header_is_nameless(const struct btf *btf, uint32_t id)
{
    struct btf_type type = btf_type(btf, id);
    while (type.kind == BTF_PTR || type.kind == BTF_ARRAY)
        type = btf_type(btf, type.type);
    return type.kind == BTF_STRUCT && !*type.name;
}

/* Does a Go function have a parameter or result of a struct without a tag? In a declaration, that
 * is a new type in C, and an error in C++. */
static bool header_is_nameless_function(const struct header *header,
                                        const struct meta_symbol *symbol)
{
    const struct btf *btf = header->btf;
    struct btf_type type = btf_type(btf, btf_type(btf, symbol->type).type);
    if (!go_text_is_plugin(header->module) || type.kind != BTF_FUNC_PROTO)
        return false;
    for (uint32_t i = 0; i < type.length; i++)
        if (header_is_nameless(btf, btf_parameter(btf, &type, i).type))
            return true;
    return header_is_nameless(btf, type.type);
}

/* Adds a comment that says why a symbol is omitted. */
static void header_explain_omission(struct header *header, const struct meta_symbol *symbol)
{
    const struct go_symbol *go = go_text_symbol(header->module, symbol->name);
    TEXT_AUTO excuse = {0};
    if (go) {
        go_text_add_declaration(&excuse, go);
        text_add(&excuse, ": %s",
                 go->reason ? "no form in C: "
                            : "omitted: a struct without a tag is a new type in each declaration");
        text_add_escaped(&excuse, go->reason ? go->reason : "");
    } else {
        text_add_escaped(&excuse, symbol->name);
        text_add(&excuse, ": %s", symbol->type ? "its name is none in C" : "type not recorded");
    }
    header->text->failed |= excuse.failed;
    text_add(header->text, "/* ");
    header_needs_add_comment(header->text, text_chars(&excuse));
    text_add(header->text, " */\n");
}

static void header_declare_symbols(struct header *header)
{
    for (uint32_t i = 0; i < header->module->meta.header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(&header->module->meta, i);
        if (!symbol.type || !header_needs_is_c_name(symbol.name) ||
            header_is_nameless_function(header, &symbol)) {
            header_explain_omission(header, &symbol);
            continue;
        }
        header_needs needs =
            header_needs_of(&header->needs, symbol.type, false) | header_needs_of_name(symbol.name);
        if (!header_needs_start(header->text, needs, symbol.name))
            continue;
        text_add(header->text, "extern ");
        if (symbol.kind == FORMAT_THREAD_LOCAL)
            text_add(header->text, "__thread "); /* thread_local of C++ is another thing */
        print_symbol(header->text, header->btf, symbol.type, symbol.name, &header->names);
        text_add(header->text, ";\n");
        header_needs_end(header->text, needs, symbol.name);
    }
}

/* Adds PLUGIN_HEADER_LIBFOO_SO for .../libfoo.so. */
static void header_add_guard(struct text *text, const char *path)
{
    text_add(text, "PLUGIN_HEADER_");
    for (const char *at = path_base_name(path); *at; at++)
        text_add(text, "%c", isalnum((unsigned char)*at) ? toupper((unsigned char)*at) : '_');
}

/* Adds the #include of plugin.h, if its types are needed, and the macros for C and C++. */
static void header_add_start(struct header *header)
{
    bool has_go_string = false;
    for (uint32_t id = 1; id < header->btf->count; id++) {
        struct btf_type type = btf_type(header->btf, id);
        has_go_string |= header->is_reached[id] && header_is_go_string(&type);
    }
    if (has_go_string)
        text_add(header->text, "#ifndef PLUGIN_HEADER_NO_TYPES\n"
                               "#include <plugin.h> /* plugin_go_string */\n"
                               "#endif\n");
    text_add(header->text, "#ifdef __cplusplus\n"
                           "#ifndef _Bool /* clang's <stdbool.h> has none with -std=c++17 */\n"
                           "#define _Bool bool\n"
                           "#endif\n"
                           "#ifndef restrict\n"
                           "#define restrict __restrict__\n"
                           "#define PLUGIN_HEADER_RESTRICT\n"
                           "#endif\n"
                           "#define PLUGIN_HEADER_ASSERT static_assert\n"
                           "#define PLUGIN_HEADER_GLOBAL ::\n"
                           "extern \"C\" {\n"
                           "#else\n"
                           "#define PLUGIN_HEADER_ASSERT _Static_assert\n"
                           "#define PLUGIN_HEADER_GLOBAL\n"
                           "#endif\n");
}

static bool header_add_all(struct header *header, const char *path)
{
    TEXT_AUTO guard = {0};
    TEXT_AUTO name = {0};
    header_add_guard(&guard, path);
    text_add_escaped(&name, path_base_name(path));
    header->text->failed |= name.failed;
    text_add(header->text, "/* The symbols of ");
    header_needs_add_comment(header->text, text_chars(&name));
    text_add(header->text, ", generated by `plugin header`.\n"
                           " * Define PLUGIN_HEADER_NO_TYPES to omit the types. */\n");
    text_add(header->text, "#ifndef %s\n#define %s\n\n", text_chars(&guard), text_chars(&guard));
    header_add_start(header);
    text_add(header->text, "\n#ifndef PLUGIN_HEADER_NO_TYPES\n\n");
    if (!header_define_all(header) || !header_add_promises(header))
        return false;
    header_interfaces_add(header->text, header->module, &header->needs, &header->names);
    header_marks_add(header->text, header->module);
    text_add(header->text, "\n#endif\n\n");
    header_declare_symbols(header);
    header_expected_add(header->text, header->module, &header->needs, &header->names);
    text_add(header->text, "\n#ifdef PLUGIN_HEADER_RESTRICT\n"
                           "#undef restrict\n"
                           "#undef PLUGIN_HEADER_RESTRICT\n"
                           "#endif\n"
                           "#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
    return true;
}

/* ---- the verb ---- */

static bool header_build(struct text *text, const char *path, const struct module *module,
                         bool is_check, struct error *error)
{
    if (!module->is_stamped)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "no stamp; compile with -g and run: plugin stamp FILE");
    bool *is_reached = header_reach(module);
    struct header_names *names = is_reached ? header_names_new(module, is_reached) : NULL;
    struct header header = {.text = text,
                            .module = module,
                            .btf = module->btf,
                            .all_names = names,
                            .is_reached = is_reached,
                            .states = calloc(module->btf->count, 1),
                            .error = error};
    bool has_needs = header_needs_init(&header.needs, module->btf);
    bool done = (names && header.states && has_needs) || error_set_no_memory(error);
    if (done) {
        header.names = header_names_printing(names);
        if (is_check)
            header_check_add(text, module->btf, &header.names, is_reached);
        else
            done = header_add_all(&header, path);
    }
    if (done && text->failed)
        done = error_set_no_memory(error);
    header_needs_deinit(&header.needs);
    header_names_free(names);
    free(header.states);
    free(is_reached);
    return done;
}

bool header_add(struct text *text, const char *path, const struct module *module,
                struct error *error)
{
    return header_build(text, path, module, false, error);
}

static bool header_print(const char *path, const struct module *module, bool is_check,
                         struct error *error)
{
    TEXT_AUTO text = {0};
    if (!header_build(&text, path, module, is_check, error))
        return false;
    fwrite(text_chars(&text), 1, text.length, stdout);
    return true;
}

int cmd_header(char **arguments)
{
    bool is_check = false;
    const struct option options[] = {{"--check", .flag = &is_check}, {0}};
    char **files = arguments + 1;
    int status = EXIT_DONE;
    if (!options_parse(header_help, options, arguments, &status))
        return status;
    if (!files[0])
        return cmd_usage_error("header", "no file given");
    if (files[1])
        return cmd_usage_error("header", "more than one file given");
    ERROR_AUTO error = {0};
    ARENA_AUTO arena = {0};
    struct module module;
    if (!cmd_read_module(&module, files[0], &arena, &error))
        return cmd_failed(&error);
    if (!header_print(files[0], &module, is_check, &error)) {
        error_prefix(&error, "cannot write a header for %s: ", files[0]);
        status = cmd_failed(&error);
    }
    module_deinit(&module);
    return cmd_finish_output(status);
}
