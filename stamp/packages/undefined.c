/* What a module wants from others, as its dynamic symbols say: which are undefined, which library
 * the version of each names, and which of its own are bound while it is loaded. */
#include "model/model.h"
#include "src/format/meta.h"

#include <stdlib.h>

/* ---- versions: the library that each number of a version names ---- */

struct libraries_by_version {
    const char **names; /* by number; NULL: none */
    size_t count;
    size_t steps; /* taken through the section, whose chains may overlap if it is damaged */
};

enum { STEPS_MAX = 1 << 16 }; /* a version's number has 15 bits */

static bool add_version(struct libraries_by_version *versions, size_t number, const char *library)
{
    if (number >= versions->count) {
        const char **larger = reallocarray(versions->names, number + 1, sizeof *larger);
        if (!larger)
            return false;
        memset(larger + versions->count, 0, (number + 1 - versions->count) * sizeof *larger);
        versions->names = larger;
        versions->count = number + 1;
    }
    versions->names[number] = library;
    return true;
}

/* The versions of one library. */
static bool read_library(struct libraries_by_version *versions, Elf_Data *data, size_t offset,
                         unsigned count, const char *library)
{
    GElf_Vernaux version;
    for (unsigned i = 0; i < count && offset <= INT32_MAX && versions->steps++ < STEPS_MAX; i++) {
        if (!gelf_getvernaux(data, (int)offset, &version))
            break;
        if (!add_version(versions, version.vna_other & 0x7fff, library))
            return false;
        if (!version.vna_next)
            break;
        offset += version.vna_next;
    }
    return true;
}

static bool read_versions(struct libraries_by_version *versions, Elf *elf, struct error *error)
{
    GElf_Shdr header;
    GElf_Verneed need;
    Elf_Scn *section = stamp_section_of_type(elf, SHT_GNU_verneed, &header);
    Elf_Data *data = elf_getdata(section, NULL);
    size_t offset = 0;
    for (size_t i = 0;
         data && i < header.sh_info && offset <= INT32_MAX && versions->steps++ < STEPS_MAX; i++) {
        if (!gelf_getverneed(data, (int)offset, &need))
            break;
        const char *library = elf_strptr(elf, header.sh_link, need.vn_file);
        if (library && !read_library(versions, data, offset + need.vn_aux, need.vn_cnt, library))
            return error_set_no_memory(error);
        if (!need.vn_next)
            break;
        offset += need.vn_next;
    }
    return true;
}

/* ---- undefined symbols ---- */

/* What the compiler's start files want. */
static bool is_start_files(const char *name)
{
    return !strncmp(name, "_ITM_", 5) || !strcmp(name, "__gmon_start__") ||
           !strcmp(name, "__cxa_finalize");
}

static int by_name(const void *a, const void *b)
{
    const struct stamp_undefined *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Takes their numbers from symbols that differ in their versions alone. */
static void forget_repeated(struct stamp_uses *uses)
{
    for (size_t i = 1; i < uses->undefined_count; i++)
        if (!by_name(&uses->undefined[i - 1], &uses->undefined[i]))
            uses->undefined[i - 1].number = uses->undefined[i].number = 0;
}

static const char *library_of(const struct libraries_by_version *versions, Elf_Data *numbers,
                              size_t index)
{
    GElf_Versym version;
    if (!numbers || !gelf_getversym(numbers, (int)index, &version))
        return "";
    size_t number = version & 0x7fff;
    return number < versions->count && versions->names[number] ? versions->names[number] : "";
}

static bool read_undefined(struct stamp *stamp, Elf_Scn *section, const GElf_Shdr *header,
                           const struct libraries_by_version *versions, struct error *error)
{
    GElf_Shdr ignored;
    Elf_Data *data = elf_getdata(section, NULL);
    Elf_Scn *numbers_section = stamp_section_of_type(stamp->elf, SHT_GNU_versym, &ignored);
    Elf_Data *numbers = elf_getdata(numbers_section, NULL);
    if (!data || !header->sh_entsize)
        return set_libelf_error(error, "cannot read its dynamic symbols");
    size_t count = header->sh_size / header->sh_entsize;
    struct stamp_uses *uses = &stamp->uses;
    uses->undefined = calloc(count + 1, sizeof *uses->undefined);
    if (!uses->undefined)
        return error_set_no_memory(error);
    for (size_t i = 1; i < count; i++) {
        GElf_Sym symbol;
        const char *name = NULL;
        if (gelf_getsym(data, (int)i, &symbol))
            name = elf_strptr(stamp->elf, header->sh_link, symbol.st_name);
        if (!name)
            return set_libelf_error(error, "cannot read its dynamic symbols");
        bool is_weak = GELF_ST_BIND(symbol.st_info) == STB_WEAK;
        if (symbol.st_shndx != SHN_UNDEF || !*name || GELF_ST_BIND(symbol.st_info) == STB_LOCAL ||
            is_start_files(name))
            continue;
        uses->undefined[uses->undefined_count++] =
            (struct stamp_undefined){.name = name,
                                     .library = library_of(versions, numbers, i),
                                     .kind = meta_kind_of(GELF_ST_TYPE(symbol.st_info)),
                                     .number = (uint32_t)i,
                                     .is_weak = is_weak};
    }
    qsort(uses->undefined, uses->undefined_count, sizeof *uses->undefined, by_name);
    forget_repeated(uses);
    return true;
}

/* ---- its own symbols ---- */

static void mark_referenced(struct stamp *stamp, Elf_Scn *symbols, const GElf_Shdr *symbols_header,
                            size_t index)
{
    GElf_Sym symbol;
    if (!index || !gelf_getsym(elf_getdata(symbols, NULL), (int)index, &symbol))
        return;
    const char *name = elf_strptr(stamp->elf, symbols_header->sh_link, symbol.st_name);
    struct stamp_symbol *own = name ? stamp_find_symbol(stamp, name) : NULL;
    if (own)
        own->is_referenced = true;
}

static void read_relocations(struct stamp *stamp, Elf_Scn *symbols, const GElf_Shdr *symbols_header)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(stamp->elf, section))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || !header.sh_entsize ||
            header.sh_link != elf_ndxscn(symbols) ||
            (header.sh_type != SHT_RELA && header.sh_type != SHT_REL))
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Rela with_addend;
            GElf_Rel relocation;
            uint64_t info = 0;
            if (header.sh_type == SHT_REL && gelf_getrel(data, (int)i, &relocation))
                info = relocation.r_info;
            else if (header.sh_type == SHT_RELA && gelf_getrela(data, (int)i, &with_addend))
                info = with_addend.r_info;
            mark_referenced(stamp, symbols, symbols_header, GELF_R_SYM(info));
        }
    }
}

static bool is_symbolic(Elf *elf)
{
    GElf_Shdr header;
    Elf_Data *data = elf_getdata(stamp_section_of_type(elf, SHT_DYNAMIC, &header), NULL);
    for (size_t i = 0; data && header.sh_entsize && i < header.sh_size / header.sh_entsize; i++) {
        GElf_Dyn entry;
        if (!gelf_getdyn(data, (int)i, &entry) || entry.d_tag == DT_NULL)
            break;
        if (entry.d_tag == DT_SYMBOLIC ||
            (entry.d_tag == DT_FLAGS && entry.d_un.d_val & DF_SYMBOLIC))
            return true;
    }
    return false;
}

bool stamp_read_wants(struct stamp *stamp, struct error *error)
{
    GElf_Shdr header;
    struct libraries_by_version versions = {0};
    Elf_Scn *section = stamp_section_of_type(stamp->elf, SHT_DYNSYM, &header);
    if (!section)
        return true;
    bool done = read_versions(&versions, stamp->elf, error) &&
                read_undefined(stamp, section, &header, &versions, error);
    free(versions.names);
    if (done && stamp->has_packages)
        read_relocations(stamp, section, &header);
    stamp->uses.is_symbolic = is_symbolic(stamp->elf);
    return done;
}

struct stamp_undefined *stamp_find_undefined(const struct stamp *stamp, const char *name)
{
    struct stamp_undefined key = {.name = name};
    return stamp->uses.undefined_count ? bsearch(&key, stamp->uses.undefined,
                                                 stamp->uses.undefined_count, sizeof key, by_name)
                                       : NULL;
}
