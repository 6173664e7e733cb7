/* plugin header: a C header for a plugin, from the types recorded in it.
 *
 * Types are put in the order that C wants: structs and unions are declared first of all, enums,
 * which depend on nothing, come next, and each other type after what it is made of. */
#include "../src/print.h"
#include "cmd.h"
#include "header_check.h"
#include "header_names.h"
#include "header_reach.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: plugin header [--check] FILE\n"
    "\n"
    "Prints a C header (gnu11) that declares every symbol of a stamped module, and\n"
    "defines every type that they reach.\n"
    "\n"
    "Where the types are declared already, by the plugin's own header, define\n"
    "PLUGIN_HEADER_NO_TYPES before including this one: only the declarations of the\n"
    "symbols are left, and the compiler compares them with its own.\n"
    "\n"
    "  --check   print, instead, one _Static_assert a line for the size of each\n"
    "            struct and union, the offset and type of each member, each typedef\n"
    "            and each enumerator: included after the plugin's own header, every\n"
    "            difference but in the place of a bit-field is a compile error\n"
    "\n"
    "exit status: 0 done, 1 the file could not be read, 2 wrong usage\n";

/* Deeper nesting of types by value or by name than this is an accident. */
enum { DEPTH_MAX = 1000 };

struct header {
    struct text *text;
    const struct module *module;
    const struct btf *btf;
    struct print_names names;
    const bool *is_reached; /* of each type: is it needed? */
    unsigned char *states;  /* of each type */
    unsigned depth;
    struct error *error;
};

enum { PENDING = 0, ENTERED = 1, DEFINED = 2 };

static const char *suffix(const struct header *header, uint32_t id)
{
    return header->names.suffix(header->names.context, id);
}

/* ---- definitions, each after what it needs ---- */

static bool define(struct header *header, uint32_t id);
static bool prepare_members(struct header *header, uint32_t id);

static bool define_typedef(struct header *header, uint32_t id);

/* Declares all that a declaration of this type names; and defines, if the type must be complete,
 * what it is made of. */
static bool prepare(struct header *header, uint32_t id, bool must_be_complete)
{
    for (;;) {
        struct btf_type type = btf_type(header->btf, id);
        switch (type.kind) {
        case BTF_STRUCT:
        case BTF_UNION:
            if (!*type.name)
                return prepare_members(header, id);
            return !must_be_complete || define(header, id);
        case BTF_TYPEDEF:
            if (!define_typedef(header, id))
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
                if (!prepare(header, btf_parameter(header->btf, &type, i).type, false))
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

static bool prepare_members(struct header *header, uint32_t id)
{
    struct btf_type type = btf_type(header->btf, id);
    if (++header->depth > DEPTH_MAX)
        return error_set(header->error, PLUGIN_NOT_PLUGIN, "its types are nested too deep");
    for (uint32_t i = 0; i < type.length; i++)
        if (!prepare(header, btf_member(header->btf, &type, i).type, true))
            return false;
    header->depth--;
    return true;
}

static bool define_typedef(struct header *header, uint32_t id)
{
    struct btf_type type = btf_type(header->btf, id);
    if (header->states[id] != PENDING || print_is_builtin(&type))
        return true;
    header->states[id] = ENTERED;
    if (++header->depth > DEPTH_MAX)
        return error_set(header->error, PLUGIN_NOT_PLUGIN, "its types are nested too deep");
    if (!prepare(header, type.type, false))
        return false;
    header->depth--;
    print_definition(header->text, header->btf, id, &header->names);
    text_add(header->text, ";\n");
    header->states[id] = DEFINED;
    return true;
}

static bool define(struct header *header, uint32_t id)
{
    struct btf_type type = btf_type(header->btf, id);
    if (header->states[id] == DEFINED || print_is_builtin(&type))
        return true;
    if (header->states[id] == ENTERED)
        return error_set(header->error, PLUGIN_NOT_PLUGIN, "type %s contains itself", type.name);
    header->states[id] = ENTERED;
    if (!prepare_members(header, id))
        return false;
    text_add(header->text, "\n");
    print_definition(header->text, header->btf, id, &header->names);
    text_add(header->text, ";\n");
    const char *keyword = type.kind == BTF_UNION ? "union" : "struct";
    text_add(header->text, "_Static_assert(sizeof(%s %s%s) == %u, \"%s %s\");\n", keyword,
             type.name, suffix(header, id), type.size, keyword, type.name);
    header->states[id] = DEFINED;
    return true;
}

static void declare_records(struct header *header)
{
    for (uint32_t id = 1; id < header->btf->count; id++) {
        struct btf_type type = btf_type(header->btf, id);
        bool is_union = type.kind == BTF_UNION || (type.kind == BTF_FWD && type.flag);
        if (header->is_reached[id] && (btf_has_members(type.kind) || type.kind == BTF_FWD) &&
            *type.name && !print_is_builtin(&type))
            text_add(header->text, "%s %s%s;\n", is_union ? "union" : "struct", type.name,
                     suffix(header, id));
    }
}

static void define_enums(struct header *header)
{
    for (uint32_t id = 1; id < header->btf->count; id++) {
        struct btf_type type = btf_type(header->btf, id);
        if (!header->is_reached[id] || !btf_is_enum(type.kind) || !*type.name || !type.length)
            continue;
        text_add(header->text, "\n");
        print_definition(header->text, header->btf, id, &header->names);
        text_add(header->text, ";\n");
    }
}

static bool define_all(struct header *header)
{
    declare_records(header);
    define_enums(header);
    text_add(header->text, "\n");
    for (uint32_t id = 1; id < header->btf->count; id++) {
        struct btf_type type = btf_type(header->btf, id);
        if (!header->is_reached[id])
            continue;
        if (type.kind == BTF_TYPEDEF && !define_typedef(header, id))
            return false;
        if (btf_has_members(type.kind) && *type.name && !define(header, id))
            return false;
    }
    return true;
}

/* ---- declarations ---- */

static void declare_symbols(struct header *header)
{
    for (uint32_t i = 0; i < header->module->meta.header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(&header->module->meta, i);
        if (!symbol.type) {
            text_add(header->text, "/* ");
            text_add_escaped(header->text, symbol.name);
            text_add(header->text, ": its type was not recorded */\n");
            continue;
        }
        text_add(header->text, "extern ");
        if (symbol.kind == FORMAT_THREAD_LOCAL)
            text_add(header->text, "_Thread_local ");
        print_symbol(header->text, header->btf, symbol.type, symbol.name, &header->names);
        text_add(header->text, ";\n");
    }
}

/* PLUGIN_HEADER_LIBFOO_SO for .../libfoo.so */
static void add_guard(struct text *text, const char *path)
{
    const char *slash = strrchr(path, '/');
    text_add(text, "PLUGIN_HEADER_");
    for (const char *at = slash ? slash + 1 : path; *at; at++)
        text_add(text, "%c", isalnum((unsigned char)*at) ? toupper((unsigned char)*at) : '_');
}

static bool add_header(struct header *header, const char *path)
{
    TEXT_AUTO guard = {0};
    add_guard(&guard, path);
    text_add(header->text, "/* The symbols of ");
    text_add_escaped(header->text, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    text_add(header->text,
             ", as recorded in it; written by `plugin header`.\n"
             " * With PLUGIN_HEADER_NO_TYPES defined, their declarations alone. */\n");
    text_add(header->text, "#ifndef %s\n#define %s\n\n#ifndef PLUGIN_HEADER_NO_TYPES\n\n",
             text_chars(&guard), text_chars(&guard));
    if (!define_all(header))
        return false;
    text_add(header->text, "\n#endif\n\n");
    declare_symbols(header);
    text_add(header->text, "\n#endif\n");
    return true;
}

/* ---- the verb ---- */

static bool write_header(const char *path, const struct module *module, bool is_check,
                         struct error *error)
{
    if (!module->is_stamped)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it has no stamp, so its types are unknown; compile it with -g and run: "
                         "plugin stamp FILE");
    TEXT_AUTO text = {0};
    struct header header = {.text = &text, .module = module, .btf = &module->btf, .error = error};
    bool *is_reached = header_reach(module);
    struct header_names *names = is_reached ? header_names_new(module, is_reached) : NULL;
    header.is_reached = is_reached;
    header.states = calloc(module->btf.count, 1);
    bool done = true;
    if (!names || !header.states) {
        done = error_set_no_memory(error);
    } else {
        header.names = header_names_printing(names);
        if (is_check)
            check_add(&text, &module->btf, &header.names, is_reached);
        else
            done = add_header(&header, path);
    }
    if (done && text.failed)
        done = error_set_no_memory(error);
    if (done)
        fwrite(text_chars(&text), 1, text.length, stdout);
    header_names_free(names);
    free(header.states);
    free(is_reached);
    return done;
}

int cmd_header(int count, char **arguments)
{
    bool is_check = false, only_files = false;
    const char *path = NULL;
    for (int i = 1; i < count; i++) {
        if (!only_files && cmd_is_help(arguments[i])) {
            fputs(help, stdout);
            return cmd_finish_output();
        }
        if (!only_files && !strcmp(arguments[i], "--check"))
            is_check = true;
        else if (cmd_is_option(&arguments[i], &only_files))
            return cmd_usage_error("header", "no such option: %s", arguments[i]);
        else if (arguments[i] && path)
            return cmd_usage_error("header", "more than one file given");
        else if (arguments[i])
            path = arguments[i];
    }
    if (!path)
        return cmd_usage_error("header", "no file given");
    ERROR_AUTO error = {0};
    struct module module;
    if (!cmd_read_module(&module, path, &error))
        return cmd_failed(&error);
    int status = EXIT_DONE;
    if (!write_header(path, &module, is_check, &error)) {
        error_prefix(&error, "cannot write a header for %s: ", path);
        status = cmd_failed(&error);
    }
    module_free(&module);
    int written = cmd_finish_output();
    return status ? status : written;
}
