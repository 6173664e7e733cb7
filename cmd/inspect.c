/* plugin inspect: what a module's file says of itself. Nothing of it is run. */
#include "../src/print.h"
#include "cmd.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: plugin inspect [--json] FILE...\n"
    "\n"
    "Shows, for each file, from its bytes alone: what kind of module it is, who built\n"
    "it, its symbols with their declarations in C, the types that its uses of\n"
    "plugin_as ask for, the constructors that run when it is loaded, its sections.\n"
    "\n"
    "  --json    one JSON object a file, each on one line\n"
    "\n"
    "exit status: 0 done, 1 a file could not be read, 2 wrong usage\n";

static const char *kind_name(const struct module *module)
{
    switch (module->elf.type) {
    case ET_REL:
        return "relocatable object";
    case ET_CORE:
        return "core dump";
    default:
        return module->is_executable ? "executable" : "shared library";
    }
}

static const char *symbol_kind_name(enum format_symbol_kind kind)
{
    switch (kind) {
    case FORMAT_FUNCTION:
        return "function";
    case FORMAT_VARIABLE:
        return "variable";
    case FORMAT_THREAD_LOCAL:
        return "thread-local variable";
    default:
        return "indirect function";
    }
}

static void add_declaration(struct text *text, const struct module *module,
                            const struct meta_symbol *symbol)
{
    if (symbol->kind == FORMAT_THREAD_LOCAL)
        text_add(text, "_Thread_local ");
    if (symbol->type)
        print_symbol(text, &module->btf, symbol->type, symbol->name, NULL);
    else
        text_add_escaped(text, symbol->name);
}

/* ---- text ---- */

static void add_build(struct text *text, const struct module *module)
{
    for (uint32_t i = 0; i < module->meta.header.compilers.count; i++) {
        const char *flags, *name = meta_compiler(&module->meta, i, &flags);
        text_add(text, "  built by    ");
        text_add_escaped(text, name);
        text_add(text, "%s", *flags ? " " : "");
        text_add_escaped(text, flags);
        text_add(text, "\n");
    }
    for (uint32_t bit = 1; meta_sanitizer_name(bit); bit <<= 1)
        if (module->meta.header.sanitizers & bit)
            text_add(text, "  sanitizer   %s\n", meta_sanitizer_name(bit));
    if (module->is_stamped)
        text_add(text, "  stamp       version %" PRIu32 ", content %016" PRIx64 "\n",
                 module->meta.header.version, module->meta.header.content);
    else
        text_add(text, "  stamp       none; compile it with -g and run: plugin stamp FILE\n");
}

static void add_symbols(struct text *text, const struct module *module)
{
    text_add(text, "symbols (%" PRIu32 ")\n", module->meta.header.symbols.count);
    for (uint32_t i = 0; i < module->meta.header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(&module->meta, i);
        text_add(text, "  %#18" PRIx64 "  ", symbol.address);
        add_declaration(text, module, &symbol);
        text_add(text, "%s\n", symbol.type ? "" : "   /* its type was not recorded */");
    }
}

static void add_probes(struct text *text, const struct module *module)
{
    if (!module->meta.header.probes.count)
        return;
    text_add(text, "asked for by plugin_as (%" PRIu32 ")\n", module->meta.header.probes.count);
    for (uint32_t i = 0; i < module->meta.header.probes.count; i++) {
        struct format_probe probe = meta_probe(&module->meta, i);
        text_add(text, "  %#18" PRIx64 "  ", probe.address);
        print_declaration(text, &module->btf, probe.type, NULL, NULL);
        text_add(text, "\n");
    }
}

static void add_constructors(struct text *text, const struct module *module)
{
    text_add(text, "constructors (%" PRIu32 ")\n", module->meta.header.constructors.count);
    for (uint32_t i = 0; i < module->meta.header.constructors.count; i++) {
        uint64_t address;
        const char *name = meta_constructor(&module->meta, i, &address);
        text_add(text, "  %#18" PRIx64 "  ", address);
        text_add_escaped(text, name);
        text_add(text, "\n");
    }
}

static bool add_sections(struct text *text, const struct module *module, struct error *error)
{
    text_add(text, "sections (%zu)\n", module->elf.section_count);
    for (size_t i = 1; i < module->elf.section_count; i++) {
        struct elf_section section;
        if (!elf_section(&module->elf, i, &section, error))
            return false;
        text_add(text, "  %#18" PRIx64 "  %10" PRIu64 " bytes  ", section.address, section.size);
        text_add_escaped(text, section.name);
        text_add(text, "\n");
    }
    return true;
}

static bool add_text(struct text *text, const char *path, const struct module *module,
                     struct error *error)
{
    char machine[24];
    text_add_escaped(text, path);
    text_add(text, "\n  kind        %s, %s, %d bits\n", kind_name(module),
             elf_machine_name(module->elf.machine, machine), module->elf.is_64 ? 64 : 32);
    add_build(text, module);
    if (module->is_stamped) {
        add_symbols(text, module);
        add_probes(text, module);
        add_constructors(text, module);
    }
    return add_sections(text, module, error);
}

/* ---- JSON ---- */

static void add_key(struct text *text, const char *key)
{
    text_add(text, "\"%s\":", key);
}

static void add_string_field(struct text *text, const char *key, const char *value)
{
    add_key(text, key);
    cmd_add_json_string(text, value);
}

/* Ends one item of an array and starts the next: nothing stands before the first one. */
static void add_comma(struct text *text, size_t index)
{
    text_add(text, "%s", index ? "," : "");
}

static void add_json_build(struct text *text, const struct module *module)
{
    text_add(text, ",\"compilers\":[");
    for (uint32_t i = 0; i < module->meta.header.compilers.count; i++) {
        const char *flags, *name = meta_compiler(&module->meta, i, &flags);
        add_comma(text, i);
        text_add(text, "{");
        add_string_field(text, "name", name);
        text_add(text, ",");
        add_string_field(text, "flags", flags);
        text_add(text, "}");
    }
    text_add(text, "],\"sanitizers\":[");
    for (uint32_t bit = 1, count = 0; meta_sanitizer_name(bit); bit <<= 1) {
        if (!(module->meta.header.sanitizers & bit))
            continue;
        add_comma(text, count++);
        cmd_add_json_string(text, meta_sanitizer_name(bit));
    }
    text_add(text, "],\"format_version\":%" PRIu32 ",\"content\":\"%016" PRIx64 "\"",
             module->meta.header.version, module->meta.header.content);
}

static void add_json_symbols(struct text *text, const struct module *module)
{
    text_add(text, ",\"symbols\":[");
    for (uint32_t i = 0; i < module->meta.header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(&module->meta, i);
        TEXT_AUTO declaration = {0};
        add_declaration(&declaration, module, &symbol);
        text->failed |= declaration.failed;
        add_comma(text, i);
        text_add(text, "{");
        add_string_field(text, "name", symbol.name);
        text_add(text, ",");
        add_string_field(text, "kind", symbol_kind_name(symbol.kind));
        text_add(text, ",\"address\":%" PRIu64 ",", symbol.address);
        add_key(text, "declaration");
        if (symbol.type)
            cmd_add_json_string(text, text_chars(&declaration));
        else
            text_add(text, "null");
        text_add(text, "}");
    }
    text_add(text, "]");
}

static void add_json_probes(struct text *text, const struct module *module)
{
    text_add(text, ",\"asked\":[");
    for (uint32_t i = 0; i < module->meta.header.probes.count; i++) {
        struct format_probe probe = meta_probe(&module->meta, i);
        TEXT_AUTO type = {0};
        print_declaration(&type, &module->btf, probe.type, NULL, NULL);
        text->failed |= type.failed;
        add_comma(text, i);
        text_add(text, "{\"address\":%" PRIu64 ",", probe.address);
        add_string_field(text, "type", text_chars(&type));
        text_add(text, "}");
    }
    text_add(text, "]");
}

static void add_json_constructors(struct text *text, const struct module *module)
{
    text_add(text, ",\"constructors\":[");
    for (uint32_t i = 0; i < module->meta.header.constructors.count; i++) {
        uint64_t address;
        const char *name = meta_constructor(&module->meta, i, &address);
        add_comma(text, i);
        text_add(text, "{");
        add_string_field(text, "name", name);
        text_add(text, ",\"address\":%" PRIu64 "}", address);
    }
    text_add(text, "]");
}

static bool add_json_sections(struct text *text, const struct module *module, struct error *error)
{
    text_add(text, ",\"sections\":[");
    for (size_t i = 1; i < module->elf.section_count; i++) {
        struct elf_section section;
        if (!elf_section(&module->elf, i, &section, error))
            return false;
        add_comma(text, i - 1);
        text_add(text, "{");
        add_string_field(text, "name", section.name);
        text_add(text, ",\"address\":%" PRIu64 ",\"offset\":%" PRIu64 ",\"size\":%" PRIu64 "}",
                 section.address, section.part.offset, section.size);
    }
    text_add(text, "]");
    return true;
}

static bool add_json(struct text *text, const char *path, const struct module *module,
                     struct error *error)
{
    char machine[24];
    text_add(text, "{");
    add_string_field(text, "path", path);
    text_add(text, ",");
    add_string_field(text, "kind", kind_name(module));
    text_add(text, ",");
    add_string_field(text, "machine", elf_machine_name(module->elf.machine, machine));
    text_add(text, ",\"bits\":%d,\"stamped\":%s", module->elf.is_64 ? 64 : 32,
             module->is_stamped ? "true" : "false");
    if (module->is_stamped) {
        add_json_build(text, module);
        add_json_symbols(text, module);
        add_json_probes(text, module);
        add_json_constructors(text, module);
    }
    if (!add_json_sections(text, module, error))
        return false;
    text_add(text, "}\n");
    return true;
}

/* ---- the verb ---- */

static bool inspect(const char *path, bool is_json, struct error *error)
{
    struct module module;
    if (!cmd_read_module(&module, path, error))
        return false;
    TEXT_AUTO text = {0};
    bool done = (is_json ? add_json : add_text)(&text, path, &module, error);
    if (!done)
        error_prefix(error, "cannot read %s: ", path);
    else if (text.failed)
        done = error_set_no_memory(error);
    else
        fwrite(text_chars(&text), 1, text.length, stdout);
    module_free(&module);
    return done;
}

int cmd_inspect(int count, char **arguments)
{
    bool is_json = false, only_files = false;
    int files = 0, status = EXIT_DONE;
    for (int i = 1; i < count; i++) {
        if (!only_files && cmd_is_help(arguments[i])) {
            fputs(help, stdout);
            return cmd_finish_output();
        }
        if (!only_files && !strcmp(arguments[i], "--json")) {
            is_json = true;
            arguments[i] = NULL;
        } else if (cmd_is_option(&arguments[i], &only_files)) {
            return cmd_usage_error("inspect", "no such option: %s", arguments[i]);
        }
        files += arguments[i] != NULL;
    }
    if (!files)
        return cmd_usage_error("inspect", "no file given");
    for (int i = 1; i < count; i++) {
        ERROR_AUTO error = {0};
        if (arguments[i] && !inspect(arguments[i], is_json, &error))
            status = cmd_failed(&error);
    }
    int written = cmd_finish_output();
    return status ? status : written;
}
