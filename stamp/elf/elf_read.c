/* What a module's ELF file says by itself: its exported symbols, its sanitizers, and the hash of
 * what is loaded. */
#include "model/model.h"
#include "src/base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool set_libelf_error(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_SYSTEM, "%s: libelf: %s", what, elf_errmsg(-1));
}

Elf_Scn *stamp_next_section(Elf *elf, Elf_Scn *section, const char *name)
{
    size_t names;
    if (elf_getshdrstrndx(elf, &names) != 0)
        return NULL;
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        const char *own =
            gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
        if (own && !strcmp(own, name))
            break;
    }
    return section;
}

bool stamp_is_in_section(const struct stamp *stamp, const char *name, uint64_t address)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while ((section = stamp_next_section(stamp->elf, section, name)))
        if (gelf_getshdr(section, &header) && address >= header.sh_addr &&
            address - header.sh_addr < header.sh_size)
            return true;
    return false;
}

Elf_Scn *stamp_section_of_type(Elf *elf, uint32_t type, GElf_Shdr *header)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section)))
        if (gelf_getshdr(section, header) && header->sh_type == type)
            break;
    return section;
}

bool stamp_is_own_section(const char *name)
{
    return !strcmp(name, FORMAT_SECTION) || !strcmp(name, FORMAT_BTF_SECTION);
}

/* ---- symbols ---- */

/* Can C name it? Not the mangled names of C++ and Rust (Itanium C++ ABI 5.1; Rust RFC 2603), with
 * an underscore and a capital, as no identifier of a C program starts (C11 7.1.3); nor what
 * compilers make up, with a point in it. */
static bool is_c_name(const char *name)
{
    return strncmp(name, "_Z", 2) != 0 && strncmp(name, "_R", 2) != 0 && !strchr(name, '.');
}

/* Marks that the linker, the C library's start files, or `plugin bundle` define: no symbols of the
 * source. Those whose names a program may use are told from its own by having no type. */
static bool is_linkers(const char *name, const GElf_Sym *symbol)
{
    static const char *const reserved[] = {
        "_edata",        "_end",           "_etext",      "__bss_start",
        "__bss_start__", "__bss_end__",    "_bss_end__",  "__end__",
        "_init",         "_fini",          "_start",      "__data_start",
        "__dso_handle",  "_IO_stdin_used", "__TMC_END__", FORMAT_BUNDLE_SYMBOL,
    };
    static const char *const of_musl = "_start_c";
    static const char *const common[] = {"edata", "end", "etext", "data_start"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (!strcmp(name, reserved[i]))
            return true;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (!strcmp(name, common[i]))
            return GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE;
    return !strcmp(name, of_musl);
}

/* Names of C++, which the packages' functions and variables may have. */
static bool is_mangled(const char *name)
{
    return !strncmp(name, "_Z", 2) && !strchr(name, '.');
}

static bool symbol_kind(const GElf_Sym *symbol, bool is_code, enum format_symbol_kind *kind)
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
    case STT_NOTYPE: /* assembly that does not say */
        *kind = is_code ? FORMAT_FUNCTION : FORMAT_VARIABLE;
        return true;
    default:
        return false;
    }
}

static bool is_code_section(Elf *elf, size_t index)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_getscn(elf, index);
    return section && gelf_getshdr(section, &header) && header.sh_flags & SHF_EXECINSTR;
}

static bool is_exported(const GElf_Sym *symbol, const GElf_Versym *version, const char *name)
{
    unsigned binding = GELF_ST_BIND(symbol->st_info);
    unsigned visibility = GELF_ST_VISIBILITY(symbol->st_other);
    bool is_hidden_version = version && *version & 0x8000;
    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
           (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE) &&
           (visibility == STV_DEFAULT || visibility == STV_PROTECTED) && !is_hidden_version &&
           *name && !is_linkers(name, symbol);
}

/* Marks the variables that are another module's, and of which the executable holds a copy
 * (R_*_COPY). No other relocation is at the address of the very symbol that it refers to. */
static void mark_copies(Elf *elf, Elf_Data *symbols, size_t count, bool *is_copy)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || !header.sh_entsize ||
            (header.sh_type != SHT_RELA && header.sh_type != SHT_REL))
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Rela with_addend = {0};
            GElf_Rel relocation = {0};
            GElf_Sym symbol;
            if (header.sh_type == SHT_REL)
                gelf_getrel(data, (int)i, &relocation);
            else if (gelf_getrela(data, (int)i, &with_addend))
                relocation = (GElf_Rel){with_addend.r_offset, with_addend.r_info};
            size_t index = GELF_R_SYM(relocation.r_info);
            if (index && index < count && gelf_getsym(symbols, (int)index, &symbol) &&
                symbol.st_value == relocation.r_offset)
                is_copy[index] = true;
        }
    }
}

static void note_sanitizer(struct stamp *stamp, const char *name)
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

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct stamp_symbol *)a)->name, ((const struct stamp_symbol *)b)->name);
}

/* Sorts the symbols; of two of one name (two versions, both default by mistake) one stays. */
static void sort_symbols(struct stamp *stamp)
{
    if (!stamp->symbol_count)
        return;
    qsort(stamp->symbols, stamp->symbol_count, sizeof *stamp->symbols, by_name);
    size_t kept = 1;
    for (size_t i = 1; i < stamp->symbol_count; i++)
        if (strcmp(stamp->symbols[i].name, stamp->symbols[kept - 1].name) != 0)
            stamp->symbols[kept++] = stamp->symbols[i];
    stamp->symbol_count = kept;
}

/* Adds symbol number `index` of the table, if it is exported. */
static bool read_symbol(struct stamp *stamp, Elf_Data *data, size_t names, Elf_Data *versions,
                        size_t index, bool is_copy, struct error *error)
{
    GElf_Sym symbol;
    GElf_Versym version_value, *version = NULL;
    const char *name = NULL;
    if (gelf_getsym(data, (int)index, &symbol))
        name = elf_strptr(stamp->elf, names, symbol.st_name);
    if (!name)
        return set_libelf_error(error, "cannot read its dynamic symbols");
    if (versions)
        version = gelf_getversym(versions, (int)index, &version_value);
    note_sanitizer(stamp, name);
    struct stamp_symbol *added = &stamp->symbols[stamp->symbol_count];
    bool is_package_name = stamp->has_packages && is_mangled(name);
    if (stamp->wanted && !stamp_is_wanted(stamp->wanted, name))
        return true;
    if (!is_copy && (is_c_name(name) || is_package_name) && is_exported(&symbol, version, name) &&
        symbol_kind(&symbol, is_code_section(stamp->elf, symbol.st_shndx), &added->kind)) {
        added->name = name;
        added->address = symbol.st_value;
        added->is_mangled = is_package_name;
        added->is_vague = GELF_ST_BIND(symbol.st_info) != STB_GLOBAL;
        stamp->symbol_count++;
    }
    return true;
}

static bool read_symbols(struct stamp *stamp, Elf_Scn *section, const GElf_Shdr *header,
                         Elf_Data *versions, struct error *error)
{
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data || !header->sh_entsize)
        return set_libelf_error(error, "cannot read its dynamic symbols");
    size_t count = header->sh_size / header->sh_entsize;
    stamp->symbols = calloc(count + 1, sizeof *stamp->symbols);
    bool *is_copy = calloc(count + 1, sizeof *is_copy);
    bool done = (stamp->symbols && is_copy) || error_set_no_memory(error);
    if (done && stamp->is_executable && header->sh_type == SHT_DYNSYM)
        mark_copies(stamp->elf, data, count, is_copy);
    for (size_t i = 1; done && i < count; i++)
        done = read_symbol(stamp, data, header->sh_link, versions, i, is_copy[i], error);
    free(is_copy);
    sort_symbols(stamp);
    return done;
}

/* ---- the file as a whole ---- */

/* Hashes the loaded segments. The ELF header is in the first one, but where its section headers are
 * is no part of what is loaded, and the stamp itself moves them. */
static bool hash_segments(struct stamp *stamp, struct error *error)
{
    size_t count, size,
        header_size = stamp->pointer_size == 8 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    char *file = elf_rawfile(stamp->elf, &size);
    if (!file || elf_getphdrnum(stamp->elf, &count) != 0)
        return set_libelf_error(error, "cannot read it");
    stamp->content = HASH_START;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(stamp->elf, (int)i, &segment))
            return set_libelf_error(error, "cannot read its program headers");
        if (segment.p_type != PT_LOAD)
            continue;
        if (!range_is_within(segment.p_offset, segment.p_filesz, 1, size))
            return error_set(error, PLUGIN_NOT_PLUGIN, "it is truncated");
        uint64_t start = segment.p_offset, end = start + segment.p_filesz;
        if (start < header_size)
            start = end < header_size ? end : header_size;
        stamp->content = hash_bytes(stamp->content, file + start, end - start);
    }
    return true;
}

static bool check_header(struct stamp *stamp, struct error *error)
{
    GElf_Ehdr header;
    if (elf_kind(stamp->elf) != ELF_K_ELF || !gelf_getehdr(stamp->elf, &header))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not an ELF file");
    bool is_little = header.e_ident[EI_DATA] == ELFDATA2LSB;
    if (is_little != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "it is for a machine of the other byte order, which this `plugin stamp` "
                         "cannot write");
    if (header.e_type == ET_REL)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is a relocatable object; the stamp is done after the link");
    if (header.e_type != ET_DYN && header.e_type != ET_EXEC)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is neither a shared library nor an executable");
    stamp->pointer_size = header.e_ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;
    stamp->is_executable = header.e_type == ET_EXEC;
    return true;
}

static bool has_pie_flag(Elf *elf)
{
    GElf_Shdr header;
    Elf_Data *data = elf_getdata(stamp_section_of_type(elf, SHT_DYNAMIC, &header), NULL);
    for (size_t i = 0; data && header.sh_entsize && i < header.sh_size / header.sh_entsize; i++) {
        GElf_Dyn entry;
        if (gelf_getdyn(data, (int)i, &entry) && entry.d_tag == DT_FLAGS_1)
            return entry.d_un.d_val & DF_1_PIE;
    }
    return false;
}

bool stamp_read_header(struct stamp *stamp, struct error *error)
{
    if (!check_header(stamp, error) || !hash_segments(stamp, error))
        return false;
    stamp->is_executable |= has_pie_flag(stamp->elf);
    return true;
}

bool stamp_read_symbols(struct stamp *stamp, struct error *error)
{
    GElf_Shdr header, versions_header;
    /* An executable exports what its link, which is yet to come, is told to. */
    bool is_static = stamp->names_only && stamp->is_executable;
    Elf_Scn *section =
        stamp_section_of_type(stamp->elf, is_static ? SHT_SYMTAB : SHT_DYNSYM, &header);
    if (!section)
        return true;
    Elf_Scn *versions =
        is_static ? NULL : stamp_section_of_type(stamp->elf, SHT_GNU_versym, &versions_header);
    return read_symbols(stamp, section, &header, elf_getdata(versions, NULL), error);
}
