/* The dynamic tables of a module, of any size. */
#ifndef TESTS_ELF_DYNAMIC_LARGE_H
#define TESTS_ELF_DYNAMIC_LARGE_H

#include "src/base/arena.h"
#include "src/elf/dynamic.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes that grow. */
struct large_bytes {
    uint8_t *bytes;
    size_t size, capacity;
};

struct dynamic_large {
    struct large_bytes entries, symbols, versions, wanted, defined, strings;
    size_t last_wanted, last_defined; /* where the last record of each chain is */
    struct arena arena;
    struct dynamic dynamic;
};

static size_t large_add(struct large_bytes *large, const void *bytes, size_t size)
{
    size_t at = large->size;
    if (at + size > large->capacity) {
        large->capacity = 2 * (at + size);
        large->bytes = realloc(large->bytes, large->capacity);
        if (!large->bytes)
            abort();
    }
    memcpy(large->bytes + at, bytes, size);
    large->size += size;
    return at;
}

static uint32_t large_string(struct dynamic_large *large, const char *string)
{
    return (uint32_t)large_add(&large->strings, string, strlen(string) + 1);
}

static void large_entry(struct dynamic_large *large, int64_t tag, uint64_t value)
{
    const Elf64_Dyn entry = {.d_tag = tag, .d_un.d_val = value};
    large_add(&large->entries, &entry, sizeof entry);
}

/* A function, defined or wanted, of the version of this number (1: none). */
static void large_symbol(struct dynamic_large *large, uint32_t name, bool is_defined,
                         uint16_t version)
{
    const Elf64_Sym symbol = {.st_name = name,
                              .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                              .st_shndx = is_defined ? 1 : SHN_UNDEF,
                              .st_value = is_defined};
    large_add(&large->symbols, &symbol, sizeof symbol);
    large_add(&large->versions, &version, sizeof version);
}

static struct dynamic_large large_start(void)
{
    struct dynamic_large large = {0};
    large_string(&large, "");
    large_symbol(&large, 0, false, 1);
    return large;
}

/* A version that the module defines, by its number, from 2. */
static void large_define_version(struct dynamic_large *large, uint16_t number, uint32_t name)
{
    const Elf64_Verdef definition = {
        .vd_version = VER_DEF_CURRENT, .vd_ndx = number, .vd_cnt = 1, .vd_aux = sizeof definition};
    const Elf64_Verdaux auxiliary = {.vda_name = name};
    const uint32_t next = sizeof definition + sizeof auxiliary;
    if (large->defined.size)
        memcpy(large->defined.bytes + large->last_defined + offsetof(Elf64_Verdef, vd_next), &next,
               sizeof next);
    large->last_defined = large_add(&large->defined, &definition, sizeof definition);
    large_add(&large->defined, &auxiliary, sizeof auxiliary);
}

/* A version that it wants of a library. */
static void large_want_version(struct dynamic_large *large, uint16_t number, uint32_t name,
                               uint32_t library)
{
    const Elf64_Verneed need = {
        .vn_version = VER_NEED_CURRENT, .vn_cnt = 1, .vn_file = library, .vn_aux = sizeof need};
    const Elf64_Vernaux auxiliary = {.vna_other = number, .vna_name = name};
    const uint32_t next = sizeof need + sizeof auxiliary;
    if (large->wanted.size)
        memcpy(large->wanted.bytes + large->last_wanted + offsetof(Elf64_Verneed, vn_next), &next,
               sizeof next);
    large->last_wanted = large_add(&large->wanted, &need, sizeof need);
    large_add(&large->wanted, &auxiliary, sizeof auxiliary);
}

/* Reads the tables: in *dynamic, which refers to them. Free with large_free in any case. */
static bool large_read(struct dynamic_large *large, struct error *error)
{
    const struct elf elf = {.is_64 = true, .type = ET_DYN, .machine = EM_X86_64};
    large_entry(large, DT_NULL, 0);
    const struct dynamic_tables tables = {
        .entries = {large->entries.bytes, large->entries.size},
        .symbols = {large->symbols.bytes, large->symbols.size},
        .strings = {large->strings.bytes, large->strings.size},
        .versions = {large->versions.bytes, large->versions.size},
        .wanted = {large->wanted.bytes, large->wanted.size},
        .defined = {large->defined.bytes, large->defined.size},
    };
    return dynamic_read(&large->dynamic, &elf, &tables, &large->arena, error);
}

/* The start of a file, which is mapped at address 0. */
struct large_start {
    Elf64_Ehdr header;
    Elf64_Phdr segments[2];
    Elf64_Shdr sections[3];
};

/* Writes the tables into an empty file as those of a library for this machine, with so many more
 * symbols, which take no place on the disk, and a last one whose name lies nowhere. */
static bool large_write_damaged(struct dynamic_large *large, int descriptor, uint16_t machine,
                                uint64_t more)
{
    const Elf64_Sym last = {.st_name = UINT32_MAX};
    const uint64_t entries = sizeof(struct large_start);
    large_entry(large, DT_STRTAB, 0);
    large_entry(large, DT_SYMTAB, 0);
    large_entry(large, DT_NULL, 0);
    const uint64_t strings = entries + large->entries.size;
    const uint64_t symbols = (strings + large->strings.size + 7) & ~UINT64_C(7);
    const uint64_t symbols_size = large->symbols.size + (more + 1) * sizeof last;
    const uint64_t size = symbols + symbols_size;
    Elf64_Dyn *end = (void *)(large->entries.bytes + large->entries.size);
    end[-3].d_un.d_val = strings;
    end[-2].d_un.d_val = symbols;
    struct large_start start = {
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                               EV_CURRENT},
                   .e_type = ET_DYN,
                   .e_machine = machine,
                   .e_phoff = offsetof(struct large_start, segments),
                   .e_phentsize = sizeof *start.segments,
                   .e_phnum = 2,
                   .e_shoff = offsetof(struct large_start, sections),
                   .e_shentsize = sizeof *start.sections,
                   .e_shnum = 3,
                   .e_shstrndx = 1},
        .segments = {{.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = size, .p_memsz = size},
                     {.p_type = PT_DYNAMIC,
                      .p_offset = entries,
                      .p_vaddr = entries,
                      .p_filesz = large->entries.size,
                      .p_memsz = large->entries.size}},
        .sections = {{0},
                     {.sh_type = SHT_STRTAB,
                      .sh_flags = SHF_ALLOC,
                      .sh_addr = strings,
                      .sh_offset = strings,
                      .sh_size = large->strings.size},
                     {.sh_type = SHT_DYNSYM,
                      .sh_flags = SHF_ALLOC,
                      .sh_addr = symbols,
                      .sh_offset = symbols,
                      .sh_size = symbols_size}}};
    return pwrite(descriptor, &start, sizeof start, 0) == sizeof start &&
           pwrite(descriptor, large->entries.bytes, large->entries.size, (off_t)entries) ==
               (ssize_t)large->entries.size &&
           pwrite(descriptor, large->strings.bytes, large->strings.size, (off_t)strings) ==
               (ssize_t)large->strings.size &&
           pwrite(descriptor, large->symbols.bytes, large->symbols.size, (off_t)symbols) ==
               (ssize_t)large->symbols.size &&
           pwrite(descriptor, &last, sizeof last, (off_t)(size - sizeof last)) == sizeof last;
}

static void large_free(struct dynamic_large *large)
{
    arena_deinit(&large->arena);
    free(large->entries.bytes);
    free(large->symbols.bytes);
    free(large->versions.bytes);
    free(large->wanted.bytes);
    free(large->defined.bytes);
    free(large->strings.bytes);
}

#endif
