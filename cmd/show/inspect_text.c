/* SPDX-License-Identifier: MIT */
/* The text of plugin inspect. */
#include "judge/host_interfaces.h"
#include "show/go_text_p.h"
#include "show/inspected_p.h"
#include "src/fit/waiver.h"
#include "src/types/print.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

/* Adds a line, unless the value is "". */
static void inspect_text_add_line(struct text *text, const char *label, const char *value)
{
    if (!*value)
        return;
    text_add(text, "  %-10s  ", label);
    text_add_escaped(text, value);
    text_add(text, "\n");
}

static void inspect_text_add_build(struct text *text, const struct module *module)
{
    for (uint32_t i = 0; i < module->meta.header.compilers.count; i++) {
        const char *flags, *name = meta_compiler(&module->meta, i, &flags);
        text_add_between(text, "  built by    ", name, *flags ? " " : "");
        text_add_escaped(text, flags);
        text_add(text, "\n");
    }
    for (uint32_t bit = 1; meta_sanitizer_name(bit); bit <<= 1)
        if (module->meta.header.sanitizers & bit)
            inspect_text_add_line(text, "sanitizer", meta_sanitizer_name(bit));
    if (go_text_is_plugin(module))
        text_add(text, "  stamp       none needed: a Go plugin\n");
    else if (module->is_stamped)
        text_add(text, "  stamp       version %" PRIu32 ", content %016" PRIx64 "\n",
                 module->meta.header.version, module->meta.header.content);
    else if (module->is_go)
        text_add(text, "  stamp       none: a Go module, but not a plugin\n");
    else
        text_add(text, "  stamp       none; compile with -g and run: plugin stamp FILE\n");
}

/* Adds the paths of the Go plugin and of its Go module. */
static void inspect_text_add_go(struct text *text, const struct go_module *go)
{
    if (!go->is_plugin)
        inspect_text_add_line(text, "go version", go->version);
    inspect_text_add_line(text, "go plugin", go->plugin_path);
    inspect_text_add_line(text, "go module", go->module_path);
}

static void inspect_text_add_go_packages(struct text *text, const struct go_module *go)
{
    text_add(text, "go packages (%zu)\n", go->package_count);
    for (size_t i = 0; i < go->package_count; i++) {
        text_add(text, "  ");
        go_text_add_hash(text, &go->packages[i]);
        text_add_between(text, "  ", go->packages[i].path, "\n");
    }
}

/* Adds a PLUGIN_INFO, with `label` in front. */
static void inspect_text_add_info(struct text *text, const char *label, struct meta_info info)
{
    text_add_between(text, label, info.key, *info.value ? " = " : " =");
    text_add_escaped(text, info.value);
    text_add(text, "\n");
}

static void inspect_text_add_infos(struct text *text, const struct meta *meta)
{
    if (meta->header.infos.count)
        text_add(text, "info (%" PRIu32 ")\n", meta->header.infos.count);
    for (uint32_t i = 0; i < meta->header.infos.count; i++)
        inspect_text_add_info(text, "  ", meta_info(meta, i));
}

static void inspect_text_add_symbol(struct text *text, const struct module *module,
                                    struct meta_symbol symbol)
{
    const struct go_symbol *go = go_text_symbol(module, symbol.name);
    text_add(text, "  %#18" PRIx64 "  ", symbol.address);
    if (go && go->reason) {
        go_text_add_declaration(text, go);
        text_add_between(text, "   /* no form in C: ", go->reason, " */\n");
        return;
    }
    inspected_add_declaration(text, module, symbol.name, symbol.type, symbol.kind);
    text_add(text, "%s\n", symbol.type ? "" : "   /* type not recorded */");
}

static void inspect_text_add_sources(struct text *text, const struct meta *meta, uint32_t package)
{
    for (uint32_t i = 0; i < meta_package(meta, package).source_count; i++) {
        uint64_t hash;
        const char *name = meta_source(meta, package, i, &hash);
        text_add(text, "    source    ");
        if (hash)
            text_add(text, "%016" PRIx64 "  ", hash);
        text_add_escaped(text, name);
        text_add(text, "%s\n", hash ? "" : "   /* source not found */");
    }
}

static void inspect_text_add_package(struct text *text, const struct inspected *inspected,
                                     uint32_t number)
{
    const struct meta *meta = &inspected->module.meta;
    struct meta_package package = meta_package(meta, number);
    text_add_between(text, "  ", package.path, "\n");
    for (uint32_t i = 0; i < package.dependency_count; i++) {
        text_add_between(text, "    imports   ", meta_dependency(meta, number, i), "\n");
    }
    for (uint32_t i = 0; i < package.init_count; i++) {
        struct meta_init init = meta_init(meta, number, i);
        text_add(text, "    init      ");
        text_add_escaped(text, init.file);
        text_add(text, ":%" PRIu32 "\n", init.line);
    }
    inspect_text_add_sources(text, meta, number);
    for (const uint32_t *at = NULL; inspected_next_shared(inspected, number, &at);) {
        struct meta_shared shared = meta_shared(meta, *at);
        text_add(text, "  ");
        inspect_text_add_symbol(text, &inspected->module,
                                (struct meta_symbol){.name = shared.name,
                                                     .address = shared.address,
                                                     .type = shared.type,
                                                     .kind = shared.kind});
    }
}

static void inspect_text_add_packages(struct text *text, const struct inspected *inspected)
{
    uint32_t count = inspected->module.meta.header.packages.count;
    if (!count)
        return;
    text_add(text, "packages (%" PRIu32 "), in the order of their inits\n", count);
    for (uint32_t i = 0; i < count; i++)
        inspect_text_add_package(text, inspected, i);
}

static void inspect_text_add_retires(struct text *text, const struct meta *meta)
{
    uint32_t count = meta->header.retires.count;
    if (count)
        text_add(text, "retires (%" PRIu32 "), in the order of execution\n", count);
    for (uint32_t i = 0; i < count; i++) {
        struct meta_init retire = meta_retire(meta, i);
        text_add_between(text, "  ", retire.file, "");
        text_add(text, ":%" PRIu32 "\n", retire.line);
    }
}

/* Adds one remark to the comment behind an import. */
static void inspect_text_add_remark(struct text *text, bool *is_first, const char *remark,
                                    const char *name)
{
    text_add(text, "%s%s", *is_first ? "   /* " : "; ", remark);
    text_add_escaped(text, name);
    *is_first = false;
}

static void inspect_text_add_import(struct text *text, const struct inspected *inspected,
                                    struct meta_import import)
{
    const struct module *module = &inspected->module;
    bool is_first = true;
    TEXT_AUTO unchecked = {0};
    inspected_add_unchecked(&unchecked, inspected, &import);
    text->failed |= unchecked.failed;
    text_add(text, "  ");
    inspected_add_declaration(text, module, import.name, import.type, import.kind);
    if (unchecked.length)
        inspect_text_add_remark(text, &is_first, "unchecked: ", text_chars(&unchecked));
    if (import.is_weak)
        inspect_text_add_remark(text, &is_first, "weak", "");
    if (import.package)
        inspect_text_add_remark(text, &is_first, "package ",
                                meta_package(&module->meta, import.package - 1).path);
    if (import.is_by_definition && !import.package)
        inspect_text_add_remark(text, &is_first, "its own; another module may preempt it", "");
    else if (import.is_by_definition)
        inspect_text_add_remark(text, &is_first, "type from the definition", "");
    if (*import.library)
        inspect_text_add_remark(text, &is_first, "", import.library);
    text_add(text, "%s\n", is_first ? "" : " */");
}

static void inspect_text_add_imports(struct text *text, const struct inspected *inspected)
{
    const struct module *module = &inspected->module;
    uint32_t count = module->meta.header.imports.count;
    if (!count)
        return;
    text_add(text, "imports (%" PRIu32 ")\n", count);
    for (uint32_t i = 0; i < count; i++)
        inspect_text_add_import(text, inspected, meta_import(&module->meta, i));
}

/* Adds the types that are requested; an interface's is shown with its members. */
static void inspect_text_add_probes(struct text *text, const struct module *module)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < module->meta.header.probes.count; i++)
        count += !meta_probe(&module->meta, i).interface;
    if (!count)
        return;
    text_add(text, "requested by plugin_as (%" PRIu32 ")\n", count);
    for (uint32_t i = 0; i < module->meta.header.probes.count; i++) {
        struct format_probe probe = meta_probe(&module->meta, i);
        if (probe.interface)
            continue;
        text_add(text, "  %#18" PRIx64 "  ", probe.address);
        print_declaration(text, module->btf, probe.type, NULL, NULL);
        text_add(text, "\n");
    }
}

static void inspect_text_add_interface(struct text *text, const struct module *module,
                                       uint32_t number)
{
    text_add_between(text, "  ", interface_name(module, number), "\n");
    for (uint32_t i = 0; i < meta_interface(&module->meta, number).member_count; i++) {
        struct meta_member member = meta_member(&module->meta, number, i);
        bool is_first = true;
        text_add(text, "    ");
        const char *name = inspected_add_member(text, module, number, i);
        if (member.is_optional)
            inspect_text_add_remark(text, &is_first, "optional", "");
        if (strcmp(name, member.name) != 0)
            inspect_text_add_remark(text, &is_first, "symbol ", member.name);
        text_add(text, "%s\n", is_first ? "" : " */");
    }
}

/* Adds the interfaces that the module demands of plugins, or those that it meets as one. */
static void inspect_text_add_interfaces(struct text *text, const struct module *module,
                                        bool is_implemented)
{
    const struct meta *meta = &module->meta;
    uint32_t count = 0;
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++)
        count += (meta_interface(meta, i).kind == FORMAT_INTERFACE_IMPLEMENTED) == is_implemented;
    if (count)
        text_add(text, "%s (%" PRIu32 ")\n", is_implemented ? "implements" : "interfaces", count);
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++)
        if ((meta_interface(meta, i).kind == FORMAT_INTERFACE_IMPLEMENTED) == is_implemented)
            inspect_text_add_interface(text, module, i);
}

static void inspect_text_add_promise(struct text *text, const struct btf *btf,
                                     const struct promise *promise)
{
    bool is_first = true;
    text_add(text, "  ");
    promise_add_text(text, btf, promise, NULL);
    text_add(text, ";");
    if (promise->is_for_unmarked)
        inspect_text_add_remark(text, &is_first, "also for modules that do not mark it", "");
    if (promise->elements)
        inspect_text_add_remark(text, &is_first, "elements: ", promise->elements);
    if (promise->object)
        inspect_text_add_remark(text, &is_first, "object: ", promise->object);
    if (promise->is_of_objects && !promise->records_objects)
        inspect_text_add_remark(text, &is_first, "its objects are not recorded", "");
    text_add(text, "%s\n", is_first ? "" : " */");
}

static void inspect_text_add_promises(struct text *text, const struct inspected *inspected)
{
    const struct promises *promises = &inspected->promises;
    size_t count = 0;
    for (size_t i = 0; i < promises->count; i++)
        count += !promises_repeat(promises, i);
    if (!count)
        return;
    text_add(text, "promises (%zu)\n", count);
    for (size_t i = 0; i < promises->count; i++)
        if (!promises_repeat(promises, i))
            inspect_text_add_promise(text, inspected->module.btf, &promises->items[i]);
}

static void inspect_text_add_waivers(struct text *text, const struct inspected *inspected)
{
    uint32_t at = 0;
    const char *waiver = waiver_next(inspected->module.btf, &at);
    if (waiver)
        text_add(text, "waivers\n");
    for (; waiver; waiver = waiver_next(inspected->module.btf, &at))
        text_add_between(text, "  ", waiver, "\n");
}

struct unknown_lines {
    struct text *text;
    bool has_title;
};

static void inspect_text_add_unknown(void *context, const struct text *unknown)
{
    struct unknown_lines *lines = context;
    text_add(lines->text, "%s  %s\n",
             lines->has_title ? "" : "unknown types, which agree with none\n", text_chars(unknown));
    lines->text->failed |= unknown->failed;
    lines->has_title = true;
}

static void inspect_text_add_constructors(struct text *text, const struct module *module)
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

static bool inspect_text_add_sections(struct text *text, const struct module *module,
                                      struct error *error)
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

static void inspect_text_add_built_in(struct text *text, const struct bundle_file *built_ins,
                                      uint32_t number)
{
    const struct bundle_file_plugin *built_in = &built_ins->plugins[number];
    const struct meta *meta = &built_in->module.meta;
    text_add_between(text, "  ", built_in->name, "\n    built by    ");
    meta_add_compilers(text, meta);
    text_add(text, "\n");
    for (uint32_t i = 0; i < meta->header.infos.count; i++)
        inspect_text_add_info(text, "    info        ", meta_info(meta, i));
    for (uint32_t i = 0; i < built_in->bundled.part_count; i++) {
        text_add(text, "    package     ");
        text_add_escaped(text, meta_package(meta, i).path);
        text_add(text, "%s\n",
                 bundle_file_has(built_ins, number, i) ? "" : "   /* another plugin's copy */");
    }
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        text_add(text, "    ");
        inspected_add_declaration(text, &built_in->module, symbol.name, symbol.type, symbol.kind);
        text_add(text, "%s\n", symbol.type ? "" : "   /* type not recorded */");
    }
}

static void inspect_text_add_built_ins(struct text *text, const struct bundle_file *built_ins)
{
    if (!built_ins->count)
        return;
    text_add(text, "built in (%" PRIu32 ")\n", built_ins->count);
    for (uint32_t i = 0; i < built_ins->count; i++)
        inspect_text_add_built_in(text, built_ins, i);
}

/* Adds what the dynamic loader maps along, in its order, and what else it does for the module. */
static void inspect_text_add_libraries(struct text *text, const struct inspected *inspected)
{
    const struct dynamic *dynamic = &inspected->dynamic;
    text_add(text, "libraries (%zu)\n", dynamic->needed_count);
    for (size_t i = 0; i < dynamic->needed_count; i++) {
        text_add_between(text, "  ", dynamic_needed(dynamic, i), "");
        if (dynamic_needed_tag(dynamic, i) != DT_NEEDED)
            text_add(text, "   /* %s */", inspected_library_tag(inspected, i));
        text_add(text, "\n");
    }
    if (dynamic->audit)
        text_add_between(text, "  ", dynamic->audit, "   /* DT_AUDIT */\n");
    if (dynamic->dependency_audit)
        text_add_between(text, "  ", dynamic->dependency_audit, "   /* DT_DEPAUDIT */\n");
}

bool inspect_add_text(struct text *text, const struct inspected *inspected, struct error *error)
{
    const struct module *module = &inspected->module;
    char machine[24];
    text_add_escaped(text, inspected->path);
    text_add(text, "\n  kind        %s, %s, %d bits\n", inspected_kind(inspected),
             elf_machine_name(module->elf.machine, machine), module->elf.is_64 ? 64 : 32);
    inspect_text_add_build(text, module);
    if (inspected->dynamic.tables.entries.size && elf_needs_executable_stack(&module->elf))
        text_add(text, "  stack       executable\n");
    if (inspected->dynamic.has_code_relocations)
        text_add(text, "  code        writable while it is loaded: DT_TEXTREL\n");
    if (inspected->dynamic.is_no_open)
        text_add(text, "  dlopen      refused: linked with -z nodlopen\n");
    if (module->go)
        inspect_text_add_go(text, module->go);
    if (module->is_stamped)
        inspect_text_add_infos(text, &module->meta);
    uint32_t symbols = module->is_stamped ? module->meta.header.symbols.count : 0;
    if (module->is_stamped)
        text_add(text, "symbols (%" PRIu32 ")\n", symbols);
    for (uint32_t i = 0; i < symbols; i++)
        inspect_text_add_symbol(text, module, meta_symbol(&module->meta, i));
    if (module->go)
        inspect_text_add_go_packages(text, module->go);
    if (module->is_stamped) {
        inspect_text_add_packages(text, inspected);
        inspect_text_add_retires(text, &module->meta);
        inspect_text_add_imports(text, inspected);
        inspect_text_add_interfaces(text, module, false);
        inspect_text_add_interfaces(text, module, true);
        inspect_text_add_probes(text, module);
        inspect_text_add_promises(text, inspected);
        inspect_text_add_waivers(text, inspected);
        struct unknown_lines lines = {.text = text};
        text->failed |= !inspected_each_unknown(module, inspect_text_add_unknown, &lines);
        inspect_text_add_constructors(text, module);
    }
    inspect_text_add_built_ins(text, &inspected->built_ins);
    if (inspected->dynamic.tables.entries.size)
        inspect_text_add_libraries(text, inspected);
    return !inspected->shows_sections || inspect_text_add_sections(text, module, error);
}
