/* plugin inspect --json: one object a file. */
#include "common/cmd.h"
#include "show/go_text.h"
#include "show/inspect.h"
#include "src/types/print.h"

#include <inttypes.h>

static const char *symbol_kind_name(uint32_t kind)
{
    switch (kind) {
    case FORMAT_FUNCTION:
        return "function";
    case FORMAT_VARIABLE:
        return "variable";
    case FORMAT_THREAD_LOCAL:
        return "thread-local variable";
    case FORMAT_INDIRECT:
        return "indirect function";
    default:
        return NULL; /* of an import whose kind is not known */
    }
}

/* Adds a string, or null for NULL. */
static void add_string_field(struct text *text, const char *key, const char *value)
{
    text_add(text, "\"%s\":", key);
    if (value)
        cmd_add_json_string(text, value);
    else
        text_add(text, "null");
}

/* Adds a hash that comes after another field; 0 is none. */
static void add_hash_field(struct text *text, const char *key, uint64_t hash)
{
    if (hash)
        text_add(text, ",\"%s\":\"%016" PRIx64 "\"", key, hash);
    else
        text_add(text, ",\"%s\":null", key);
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
    text_add(text, "]");
    if (go_text_is_plugin(module))
        text_add(text, ",\"format_version\":null,\"content\":null");
    else
        text_add(text, ",\"format_version\":%" PRIu32 ",\"content\":\"%016" PRIx64 "\"",
                 module->meta.header.version, module->meta.header.content);
}

/* Adds what there is to say of a function or variable; an import has no address. */
static void add_declared(struct text *text, const struct module *module, const char *name,
                         uint32_t type, uint32_t kind, const uint64_t *address)
{
    TEXT_AUTO declaration = {0};
    inspect_add_declaration(&declaration, module, name, type, kind);
    text->failed |= declaration.failed;
    add_string_field(text, "name", name);
    text_add(text, ",");
    add_string_field(text, "kind", symbol_kind_name(kind));
    if (address)
        text_add(text, ",\"address\":%" PRIu64, *address);
    text_add(text, ",");
    add_string_field(text, "declaration", type ? text_chars(&declaration) : NULL);
}

static void add_json_go_symbol(struct text *text, const struct go_symbol *symbol)
{
    if (!symbol)
        return;
    text_add(text, ",");
    add_string_field(text, "go_type", symbol->type);
    text_add(text, ",");
    add_string_field(text, "reason", symbol->reason);
}

static void add_json_go(struct text *text, const struct go_module *go)
{
    if (!go)
        return;
    text_add(text, ",\"go\":{");
    add_string_field(text, "version", go->version);
    text_add(text, ",\"version_exact\":%s,", go->is_version_exact ? "true" : "false");
    add_string_field(text, "plugin_path", *go->plugin_path ? go->plugin_path : NULL);
    text_add(text, ",");
    add_string_field(text, "module_path", *go->module_path ? go->module_path : NULL);
    text_add(text, ",");
    add_string_field(text, "settings", go->settings);
    text_add(text, ",\"packages\":[");
    for (size_t i = 0; i < go->package_count; i++) {
        add_comma(text, i);
        text_add(text, "{");
        add_string_field(text, "path", go->packages[i].path);
        text_add(text, ",\"hash\":\"");
        go_text_add_hash(text, &go->packages[i]);
        text_add(text, "\"}");
    }
    text_add(text, "]}");
}

static void add_json_symbols(struct text *text, const struct module *module)
{
    text_add(text, ",\"symbols\":[");
    for (uint32_t i = 0; i < module->meta.header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(&module->meta, i);
        add_comma(text, i);
        text_add(text, "{");
        add_declared(text, module, symbol.name, symbol.type, symbol.kind, &symbol.address);
        add_json_go_symbol(text, go_text_symbol(module, symbol.name));
        text_add(text, "}");
    }
    text_add(text, "]");
}

static void add_json_inits(struct text *text, const struct meta *meta, uint32_t package)
{
    text_add(text, ",\"inits\":[");
    for (uint32_t i = 0; i < meta_package(meta, package).init_count; i++) {
        struct meta_init init = meta_init(meta, package, i);
        add_comma(text, i);
        text_add(text, "{");
        add_string_field(text, "file", init.file);
        text_add(text, ",\"line\":%" PRIu32 ",\"address\":%" PRIu64 "}", init.line, init.address);
    }
    text_add(text, "]");
}

static void add_json_shared(struct text *text, const struct inspected *inspected, uint32_t package)
{
    const uint32_t *at = NULL;
    text_add(text, ",\"shared\":[");
    for (size_t i = 0; inspect_next_shared(inspected, package, &at); i++) {
        struct meta_shared shared = meta_shared(&inspected->module.meta, *at);
        add_comma(text, i);
        text_add(text, "{");
        add_declared(text, &inspected->module, shared.name, shared.type, shared.kind,
                     &shared.address);
        text_add(text, "}");
    }
    text_add(text, "]");
}

static void add_json_sources(struct text *text, const struct meta *meta, uint32_t package)
{
    text_add(text, ",\"sources\":[");
    for (uint32_t i = 0; i < meta_package(meta, package).source_count; i++) {
        uint64_t hash;
        const char *name = meta_source(meta, package, i, &hash);
        add_comma(text, i);
        text_add(text, "{");
        add_string_field(text, "name", name);
        add_hash_field(text, "hash", hash);
        text_add(text, "}");
    }
    text_add(text, "]");
}

static void add_json_packages(struct text *text, const struct inspected *inspected)
{
    const struct meta *meta = &inspected->module.meta;
    text_add(text, ",\"packages\":[");
    for (uint32_t i = 0; i < meta->header.packages.count; i++) {
        struct meta_package package = meta_package(meta, i);
        add_comma(text, i);
        text_add(text, "{");
        add_string_field(text, "path", package.path);
        text_add(text, ",\"imports\":[");
        for (uint32_t j = 0; j < package.dependency_count; j++) {
            add_comma(text, j);
            cmd_add_json_string(text, meta_dependency(meta, i, j));
        }
        text_add(text, "]");
        add_json_inits(text, meta, i);
        add_json_shared(text, inspected, i);
        add_json_sources(text, meta, i);
        add_hash_field(text, "fingerprint", package.fingerprint);
        text_add(text, "}");
    }
    text_add(text, "]");
}

static void add_json_imports(struct text *text, const struct module *module)
{
    text_add(text, ",\"imports\":[");
    for (uint32_t i = 0; i < module->meta.header.imports.count; i++) {
        struct meta_import import = meta_import(&module->meta, i);
        add_comma(text, i);
        text_add(text, "{");
        add_declared(text, module, import.name, import.type, import.kind, NULL);
        text_add(text, ",\"weak\":%s,", import.is_weak ? "true" : "false");
        add_string_field(text, "package",
                         import.package ? meta_package(&module->meta, import.package - 1).path
                                        : NULL);
        text_add(text, ",");
        add_string_field(text, "library", *import.library ? import.library : NULL);
        text_add(text, ",\"unchecked\":%s,\"by_definition\":%s}",
                 inspect_is_unchecked(&import) ? "true" : "false",
                 import.is_by_definition ? "true" : "false");
    }
    text_add(text, "]");
}

static void add_json_probes(struct text *text, const struct module *module)
{
    text_add(text, ",\"asked\":[");
    for (uint32_t i = 0; i < module->meta.header.probes.count; i++) {
        struct format_probe probe = meta_probe(&module->meta, i);
        TEXT_AUTO type = {0};
        print_declaration(&type, module->btf, probe.type, NULL, NULL);
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

bool inspect_add_json(struct text *text, const struct inspected *inspected, struct error *error)
{
    const struct module *module = &inspected->module;
    char machine[24];
    text_add(text, "{");
    add_string_field(text, "path", inspected->path);
    text_add(text, ",");
    add_string_field(text, "kind", inspect_module_kind(module));
    text_add(text, ",");
    add_string_field(text, "machine", elf_machine_name(module->elf.machine, machine));
    text_add(text, ",\"bits\":%d,\"stamped\":%s", module->elf.is_64 ? 64 : 32,
             module->is_stamped && !go_text_is_plugin(module) ? "true" : "false");
    add_json_go(text, module->go);
    if (module->is_stamped) {
        add_json_build(text, module);
        add_json_symbols(text, module);
        add_json_packages(text, inspected);
        add_json_imports(text, module);
        add_json_probes(text, module);
        add_json_constructors(text, module);
    }
    inspect_add_json_built_ins(text, &inspected->built_ins);
    if (!add_json_sections(text, module, error))
        return false;
    text_add(text, "}\n");
    return true;
}
