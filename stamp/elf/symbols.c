/* SPDX-License-Identifier: MIT */
/* Reads the module's symbols: which it exports, which another module must define, and which another
 * module's definition may preempt. */
#include "elf/elf_file.h"
#include "model/image.h"
#include "src/format/meta.h"
#include "src/libraries/libraries.h"

#include <stdlib.h>

/* ---- exported symbols ---- */

/* Is it a mangled name of C++? Functions and variables of packages may have one. */
static bool is_cxx_name(const char *name)
{
    return !strncmp(name, "_Z", 2) && !strchr(name, '.');
}

/* Is it defined by the linker, the C library's start files or `plugin bundle`, not by the source? A
 * program may define some of these names itself; its symbol then has a type. */
static bool is_defined_by_linker(const char *name, const GElf_Sym *symbol)
{
    static const char *const reserved[] = {
        "_edata",
        "_end",
        "_etext",
        "__bss_start",
        "__bss_start__",
        "__bss_end__",
        "_bss_end__",
        "__end__",
        "__etext",
        "__executable_start",
        "_init",
        "_fini",
        "_start",
        "__data_start",
        "__dso_handle",
        "_IO_stdin_used",
        "__TMC_END__",
        "_start_c",
        /* musl's */ FORMAT_BUNDLE_SYMBOL,
        FORMAT_ISOLATED_SYMBOL,
    };
    static const char *const common[] = {"edata", "end", "etext", "data_start"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (!strcmp(name, reserved[i]))
            return true;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (!strcmp(name, common[i]))
            return GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE;
    return false;
}

static bool is_code_section(Elf *elf, size_t index)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_getscn(elf, index);
    return section && gelf_getshdr(section, &header) && header.sh_flags & SHF_EXECINSTR;
}

static bool symbol_kind(Elf *elf, const GElf_Sym *symbol, enum format_symbol_kind *kind)
{
    switch (GELF_ST_TYPE(symbol->st_info)) {
    case STT_FUNC:
        *kind = FORMAT_FUNCTION;
        return true;
    case STT_OBJECT:
    case STT_COMMON:
        *kind = FORMAT_VARIABLE;
        return true;
    case STT_TLS:
        *kind = FORMAT_THREAD_LOCAL;
        return true;
    case STT_GNU_IFUNC:
        *kind = FORMAT_INDIRECT;
        return true;
    case STT_NOTYPE: /* of assembly without .type */
        *kind = is_code_section(elf, symbol->st_shndx) ? FORMAT_FUNCTION : FORMAT_VARIABLE;
        return true;
    default:
        return false;
    }
}

static bool is_exported(const GElf_Sym *symbol, const GElf_Versym *version, const char *name)
{
    unsigned binding = GELF_ST_BIND(symbol->st_info);
    unsigned visibility = GELF_ST_VISIBILITY(symbol->st_other);
    bool is_hidden_version = version && *version & 0x8000;
    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
           (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE) &&
           (visibility == STV_DEFAULT || visibility == STV_PROTECTED) && !is_hidden_version &&
           *name && !is_defined_by_linker(name, symbol);
}

static void add_sanitizer(struct stamp *stamp, const char *name)
{
    static const struct {
        const char *prefix;
        uint32_t bit;
    } marks[] = {
        {"__asan_", FORMAT_SANITIZE_ADDRESS},     {"__tsan_", FORMAT_SANITIZE_THREAD},
        {"__msan_", FORMAT_SANITIZE_MEMORY},      {"__ubsan_", FORMAT_SANITIZE_UNDEFINED},
        {"__hwasan_", FORMAT_SANITIZE_HWADDRESS},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (!strncmp(name, marks[i].prefix, strlen(marks[i].prefix)))
            stamp->sanitizers |= marks[i].bit;
}

/* Marks the executable's copies of other modules' variables (R_*_COPY). No other relocation is at
 * the address of the symbol that it refers to. */
static void mark_copies(Elf *elf, Elf_Data *symbols, size_t count, bool *is_copy)
{
    struct relocations relocations = {.elf = elf};
    GElf_Rela relocation;
    GElf_Sym symbol;
    while (relocations_next(&relocations, &relocation)) {
        size_t index = GELF_R_SYM(relocation.r_info);
        if (index && index < count && gelf_getsym(symbols, (int)index, &symbol) &&
            symbol.st_value == relocation.r_offset)
            is_copy[index] = true;
    }
}

bool symbols_have_strong(Elf *elf, const char *name)
{
    GElf_Shdr header;
    Elf_Scn *section = section_of_type(elf, SHT_SYMTAB, &header);
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

/* Adds symbol number `index` of the table if it is exported. */
static bool add_exported(struct stamp *stamp, Elf_Data *data, size_t names, Elf_Data *versions,
                         size_t index, bool is_copy, struct error *error)
{
    GElf_Sym symbol;
    GElf_Versym version_value, *version = NULL;
    const char *name = NULL;
    if (gelf_getsym(data, (int)index, &symbol))
        name = elf_strptr(stamp->elf, names, symbol.st_name);
    if (!name)
        return error_set_libelf(error, "cannot read its dynamic symbols");
    add_sanitizer(stamp, name);
    if (stamp->filter && !stamp_find_name(stamp->filter->names, stamp->filter->count,
                                          sizeof *stamp->filter->names, name))
        return true;
    if (versions)
        version = gelf_getversym(versions, (int)index, &version_value);
    bool is_mangled = stamp->has_packages && is_cxx_name(name);
    bool is_dotted = strchr(name, '.') != NULL;
    struct stamp_symbol *added = &stamp->symbols[stamp->symbol_count];
    if (is_copy || (format_is_mangled(name) && !is_mangled) ||
        !is_exported(&symbol, version, name) || !symbol_kind(stamp->elf, &symbol, &added->kind))
        return true;
    added->name = name;
    added->address = symbol.st_value;
    added->is_mangled = is_mangled;
    added->is_dotted = is_dotted;
    added->is_vague = GELF_ST_BIND(symbol.st_info) != STB_GLOBAL;
    added->is_variant =
        stamp_machine(stamp) == EM_AARCH64 && symbol.st_other & STO_AARCH64_VARIANT_PCS;
    stamp->symbol_count++;
    return true;
}

/* Sorts the symbols. Of two with the same name (two default versions, by mistake) one stays. */
static void sort_symbols(struct stamp *stamp)
{
    size_t kept = 0;
    stamp_sort(stamp->symbols, stamp->symbol_count, sizeof *stamp->symbols, stamp_by_name);
    for (size_t i = 0; i < stamp->symbol_count; i++)
        if (!kept || strcmp(stamp->symbols[i].name, stamp->symbols[kept - 1].name) != 0)
            stamp->symbols[kept++] = stamp->symbols[i];
    stamp->symbol_count = kept;
}

bool stamp_read_symbols(struct stamp *stamp, struct error *error)
{
    GElf_Shdr header, versions_header;
    /* An executable's exports are decided when it is linked again; a static one, which has none,
     * offers isolated plugins all that it was compiled from. */
    stamp->offers_all = stamp->is_executable && !stamp->names_only &&
                        symbols_have_strong(stamp->elf, FORMAT_ISOLATED_SYMBOL);
    bool is_static = stamp->is_executable && (stamp->names_only || stamp->offers_all);
    Elf_Scn *section = section_of_type(stamp->elf, is_static ? SHT_SYMTAB : SHT_DYNSYM, &header);
    if (!section)
        return true;
    Elf_Data *data = elf_getdata(section, NULL), *versions = NULL;
    if (!data || !header.sh_entsize)
        return error_set_libelf(error, "cannot read its dynamic symbols");
    if (!is_static)
        versions = elf_getdata(section_of_type(stamp->elf, SHT_GNU_versym, &versions_header), NULL);
    size_t count = header.sh_size / header.sh_entsize;
    stamp->symbols = arena_alloc_zeroed(&stamp->arena, count + 1, sizeof *stamp->symbols);
    bool *is_copy = arena_alloc_zeroed(&stamp->arena, count + 1, sizeof *is_copy);
    if (!stamp->symbols || !is_copy)
        return error_set_no_memory(error);
    if (stamp->is_executable && header.sh_type == SHT_DYNSYM)
        mark_copies(stamp->elf, data, count, is_copy);
    for (size_t i = 1; i < count; i++)
        if (!add_exported(stamp, data, header.sh_link, versions, i, is_copy[i], error))
            return false;
    sort_symbols(stamp);
    return true;
}

/* ---- undefined symbols ---- */

/* Is it referenced by the compiler's start files? */
static bool is_undefined_by_start_files(const char *name)
{
    return !strncmp(name, "_ITM_", 5) || !strcmp(name, "__gmon_start__") ||
           !strcmp(name, "__cxa_finalize");
}

static bool read_undefined(struct stamp *stamp, struct error *error)
{
    const struct dynamic *dynamic = &stamp->image->dynamic;
    struct stamp_uses *uses = &stamp->uses;
    uses->undefined = arena_alloc_zeroed(&stamp->arena, (size_t)dynamic->symbol_count + 1,
                                         sizeof *uses->undefined);
    if (!uses->undefined)
        return error_set_no_memory(error);
    for (uint32_t i = 1; i < dynamic->symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(dynamic, i);
        if (!symbol.is_wanted || is_undefined_by_start_files(symbol.name))
            continue;
        uses->undefined[uses->undefined_count++] =
            (struct stamp_undefined){.name = symbol.name,
                                     .library = symbol.library ? symbol.library : "",
                                     .kind = meta_kind_of(symbol.type),
                                     .number = i,
                                     .is_weak = symbol.is_weak};
    }
    stamp_sort(uses->undefined, uses->undefined_count, sizeof *uses->undefined, stamp_by_name);
    /* Symbols that differ in their versions alone have no number. */
    for (size_t i = 1; i < uses->undefined_count; i++)
        if (!strcmp(uses->undefined[i - 1].name, uses->undefined[i].name))
            uses->undefined[i - 1].number = uses->undefined[i].number = 0;
    return true;
}

/* ---- symbols that the module both defines and refers to ---- */

/* May another module's definition preempt this one? Those of STB_GNU_UNIQUE are meant to be one; a
 * name that starts with two underscores is a compiler's (C11 7.1.3), such as gfortran's
 * __m_MOD___copy_m_Point, and defined alike wherever it is. */
static bool is_preemptible(const char *name, const GElf_Sym *symbol)
{
    unsigned binding = GELF_ST_BIND(symbol->st_info);
    return strncmp(name, "__", 2) != 0 && symbol->st_shndx != SHN_UNDEF &&
           (binding == STB_GLOBAL || binding == STB_WEAK) &&
           GELF_ST_VISIBILITY(symbol->st_other) == STV_DEFAULT;
}

/* Is it one of the whole process by name, although it is no variable of the C++ library? Its
 * mangled name has an abbreviation, "St" or another one with S, or a namespace of gcc's own (C++
 * ABI for Itanium, 5.1.10). */
static bool is_unique(const char *name, const GElf_Sym *symbol)
{
    static const char *const starts[] = {"_Z", "GV", "Z", "N", "K"};
    static const char *const libraries[] = {"S", "9__gnu_cxx", "10__cxxabiv1"};
    if (GELF_ST_BIND(symbol->st_info) != STB_GNU_UNIQUE || symbol->st_shndx == SHN_UNDEF)
        return false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(name, starts[i], strlen(starts[i])))
            name += strlen(starts[i]);
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (!strncmp(name, libraries[i], strlen(libraries[i])))
            return false;
    return true;
}

/* Marks the dynamic symbols that a dynamic relocation refers to. What the linker bound has none. */
static void mark_relocated(const struct stamp *stamp, Elf_Scn *symbols, bool *is_relocated)
{
    struct relocations relocations = {.elf = stamp->elf};
    GElf_Rela relocation;
    size_t section = elf_ndxscn(symbols);
    while (relocations_next(&relocations, &relocation)) {
        size_t index = GELF_R_SYM(relocation.r_info);
        if (index < stamp->image->dynamic.symbol_count && relocations.header.sh_link == section)
            is_relocated[index] = true;
    }
}

static bool read_referenced(struct stamp *stamp, struct error *error)
{
    const struct dynamic *dynamic = &stamp->image->dynamic;
    struct stamp_name_set *preemptible = &stamp->preemptible, *unique = &stamp->unique;
    GElf_Shdr header;
    Elf_Scn *section = section_of_type(stamp->elf, SHT_DYNSYM, &header);
    Elf_Data *symbols = section ? elf_getdata(section, NULL) : NULL;
    bool *is_relocated = arena_alloc_zeroed(&stamp->arena, (size_t)dynamic->symbol_count + 1, 1);
    preemptible->names = arena_alloc_zeroed(&stamp->arena, (size_t)dynamic->symbol_count + 1,
                                            sizeof *preemptible->names);
    unique->names =
        arena_alloc_zeroed(&stamp->arena, (size_t)dynamic->symbol_count + 1, sizeof *unique->names);
    if (!is_relocated || !preemptible->names || !unique->names)
        return error_set_no_memory(error);
    mark_relocated(stamp, section, is_relocated);
    for (uint32_t i = 1; i < dynamic->symbol_count; i++) {
        GElf_Sym own;
        const char *name = dynamic_symbol(dynamic, i).name;
        struct stamp_symbol *symbol = is_relocated[i] ? stamp_find_symbol(stamp, name) : NULL;
        if (symbol)
            symbol->is_referenced = true;
        if (!is_relocated[i] || stamp->is_executable || !gelf_getsym(symbols, (int)i, &own))
            continue;
        if (!dynamic->is_symbolic && is_preemptible(name, &own))
            preemptible->names[preemptible->count++] = name;
        if (is_unique(name, &own))
            unique->names[unique->count++] = name;
    }
    stamp_sort(preemptible->names, preemptible->count, sizeof *preemptible->names, stamp_by_name);
    return true;
}

bool stamp_read_undefined(struct stamp *stamp, struct error *error)
{
    struct stamp_image *image = stamp->image;
    if (!module_read_dynamic(&image->dynamic, &image->module, &image->file, &stamp->arena, error))
        return error_prefix_damaged(error);
    return read_undefined(stamp, error) && read_referenced(stamp, error);
}
