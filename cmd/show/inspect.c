/* plugin inspect: what a module's file says of itself. Nothing of it is run. */
#include "show/inspect.h"
#include "common/cmd.h"
#include "show/go_text.h"
#include "src/types/print.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: plugin inspect [--json] FILE...\n"
    "\n"
    "Shows, for each file, from its bytes alone: what kind of module it is, who built\n"
    "it, its symbols with their declarations in C, its packages with their inits and\n"
    "sources, what it uses of other modules and packages, the types that its uses of\n"
    "plugin_as ask for, the constructors that run when it is loaded, the plugins that\n"
    "are built into it, its sections.\n"
    "Of a Go plugin: its symbols with their declarations in C, or, if they have none,\n"
    "in Go, and why; and its packages with the hashes that Go compares.\n"
    "\n"
    "What it uses is marked \"unchecked\" if nothing recorded its type: no difference\n"
    "can be noticed there.\n"
    "\n"
    "  --json    one JSON object a file, each on one line\n"
    "\n"
    "exit status: 0 done, 1 a file could not be read, 2 wrong usage\n";

const char *inspect_module_kind(const struct module *module)
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

void inspect_add_declaration(struct text *text, const struct module *module, const char *name,
                             uint32_t type, uint32_t kind)
{
    if (kind == FORMAT_THREAD_LOCAL)
        text_add(text, "_Thread_local ");
    if (type)
        print_symbol(text, module->btf, type, name, NULL);
    else
        text_add_escaped(text, name);
}

bool inspect_is_unchecked(const struct meta_import *import)
{
    return !import->type && !*import->library;
}

/* ---- the shared symbols of each package ---- */

/* The file has them in the order of names; each package's keep it. */
static bool group_shared(struct inspected *inspected, struct error *error)
{
    const struct meta *meta = &inspected->module.meta;
    uint32_t packages = meta->header.packages.count, count = meta->header.shared.count, sum = 0;
    inspected->shared = calloc((size_t)count + 1, sizeof *inspected->shared);
    inspected->ends = calloc((size_t)packages + 1, sizeof *inspected->ends);
    if (!inspected->shared || !inspected->ends)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < count; i++)
        inspected->ends[meta_shared(meta, i).package]++;
    for (uint32_t i = 0; i < packages; i++) {
        uint32_t start = sum;
        sum += inspected->ends[i];
        inspected->ends[i] = start;
    }
    for (uint32_t i = 0; i < count; i++)
        inspected->shared[inspected->ends[meta_shared(meta, i).package]++] = i;
    return true;
}

bool inspect_next_shared(const struct inspected *inspected, uint32_t package, const uint32_t **at)
{
    const uint32_t *start = inspected->shared + (package ? inspected->ends[package - 1] : 0);
    *at = *at ? *at + 1 : start;
    return *at < inspected->shared + inspected->ends[package];
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
    if (go_text_is_plugin(module))
        text_add(text, "  stamp       none is needed: it is a Go plugin\n");
    else if (module->is_stamped)
        text_add(text, "  stamp       version %" PRIu32 ", content %016" PRIx64 "\n",
                 module->meta.header.version, module->meta.header.content);
    else if (module->is_go)
        text_add(text, "  stamp       none: it is made by Go, but not as a plugin\n");
    else
        text_add(text, "  stamp       none; compile it with -g and run: plugin stamp FILE\n");
}

static void add_symbol(struct text *text, const struct module *module, struct meta_symbol symbol)
{
    const struct go_symbol *go = go_text_symbol(module, symbol.name);
    text_add(text, "  %#18" PRIx64 "  ", symbol.address);
    if (go && go->reason) {
        go_text_add_declaration(text, go);
        text_add(text, "   /* no form in C: ");
        text_add_escaped(text, go->reason);
        text_add(text, " */\n");
        return;
    }
    inspect_add_declaration(text, module, symbol.name, symbol.type, symbol.kind);
    text_add(text, "%s\n", symbol.type ? "" : "   /* its type was not recorded */");
}

static void add_symbols(struct text *text, const struct module *module)
{
    text_add(text, "symbols (%" PRIu32 ")\n", module->meta.header.symbols.count);
    for (uint32_t i = 0; i < module->meta.header.symbols.count; i++)
        add_symbol(text, module, meta_symbol(&module->meta, i));
}

static void add_sources(struct text *text, const struct meta *meta, uint32_t package)
{
    for (uint32_t i = 0; i < meta_package(meta, package).source_count; i++) {
        uint64_t hash;
        const char *name = meta_source(meta, package, i, &hash);
        text_add(text, "    source    ");
        if (hash)
            text_add(text, "%016" PRIx64 "  ", hash);
        text_add_escaped(text, name);
        text_add(text, "%s\n", hash ? "" : "   /* it was not there */");
    }
}

static void add_package(struct text *text, const struct inspected *inspected, uint32_t number)
{
    const struct meta *meta = &inspected->module.meta;
    struct meta_package package = meta_package(meta, number);
    text_add(text, "  ");
    text_add_escaped(text, package.path);
    text_add(text, "\n");
    for (uint32_t i = 0; i < package.dependency_count; i++) {
        text_add(text, "    imports   ");
        text_add_escaped(text, meta_dependency(meta, number, i));
        text_add(text, "\n");
    }
    for (uint32_t i = 0; i < package.init_count; i++) {
        struct meta_init init = meta_init(meta, number, i);
        text_add(text, "    init      ");
        text_add_escaped(text, init.file);
        text_add(text, ":%" PRIu32 "\n", init.line);
    }
    add_sources(text, meta, number);
    for (const uint32_t *at = NULL; inspect_next_shared(inspected, number, &at);) {
        struct meta_shared shared = meta_shared(meta, *at);
        text_add(text, "  ");
        add_symbol(text, &inspected->module,
                   (struct meta_symbol){.name = shared.name,
                                        .address = shared.address,
                                        .type = shared.type,
                                        .kind = shared.kind});
    }
}

static void add_packages(struct text *text, const struct inspected *inspected)
{
    uint32_t count = inspected->module.meta.header.packages.count;
    if (!count)
        return;
    text_add(text, "packages (%" PRIu32 "), in the order of their inits\n", count);
    for (uint32_t i = 0; i < count; i++)
        add_package(text, inspected, i);
}

/* Adds one thing that is to be said of an import. */
static void add_remark(struct text *text, bool *is_first, const char *remark, const char *name)
{
    text_add(text, "%s%s", *is_first ? "   /* " : "; ", remark);
    text_add_escaped(text, name);
    *is_first = false;
}

static void add_import(struct text *text, const struct module *module, struct meta_import import)
{
    bool is_first = true;
    text_add(text, "  ");
    inspect_add_declaration(text, module, import.name, import.type, import.kind);
    if (inspect_is_unchecked(&import))
        add_remark(text, &is_first, "unchecked: its type was not recorded", "");
    if (import.is_weak)
        add_remark(text, &is_first, "weak", "");
    if (import.package)
        add_remark(text, &is_first, "package ",
                   meta_package(&module->meta, import.package - 1).path);
    if (import.is_by_definition)
        add_remark(text, &is_first, "as it is defined here", "");
    if (*import.library)
        add_remark(text, &is_first, "", import.library);
    text_add(text, "%s\n", is_first ? "" : " */");
}

static void add_imports(struct text *text, const struct module *module)
{
    uint32_t count = module->meta.header.imports.count;
    if (!count)
        return;
    text_add(text, "imports (%" PRIu32 ")\n", count);
    for (uint32_t i = 0; i < count; i++)
        add_import(text, module, meta_import(&module->meta, i));
}

static void add_probes(struct text *text, const struct module *module)
{
    if (!module->meta.header.probes.count)
        return;
    text_add(text, "asked for by plugin_as (%" PRIu32 ")\n", module->meta.header.probes.count);
    for (uint32_t i = 0; i < module->meta.header.probes.count; i++) {
        struct format_probe probe = meta_probe(&module->meta, i);
        text_add(text, "  %#18" PRIx64 "  ", probe.address);
        print_declaration(text, module->btf, probe.type, NULL, NULL);
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

static bool add_text(struct text *text, const struct inspected *inspected, struct error *error)
{
    const struct module *module = &inspected->module;
    char machine[24];
    text_add_escaped(text, inspected->path);
    text_add(text, "\n  kind        %s, %s, %d bits\n", inspect_module_kind(module),
             elf_machine_name(module->elf.machine, machine), module->elf.is_64 ? 64 : 32);
    add_build(text, module);
    if (module->go)
        go_text_add_head(text, module->go);
    if (module->is_stamped)
        add_symbols(text, module);
    if (module->go)
        go_text_add_packages(text, module->go);
    if (module->is_stamped) {
        add_packages(text, inspected);
        add_imports(text, module);
        add_probes(text, module);
        add_constructors(text, module);
    }
    inspect_add_built_ins(text, &inspected->built_ins);
    return add_sections(text, module, error);
}

/* ---- the verb ---- */

static bool show(struct inspected *inspected, bool is_json, struct error *error)
{
    TEXT_AUTO text = {0};
    if (!group_shared(inspected, error))
        return false;
    if (!(is_json ? inspect_add_json : add_text)(&text, inspected, error))
        return error_prefix(error, "cannot read %s: ", inspected->path);
    if (text.failed)
        return error_set_no_memory(error);
    fwrite(text_chars(&text), 1, text.length, stdout);
    return true;
}

static bool inspect(const char *path, bool is_json, struct error *error)
{
    struct inspected inspected = {.path = path};
    if (!cmd_read_module(&inspected.module, path, error))
        return false;
    bool done = cmd_read_built_ins(&inspected.built_ins, &inspected.module, path, error) &&
                show(&inspected, is_json, error);
    bundle_file_free(&inspected.built_ins);
    free(inspected.shared);
    free(inspected.ends);
    module_free(&inspected.module);
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
