/* Do the plugins fit that are linked into a program? The linker has found what they use; here it is
 * seen whether that is of the type that they take it for. */
#include "model/model.h"
#include "src/fit/fit.h"
#include "src/module/bundle_file.h"

#include <stdlib.h>
#include <string.h>

/* The program that is judged, with what is linked into it. */
struct program {
    Elf *elf;
    const char *path;
    struct bundle_file built_ins;
    struct stamp_wanted wanted;
    struct sections sections;
    struct module module; /* what it defines of what they want */
    uint32_t judged;      /* the number of the plugin at hand */
};

/* ---- what they want ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool stamp_is_wanted(const struct stamp_wanted *wanted, const char *name)
{
    return wanted->count &&
           bsearch(&name, wanted->names, wanted->count, sizeof *wanted->names, by_name);
}

/* The names of what the plugins use, and of what their packages define. */
static bool collect_wanted(struct program *program, struct error *error)
{
    size_t room = 0;
    struct stamp_wanted *wanted = &program->wanted;
    for (uint32_t i = 0; i < program->built_ins.count; i++) {
        const struct format_header *header = &program->built_ins.plugins[i].module.meta.header;
        room += (size_t)header->imports.count + header->shared.count;
    }
    wanted->names = calloc(room + 1, sizeof *wanted->names);
    if (!wanted->names)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < program->built_ins.count; i++) {
        const struct meta *meta = &program->built_ins.plugins[i].module.meta;
        for (uint32_t k = 0; k < meta->header.imports.count; k++)
            wanted->names[wanted->count++] = meta_import(meta, k).name;
        for (uint32_t k = 0; k < meta->header.shared.count; k++)
            wanted->names[wanted->count++] = meta_shared(meta, k).name;
    }
    qsort(wanted->names, wanted->count, sizeof *wanted->names, by_name);
    return true;
}

/* ---- reading ---- */

static bool find_section(Elf *elf, const char *name, struct bundle_section *found)
{
    GElf_Shdr header;
    Elf_Scn *section = stamp_next_section(elf, NULL, name);
    Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
    if (!data || !gelf_getshdr(section, &header))
        return false;
    /* One that says that it has no bytes in the file has a size all the same. */
    *found = (struct bundle_section){{data->d_buf, data->d_buf ? data->d_size : 0}, header.sh_addr};
    return true;
}

static bool read_program(struct program *program, int input, const struct bundle_section *table,
                         const struct bundle_section *entries, struct error *error)
{
    uint32_t pointer_size = gelf_getclass(program->elf) == ELFCLASS64 ? 8 : 4;
    struct module *module = &program->module;
    if (!bundle_file_view(&program->built_ins, *table, *entries, pointer_size, error) ||
        !collect_wanted(program, error) ||
        !stamp_make_wanted(input, &program->wanted, &program->sections, error))
        return false;
    *module = (struct module){
        .is_stamped = true, .btf_section = program->sections.btf, .pointer_size = pointer_size};
    return meta_read_header(&module->meta, program->sections.meta, program->sections.btf, error) &&
           meta_read_tables(&module->meta, program->sections.meta, error);
}

static void free_program(struct program *program)
{
    bundle_file_free(&program->built_ins);
    module_free(&program->module);
    free((void *)program->sections.meta.data);
    free((void *)program->sections.btf.data);
    free(program->wanted.names);
    elf_end(program->elf);
}

/* ---- what the program has ---- */

static struct provider provider_of(const struct program *program)
{
    return (struct provider){.path = program->path, .is_host = true, .module = &program->module};
}

static bool find(void *context, const char *name, const char *version, uint32_t kind, bool *found,
                 struct provider *provider, struct error *error)
{
    (void)version, (void)kind, (void)error;
    const struct program *program = context;
    *found = module_kind(&program->module, name);
    if (*found)
        *provider = provider_of(program);
    return true;
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)error;
    const struct program *program = context;
    const struct bundle_file_plugin *own = &program->built_ins.plugins[program->judged], *carrier;
    uint32_t number;
    *found = true;
    *provider = provider_of(program);
    if (meta_find_package(&program->module.meta, package, &number))
        return true;
    carrier = bundle_file_find_carrier(&program->built_ins, package);
    *found = carrier && carrier != own;
    if (*found)
        *provider = (struct provider){.path = carrier->name, .module = &carrier->module};
    return true;
}

static bool is_loaded(void *context, const char *name)
{
    (void)context, (void)name;
    return true;
}

/* ---- symbols that took another's place ---- */

/* Is there a definition of this name that is not weak, as what is built in is? */
static bool has_strong(Elf *elf, const char *name)
{
    GElf_Shdr header;
    Elf_Scn *section = stamp_section_of_type(elf, SHT_SYMTAB, &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    for (size_t i = 1; data && header.sh_entsize && i < header.sh_size / header.sh_entsize; i++) {
        GElf_Sym symbol;
        const char *own = gelf_getsym(data, (int)i, &symbol) && symbol.st_shndx != SHN_UNDEF &&
                                  GELF_ST_BIND(symbol.st_info) == STB_GLOBAL
                              ? elf_strptr(elf, header.sh_link, symbol.st_name)
                              : NULL;
        if (own && !strcmp(own, name))
            return true;
    }
    return false;
}

/* A package that the program does not carry, but whose symbol it defines as something else. */
static void judge_clashes(const struct program *program, struct misfits *misfits)
{
    const struct bundle_file_plugin *own = &program->built_ins.plugins[program->judged];
    const struct meta *meta = &own->module.meta;
    uint32_t number;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        const char *package = meta_package(meta, shared.package).path;
        if (!bundle_file_has(&program->built_ins, program->judged, shared.package) ||
            meta_find_package(&program->module.meta, package, &number) ||
            !has_strong(program->elf, shared.name))
            continue;
        struct misfit *misfit = misfits_start(misfits, shared.name, package);
        text_add_escaped(&misfit->text, shared.name);
        text_add(&misfit->text, ": of package ");
        text_add_escaped(&misfit->text, package);
        text_add(&misfit->text, " in the plugin, and the host, which does not carry that package, "
                                "defines the name as well; rename one of them");
        misfits_end(misfits);
    }
}

/* ---- the judgement ---- */

static bool judge(struct program *program, struct error *error)
{
    const struct bundle_file_plugin *own = &program->built_ins.plugins[program->judged];
    const struct process process = {.host_path = program->path,
                                    .host = &program->module,
                                    .context = program,
                                    .find = find,
                                    .find_package = find_package,
                                    .is_loaded = is_loaded};
    struct library root = {.name = own->name, .path = (char *)own->name, .module = &own->module};
    const struct libraries libraries = {.items = &root, .count = 1, .is_linked = true};
    MISFITS_AUTO misfits = {0};
    if (!fit_collect(&misfits, &libraries, &process, false, error))
        return false;
    judge_clashes(program, &misfits);
    return !misfits.count || misfits_refuse(&misfits, own->name, process.host_path, error);
}

/* Judges all of them, so that all misfits are told. */
static bool judge_all(struct program *program, struct error *error)
{
    TEXT_AUTO refusals = {0};
    bool is_judged = true;
    for (uint32_t i = 0; is_judged && i < program->built_ins.count; i++) {
        ERROR_AUTO own = {0};
        program->judged = i;
        if (judge(program, &own))
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
    text_add(&error->text, "%s", text_chars(&refusals)); /* which is escaped already */
    return false;
}

bool stamp_check_built_ins(int input, const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/');
    struct program program = {.path = slash ? slash + 1 : path};
    struct bundle_section table, entries;
    program.elf = elf_begin(input, ELF_C_READ, NULL);
    if (!program.elf)
        return set_libelf_error(error, "cannot read it");
    bool fits = true;
    if (find_section(program.elf, FORMAT_BUNDLE_SECTION, &table) &&
        find_section(program.elf, FORMAT_BUILT_IN_SECTION, &entries))
        fits = read_program(&program, input, &table, &entries, error) && judge_all(&program, error);
    free_program(&program);
    return fits;
}
