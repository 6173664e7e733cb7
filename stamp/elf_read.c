/* What a module's ELF file says by itself: its exported symbols, its constructors, its sanitizers,
 * and the hash of what is loaded. */
#include "../src/hash.h"
#include "internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool set_libelf_error(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_SYSTEM, "%s: libelf: %s", what, elf_errmsg(-1));
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

/* Marks that the linker, or the C library's start files, define: no symbols of the source. Those
 * whose names a program may use are told from its own by having no type. */
static bool is_linkers(const char *name, const GElf_Sym *symbol)
{
    static const char *const reserved[] = {
        "_edata", "_end",   "_etext",       "__bss_start",  "__bss_end__",    "_init",
        "_fini",  "_start", "__data_start", "__dso_handle", "_IO_stdin_used", "__TMC_END__",
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
           *name && is_c_name(name) && !is_linkers(name, symbol);
}

/* Is the variable another module's, of which the executable holds a copy (R_*_COPY)? No other
 * relocation is at the address of the very symbol that it refers to. */
static bool is_copy(Elf *elf, size_t index, uint64_t address)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || !header.sh_entsize ||
            (header.sh_type != SHT_RELA && header.sh_type != SHT_REL))
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Rela relocation = {0};
            GElf_Rel short_relocation;
            if (header.sh_type == SHT_RELA)
                gelf_getrela(data, (int)i, &relocation);
            else if (gelf_getrel(data, (int)i, &short_relocation))
                relocation = (GElf_Rela){.r_offset = short_relocation.r_offset,
                                         .r_info = short_relocation.r_info};
            if (relocation.r_offset == address && GELF_R_SYM(relocation.r_info) == index)
                return true;
        }
    }
    return false;
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

static bool read_symbols(struct stamp *stamp, Elf_Scn *section, const GElf_Shdr *header,
                         Elf_Data *versions, struct error *error)
{
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data || !header->sh_entsize)
        return set_libelf_error(error, "cannot read its dynamic symbols");
    size_t count = header->sh_size / header->sh_entsize;
    stamp->symbols = calloc(count ? count : 1, sizeof *stamp->symbols);
    if (!stamp->symbols)
        return error_set_no_memory(error);
    for (size_t i = 1; i < count; i++) {
        GElf_Sym symbol;
        GElf_Versym version_value, *version = NULL;
        if (!gelf_getsym(data, (int)i, &symbol))
            return set_libelf_error(error, "cannot read its dynamic symbols");
        const char *name = elf_strptr(stamp->elf, header->sh_link, symbol.st_name);
        if (!name)
            return set_libelf_error(error, "cannot read its dynamic symbols");
        if (versions)
            version = gelf_getversym(versions, (int)i, &version_value);
        note_sanitizer(stamp, name);
        struct stamp_symbol *added = &stamp->symbols[stamp->symbol_count];
        if (is_exported(&symbol, version, name) &&
            symbol_kind(&symbol, is_code_section(stamp->elf, symbol.st_shndx), &added->kind) &&
            !(stamp->is_executable && added->kind == FORMAT_VARIABLE &&
              is_copy(stamp->elf, i, symbol.st_value))) {
            added->name = name;
            added->address = symbol.st_value;
            stamp->symbol_count++;
        }
    }
    sort_symbols(stamp);
    return true;
}

/* ---- constructors ---- */

/* The name of the function at this address, from either symbol table; NULL if none has it. */
static const char *function_at(Elf *elf, uint64_t address)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || !header.sh_entsize ||
            (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Sym symbol;
            if (gelf_getsym(data, (int)i, &symbol) && symbol.st_value == address &&
                GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
                return elf_strptr(elf, header.sh_link, symbol.st_name);
        }
    }
    return NULL;
}

/* The value that a relocation puts at this address, when the file itself holds none there: the
 * addend of a relative one, or the value of the symbol of an absolute one. */
static uint64_t relocated_value(Elf *elf, uint64_t address)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header, symbols_header;
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_RELA || !header.sh_entsize)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Rela relocation;
            GElf_Sym symbol = {0};
            if (!gelf_getrela(data, (int)i, &relocation) || relocation.r_offset != address)
                continue;
            Elf_Scn *symbols = elf_getscn(elf, header.sh_link);
            if (GELF_R_SYM(relocation.r_info) && symbols && gelf_getshdr(symbols, &symbols_header))
                gelf_getsym(elf_getdata(symbols, NULL), (int)GELF_R_SYM(relocation.r_info),
                            &symbol);
            return symbol.st_value + (uint64_t)relocation.r_addend;
        }
    }
    return 0;
}

static bool add_constructor(struct stamp *stamp, uint64_t address, struct error *error)
{
    const char *name = function_at(stamp->elf, address);
    /* The compiler's start file brings these along in every module. */
    if (name && (!strcmp(name, "frame_dummy") || !strcmp(name, "init_have_lse_atomics")))
        return true;
    struct stamp_constructor *larger =
        reallocarray(stamp->constructors, stamp->constructor_count + 1, sizeof *larger);
    if (!larger)
        return error_set_no_memory(error);
    stamp->constructors = larger;
    struct stamp_constructor added = {address, NULL};
    if (name)
        added.name = strdup(name);
    else if (asprintf(&added.name, "function at %#" PRIx64, address) < 0)
        added.name = NULL;
    if (!added.name)
        return error_set_no_memory(error);
    stamp->constructors[stamp->constructor_count++] = added;
    return true;
}

/* The functions of one .preinit_array or .init_array. */
static bool read_constructors(struct stamp *stamp, Elf_Scn *section, const GElf_Shdr *header,
                              struct error *error)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    if (!data)
        return set_libelf_error(error, "cannot read its constructors");
    for (size_t at = 0; at + stamp->pointer_size <= data->d_size; at += stamp->pointer_size) {
        uint64_t address = 0;
        if (stamp->pointer_size == sizeof(uint32_t)) {
            uint32_t narrow;
            memcpy(&narrow, (const char *)data->d_buf + at, sizeof narrow);
            address = narrow;
        } else {
            memcpy(&address, (const char *)data->d_buf + at, sizeof address);
        }
        if (!address)
            address = relocated_value(stamp->elf, header->sh_addr + at);
        if (address && !add_constructor(stamp, address, error))
            return false;
    }
    return true;
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

/* The first section of this type, NULL if there is none. */
static Elf_Data *find_section(Elf *elf, uint32_t type, GElf_Shdr *header)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section)))
        if (gelf_getshdr(section, header) && header->sh_type == type)
            return elf_getdata(section, NULL);
    return NULL;
}

static bool has_pie_flag(Elf *elf)
{
    GElf_Shdr header;
    Elf_Data *data = find_section(elf, SHT_DYNAMIC, &header);
    for (size_t i = 0; data && header.sh_entsize && i < header.sh_size / header.sh_entsize; i++) {
        GElf_Dyn entry;
        if (gelf_getdyn(data, (int)i, &entry) && entry.d_tag == DT_FLAGS_1)
            return entry.d_un.d_val & DF_1_PIE;
    }
    return false;
}

bool stamp_read_elf(struct stamp *stamp, struct error *error)
{
    if (!check_header(stamp, error) || !hash_segments(stamp, error))
        return false;
    Elf_Scn *section = NULL;
    GElf_Shdr ignored;
    Elf_Data *versions = find_section(stamp->elf, SHT_GNU_versym, &ignored);
    stamp->is_executable |= has_pie_flag(stamp->elf);
    while ((section = elf_nextscn(stamp->elf, section))) {
        GElf_Shdr header;
        bool done = true;
        if (!gelf_getshdr(section, &header))
            return set_libelf_error(error, "cannot read its section headers");
        if (header.sh_type == SHT_DYNSYM && !stamp->symbols)
            done = read_symbols(stamp, section, &header, versions, error);
        else if (header.sh_type == SHT_PREINIT_ARRAY || header.sh_type == SHT_INIT_ARRAY)
            done = read_constructors(stamp, section, &header, error);
        if (!done)
            return false;
    }
    return true;
}
