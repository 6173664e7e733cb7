/* SPDX-License-Identifier: MIT */
/* plugin inspect --json: one object for each file. */
#include "common/json.h"
#include "judge/host_interfaces.h"
#include "show/go_text_p.h"
#include "show/inspected_p.h"
#include "src/fit/waiver.h"
#include "src/types/print.h"

#include <inttypes.h>

static const char *inspect_json_kind(uint32_t kind)
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
        return NULL; /* an import of unknown kind */
    }
}

static void inspect_json_add_build(struct json *json, const struct module *module)
{
    const struct meta *meta = &module->meta;
    json_open_array(json, "compilers");
    for (uint32_t i = 0; i < meta->header.compilers.count; i++) {
        const char *flags, *name = meta_compiler(meta, i, &flags);
        json_open_object(json, NULL);
        json_add_string(json, "name", name);
        json_add_string(json, "flags", flags);
        json_close_object(json);
    }
    json_close_array(json);
    json_open_array(json, "sanitizers");
    for (uint32_t bit = 1; meta_sanitizer_name(bit); bit <<= 1)
        if (meta->header.sanitizers & bit)
            json_add_string(json, NULL, meta_sanitizer_name(bit));
    json_close_array(json);
    if (go_text_is_plugin(module)) { /* it has no stamp */
        json_add_string(json, "format_version", NULL);
        json_add_string(json, "content", NULL);
    } else {
        TEXT_AUTO content = {0};
        text_add(&content, "%016" PRIx64, meta->header.content);
        json_add_number(json, "format_version", meta->header.version);
        json_add_text(json, "content", &content);
    }
}

void inspect_json_add_infos(struct json *json, const struct meta *meta)
{
    json_open_array(json, "info");
    for (uint32_t i = 0; i < meta->header.infos.count; i++) {
        struct meta_info info = meta_info(meta, i);
        json_open_object(json, NULL);
        json_add_string(json, "key", info.key);
        json_add_string(json, "value", info.value);
        json_close_object(json);
    }
    json_close_array(json);
}

static void inspect_json_add_declaration(struct json *json, const struct module *module,
                                         const char *name, uint32_t type, uint32_t kind)
{
    TEXT_AUTO declaration = {0};
    inspected_add_declaration(&declaration, module, name, type, kind);
    if (type)
        json_add_text(json, "declaration", &declaration);
    else
        json_add_string(json, "declaration", NULL);
}

/* Adds the fields of a function or variable; an import has no address. */
static void inspect_json_add_symbol(struct json *json, const struct module *module,
                                    const char *name, uint32_t type, uint32_t kind,
                                    const uint64_t *address)
{
    json_add_string(json, "name", name);
    json_add_string(json, "kind", inspect_json_kind(kind));
    if (address)
        json_add_number(json, "address", *address);
    inspect_json_add_declaration(json, module, name, type, kind);
}

static void inspect_json_add_go(struct json *json, const struct go_module *go)
{
    json_open_object(json, "go");
    json_add_string(json, "version", go->version);
    json_add_bool(json, "version_exact", go->is_version_exact);
    json_add_string(json, "plugin_path", *go->plugin_path ? go->plugin_path : NULL);
    json_add_string(json, "module_path", *go->module_path ? go->module_path : NULL);
    json_add_string(json, "settings", go->settings);
    json_open_array(json, "packages");
    for (size_t i = 0; i < go->package_count; i++) {
        TEXT_AUTO hash = {0};
        go_text_add_hash(&hash, &go->packages[i]);
        json_open_object(json, NULL);
        json_add_string(json, "path", go->packages[i].path);
        json_add_text(json, "hash", &hash);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

static void inspect_json_add_symbols(struct json *json, const struct module *module)
{
    json_open_array(json, "symbols");
    for (uint32_t i = 0; i < module->meta.header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(&module->meta, i);
        const struct go_symbol *go = go_text_symbol(module, symbol.name);
        json_open_object(json, NULL);
        inspect_json_add_symbol(json, module, symbol.name, symbol.type, symbol.kind,
                                &symbol.address);
        if (go) {
            json_add_string(json, "go_type", go->type);
            json_add_string(json, "reason", go->reason);
        }
        json_close_object(json);
    }
    json_close_array(json);
}

static void inspect_json_add_function(struct json *json, struct meta_init function)
{
    json_open_object(json, NULL);
    json_add_string(json, "file", function.file);
    json_add_number(json, "line", function.line);
    json_add_number(json, "address", function.address);
    json_close_object(json);
}

static void inspect_json_add_package(struct json *json, const struct inspected *inspected,
                                     uint32_t number)
{
    const struct meta *meta = &inspected->module.meta;
    struct meta_package package = meta_package(meta, number);
    json_add_string(json, "path", package.path);
    json_open_array(json, "imports");
    for (uint32_t i = 0; i < package.dependency_count; i++)
        json_add_string(json, NULL, meta_dependency(meta, number, i));
    json_close_array(json);
    json_open_array(json, "inits");
    for (uint32_t i = 0; i < package.init_count; i++)
        inspect_json_add_function(json, meta_init(meta, number, i));
    json_close_array(json);
    json_open_array(json, "shared");
    for (const uint32_t *at = NULL; inspected_next_shared(inspected, number, &at);) {
        struct meta_shared shared = meta_shared(meta, *at);
        json_open_object(json, NULL);
        inspect_json_add_symbol(json, &inspected->module, shared.name, shared.type, shared.kind,
                                &shared.address);
        json_close_object(json);
    }
    json_close_array(json);
    json_open_array(json, "sources");
    for (uint32_t i = 0; i < package.source_count; i++) {
        uint64_t hash;
        const char *name = meta_source(meta, number, i, &hash);
        json_open_object(json, NULL);
        json_add_string(json, "name", name);
        json_add_hash(json, "hash", hash);
        json_close_object(json);
    }
    json_close_array(json);
    json_add_hash(json, "fingerprint", package.fingerprint);
}

static void inspect_json_add_packages(struct json *json, const struct inspected *inspected)
{
    json_open_array(json, "packages");
    for (uint32_t i = 0; i < inspected->module.meta.header.packages.count; i++) {
        json_open_object(json, NULL);
        inspect_json_add_package(json, inspected, i);
        json_close_object(json);
    }
    json_close_array(json);
}

static void inspect_json_add_retires(struct json *json, const struct meta *meta)
{
    json_open_array(json, "retires");
    for (uint32_t i = 0; i < meta->header.retires.count; i++)
        inspect_json_add_function(json, meta_retire(meta, i));
    json_close_array(json);
}

static void inspect_json_add_imports(struct json *json, const struct inspected *inspected)
{
    const struct module *module = &inspected->module;
    const struct meta *meta = &module->meta;
    json_open_array(json, "imports");
    for (uint32_t i = 0; i < meta->header.imports.count; i++) {
        struct meta_import import = meta_import(meta, i);
        const char *package = import.package ? meta_package(meta, import.package - 1).path : NULL;
        json_open_object(json, NULL);
        inspect_json_add_symbol(json, module, import.name, import.type, import.kind, NULL);
        json_add_bool(json, "weak", import.is_weak);
        json_add_string(json, "package", package);
        json_add_string(json, "library", *import.library ? import.library : NULL);
        TEXT_AUTO unchecked = {0};
        inspected_add_unchecked(&unchecked, inspected, &import);
        json->text.failed |= unchecked.failed;
        json_add_bool(json, "unchecked", unchecked.length);
        json_add_bool(json, "by_definition", import.is_by_definition);
        json_close_object(json);
    }
    json_close_array(json);
}

static void inspect_json_add_probes(struct json *json, const struct module *module)
{
    json_open_array(json, "asked");
    for (uint32_t i = 0; i < module->meta.header.probes.count; i++) {
        struct format_probe probe = meta_probe(&module->meta, i);
        if (probe.interface)
            continue;
        TEXT_AUTO type = {0};
        print_declaration(&type, module->btf, probe.type, NULL, NULL);
        json_open_object(json, NULL);
        json_add_number(json, "address", probe.address);
        json_add_text(json, "type", &type);
        json_close_object(json);
    }
    json_close_array(json);
}

static const char *inspect_json_interface_kind(enum format_interface_kind kind)
{
    switch (kind) {
    case FORMAT_INTERFACE_OPENED:
        return "opened";
    case FORMAT_INTERFACE_EXPECTED:
        return "expected";
    default:
        return "implemented";
    }
}

static void inspect_json_add_interfaces(struct json *json, const struct module *module)
{
    json_open_array(json, "interfaces");
    for (uint32_t i = 0; i < module->meta.header.interfaces.count; i++) {
        struct meta_interface interface = meta_interface(&module->meta, i);
        json_open_object(json, NULL);
        json_add_string(json, "name", interface_name(module, i));
        json_add_string(json, "kind", inspect_json_interface_kind(interface.kind));
        json_open_array(json, "members");
        for (uint32_t k = 0; k < interface.member_count; k++) {
            struct meta_member member = meta_member(&module->meta, i, k);
            TEXT_AUTO declaration = {0};
            inspected_add_member(&declaration, module, i, k);
            json_open_object(json, NULL);
            json_add_string(json, "symbol", member.name);
            json_add_text(json, "declaration", &declaration);
            json_add_bool(json, "optional", member.is_optional);
            json_close_object(json);
        }
        json_close_array(json);
        json_close_object(json);
    }
    json_close_array(json);
}

static void inspect_json_add_promise(struct json *json, const struct btf *btf,
                                     const struct promise *promise)
{
    TEXT_AUTO type = {0};
    print_declaration(&type, btf, promise->type, NULL, NULL);
    json_open_object(json, NULL);
    json_add_text(json, "type", &type);
    json_add_string(json, "promise", promise->word);
    json_add_string(json, "name", *promise->name ? promise->name : NULL);
    if (promise->is_growth)
        json_add_bool(json, "unmarked", promise->is_for_unmarked);
    if (promise->is_of_objects) {
        json_add_bool(json, "objects_recorded", promise->records_objects);
        json_add_string(json, "object", promise->object);
        json_add_string(json, "elements", promise->elements);
    }
    json_close_object(json);
}

static void inspect_json_add_promises(struct json *json, const struct inspected *inspected)
{
    const struct promises *promises = &inspected->promises;
    json_open_array(json, "promises");
    for (size_t i = 0; i < promises->count; i++)
        if (!promises_repeat(promises, i))
            inspect_json_add_promise(json, inspected->module.btf, &promises->items[i]);
    json_close_array(json);
}

static void inspect_json_add_waivers(struct json *json, const struct inspected *inspected)
{
    uint32_t at = 0;
    json_open_array(json, "waivers");
    for (const char *waiver; (waiver = waiver_next(inspected->module.btf, &at));)
        json_add_string(json, NULL, waiver);
    json_close_array(json);
}

static void inspect_json_add_unknown(void *context, const struct text *unknown)
{
    json_add_text(context, NULL, unknown);
}

static void inspect_json_add_constructors(struct json *json, const struct meta *meta)
{
    json_open_array(json, "constructors");
    for (uint32_t i = 0; i < meta->header.constructors.count; i++) {
        uint64_t address;
        const char *name = meta_constructor(meta, i, &address);
        json_open_object(json, NULL);
        json_add_string(json, "name", name);
        json_add_number(json, "address", address);
        json_close_object(json);
    }
    json_close_array(json);
}

static void inspect_json_add_built_ins(struct json *json, const struct bundle_file *built_ins)
{
    json_open_array(json, "built_in");
    for (uint32_t i = 0; i < built_ins->count; i++) {
        const struct bundle_file_plugin *built_in = &built_ins->plugins[i];
        const struct meta *meta = &built_in->module.meta;
        json_open_object(json, NULL);
        json_add_string(json, "name", built_in->name);
        inspect_json_add_infos(json, meta);
        json_open_array(json, "packages");
        for (uint32_t k = 0; k < built_in->bundled.part_count; k++) {
            json_open_object(json, NULL);
            json_add_string(json, "path", meta_package(meta, k).path);
            json_add_bool(json, "linked_in", bundle_file_has(built_ins, i, k));
            json_close_object(json);
        }
        json_close_array(json);
        json_open_array(json, "symbols");
        for (uint32_t k = 0; k < meta->header.symbols.count; k++) {
            struct meta_symbol symbol = meta_symbol(meta, k);
            json_open_object(json, NULL);
            json_add_string(json, "name", symbol.name);
            inspect_json_add_declaration(json, &built_in->module, symbol.name, symbol.type,
                                         symbol.kind);
            json_close_object(json);
        }
        json_close_array(json);
        json_close_object(json);
    }
    json_close_array(json);
}

static void inspect_json_add_libraries(struct json *json, const struct inspected *inspected)
{
    const struct dynamic *dynamic = &inspected->dynamic;
    json_open_array(json, "libraries");
    for (size_t i = 0; i < dynamic->needed_count; i++) {
        json_open_object(json, NULL);
        json_add_string(json, "name", dynamic_needed(dynamic, i));
        json_add_string(json, "tag", inspected_library_tag(inspected, i));
        json_close_object(json);
    }
    json_close_array(json);
    if (dynamic->audit)
        json_add_string(json, "audit", dynamic->audit);
    if (dynamic->dependency_audit)
        json_add_string(json, "depaudit", dynamic->dependency_audit);
    json_add_bool(json, "nodlopen", dynamic->is_no_open);
    json_add_bool(json, "executable_stack", elf_needs_executable_stack(&inspected->module.elf));
    json_add_bool(json, "textrel", dynamic->has_code_relocations);
}

static bool inspect_json_add_sections(struct json *json, const struct elf *elf, struct error *error)
{
    json_open_array(json, "sections");
    for (size_t i = 1; i < elf->section_count; i++) {
        struct elf_section section;
        if (!elf_section(elf, i, &section, error))
            return false;
        json_open_object(json, NULL);
        json_add_string(json, "name", section.name);
        json_add_number(json, "address", section.address);
        json_add_number(json, "offset", section.part.offset);
        json_add_number(json, "size", section.size);
        json_close_object(json);
    }
    json_close_array(json);
    return true;
}

bool inspect_add_json(struct json *json, const struct inspected *inspected, struct error *error)
{
    const struct module *module = &inspected->module;
    char machine[24];
    json_open_output(json, JSON_INSPECT);
    json_add_string(json, "path", inspected->path);
    json_add_string(json, "kind", inspected_kind(inspected));
    json_add_string(json, "machine", elf_machine_name(module->elf.machine, machine));
    json_add_number(json, "bits", module->elf.is_64 ? 64 : 32);
    json_add_bool(json, "stamped", module->is_stamped && !go_text_is_plugin(module));
    if (module->go)
        inspect_json_add_go(json, module->go);
    if (module->is_stamped) {
        inspect_json_add_build(json, module);
        inspect_json_add_infos(json, &module->meta);
        inspect_json_add_symbols(json, module);
        inspect_json_add_packages(json, inspected);
        inspect_json_add_retires(json, &module->meta);
        inspect_json_add_imports(json, inspected);
        inspect_json_add_interfaces(json, module);
        inspect_json_add_probes(json, module);
        inspect_json_add_promises(json, inspected);
        inspect_json_add_waivers(json, inspected);
        json_open_array(json, "unknown_types");
        json->text.failed |= !inspected_each_unknown(module, inspect_json_add_unknown, json);
        json_close_array(json);
        inspect_json_add_constructors(json, &module->meta);
    }
    inspect_json_add_built_ins(json, &inspected->built_ins);
    if (inspected->dynamic.tables.entries.size)
        inspect_json_add_libraries(json, inspected);
    bool done = !inspected->shows_sections || inspect_json_add_sections(json, &module->elf, error);
    json_close_object(json);
    return done;
}
