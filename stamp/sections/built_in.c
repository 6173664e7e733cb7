/* SPDX-License-Identifier: MIT */
/* Checks that the plugins that are linked into a program fit it. The linker has resolved their
 * symbols; this compares the types. */
#include "elf/elf_file.h"
#include "sections/sections.h"
#include "sections/sections_p.h"
#include "src/base/path.h"
#include "src/fit/fit.h"
#include "src/module/bundle_file.h"

#include <stdlib.h>

/* A program with built-in plugins. */
struct program {
    Elf *elf;
    const char *path;
    struct bundle_file built_ins;
    struct stamp_name_set names; /* used by the plugins, or defined by their packages */
    struct stamp_sections sections;
    struct module module; /* the program's definitions of these names */
    uint32_t judged;      /* number of the plugin that is judged */
};

/* ---- reading ---- */

static bool program_read_names(struct program *program, struct error *error)
{
    size_t room = 0;
    struct stamp_name_set *set = &program->names;
    for (uint32_t i = 0; i < program->built_ins.count; i++) {
        const struct format_header *header = &program->built_ins.plugins[i].module.meta.header;
        room += (size_t)header->imports.count + header->shared.count;
    }
    set->names = calloc(room + 1, sizeof *set->names);
    if (!set->names)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < program->built_ins.count; i++) {
        const struct meta *meta = &program->built_ins.plugins[i].module.meta;
        for (uint32_t k = 0; k < meta->header.imports.count; k++)
            set->names[set->count++] = meta_import(meta, k).name;
        for (uint32_t k = 0; k < meta->header.shared.count; k++)
            set->names[set->count++] = meta_shared(meta, k).name;
    }
    stamp_sort(set->names, set->count, sizeof *set->names, stamp_by_name);
    return true;
}

static bool find_bundle_section(Elf *elf, const char *name, struct bundle_section *found)
{
    GElf_Shdr header;
    Elf_Scn *section = section_next_named(elf, NULL, name);
    Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
    if (!data || !gelf_getshdr(section, &header))
        return false;
    /* A section of SHT_NOBITS has a size, but no bytes. */
    *found = (struct bundle_section){{data->d_buf, data->d_buf ? data->d_size : 0}, header.sh_addr};
    return true;
}

static bool program_read(struct program *program, int input, const struct stamp_options *options,
                         const struct bundle_section *table, const struct bundle_section *entries,
                         struct error *error)
{
    uint32_t pointer_size = gelf_getclass(program->elf) == ELFCLASS64 ? 8 : 4;
    struct module *module = &program->module;
    if (!bundle_file_view(&program->built_ins, *table, *entries, pointer_size, error) ||
        !program_read_names(program, error) ||
        !sections_make_filtered(input, &program->names, options, &program->sections, error))
        return false;
    *module = (struct module){
        .is_stamped = true, .types_section = program->sections.btf, .pointer_size = pointer_size};
    return meta_read_header(&module->meta, program->sections.meta, program->sections.btf, error) &&
           meta_read_tables(&module->meta, program->sections.meta, error);
}

static void program_deinit(struct program *program)
{
    bundle_file_free(&program->built_ins);
    module_deinit(&program->module);
    stamp_sections_free(&program->sections);
    free(program->names.names);
    elf_end(program->elf);
}

/* ---- the judgement's view of the program ---- */

static struct provider program_provider(const struct program *program)
{
    return (struct provider){.path = program->path, .is_host = true, .module = &program->module};
}

static bool program_find(void *context, const char *name, const char *version, uint32_t kind,
                         bool *found, struct provider *provider, struct error *error)
{
    (void)version, (void)kind, (void)error;
    const struct program *program = context;
    *found = module_kind(&program->module, name);
    if (*found)
        *provider = program_provider(program);
    return true;
}

static bool program_find_package(void *context, const char *package, bool *found,
                                 struct provider *provider, struct error *error)
{
    (void)error;
    const struct program *program = context;
    const struct bundle_file_plugin *own = &program->built_ins.plugins[program->judged], *carrier;
    uint32_t number;
    *found = true;
    *provider = program_provider(program);
    if (meta_find_package(&program->module.meta, package, &number))
        return true;
    carrier = bundle_file_find_carrier(&program->built_ins, package);
    *found = carrier && carrier != own;
    if (*found)
        *provider = (struct provider){.path = carrier->name, .module = &carrier->module};
    return true;
}

/* ---- clashes of names ---- */

/* Adds the symbols of packages that the program, which does not carry the package, defines as well:
 * those of built-in plugins are weak. */
static void program_add_clashes(const struct program *program, struct misfits *misfits)
{
    const struct bundle_file_plugin *own = &program->built_ins.plugins[program->judged];
    const struct meta *meta = &own->module.meta;
    uint32_t number;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        const char *package = meta_package(meta, shared.package).path;
        if (!bundle_file_has(&program->built_ins, program->judged, shared.package) ||
            meta_find_package(&program->module.meta, package, &number) ||
            !symbols_have_strong(program->elf, shared.name))
            continue;
        misfits_add(misfits, shared.name, package,
                    "%s: defined by package %s in the plugin, and outside of that package in the "
                    "host; rename one of them",
                    shared.name, package);
    }
}

/* ---- the judgement ---- */

static bool program_judge(struct program *program, struct error *error)
{
    const struct bundle_file_plugin *own = &program->built_ins.plugins[program->judged];
    const struct fit_host host = {.path = program->path,
                                  .module = &program->module,
                                  .context = program,
                                  .find_symbol = program_find,
                                  .find_package = program_find_package};
    struct library root = {.name = own->name, .path = (char *)own->name, .module = &own->module};
    ARENA_AUTO arena = {0};
    const struct libraries libraries = {
        .arena = &arena, .items = &root, .count = 1, .is_linked = true};
    MISFITS_AUTO misfits = {0};
    if (!fit_collect(&misfits, &libraries, &host, false, error))
        return false;
    program_add_clashes(program, &misfits);
    return !misfits.count || misfits_refuse(&misfits, own->name, host.path, error);
}

/* Judges all plugins, to report all misfits. */
static bool program_judge_all(struct program *program, struct error *error)
{
    TEXT_AUTO refusals = {0};
    bool is_judged = true;
    for (uint32_t i = 0; is_judged && i < program->built_ins.count; i++) {
        ERROR_AUTO own = {0};
        program->judged = i;
        if (program_judge(program, &own))
            continue;
        is_judged = own.code == PLUGIN_MISFIT;
        if (!is_judged)
            error_set(error, own.code, "its built-in plugin %s: %s",
                      program->built_ins.plugins[i].name, error_text(&own));
        text_add(&refusals, "%s%s", refusals.length ? "\n" : "", error_text(&own));
    }
    if (!is_judged || !refusals.length)
        return is_judged;
    error_set(error, PLUGIN_MISFIT, "%s", "");
    text_add(&error->text, "%s", text_chars(&refusals)); /* escaped already */
    return false;
}

bool stamp_check_built_ins(int input, const char *path, const struct stamp_options *options,
                           struct error *error)
{
    struct program program = {.path = path_base_name(path)};
    struct bundle_section table, entries;
    program.elf = elf_begin(input, ELF_C_READ, NULL);
    if (!program.elf)
        return error_set_libelf(error, "cannot read it");
    bool fits = true;
    if (find_bundle_section(program.elf, FORMAT_BUNDLE_SECTION, &table) &&
        find_bundle_section(program.elf, FORMAT_BUILT_IN_SECTION, &entries))
        fits = program_read(&program, input, options, &table, &entries, error) &&
               program_judge_all(&program, error);
    program_deinit(&program);
    return fits;
}
