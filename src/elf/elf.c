/* SPDX-License-Identifier: MIT */
/* The reader of ELF headers (System V ABI, chapters 4 and 5). */
#include "elf/elf.h"

#include <elf.h>
#include <stdio.h>

/* The machine, class and byte order that this library was compiled for. */
#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__i386__)
#define OWN_MACHINE EM_386
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#elif defined(__arm__)
#define OWN_MACHINE EM_ARM
#elif defined(__riscv)
#define OWN_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define OWN_MACHINE EM_PPC64
#elif defined(__s390x__)
#define OWN_MACHINE EM_S390
#elif defined(__loongarch__)
#define OWN_MACHINE 258 /* EM_LOONGARCH, which older headers lack */
#else
#error "tell the ELF reader this machine's EM_ number"
#endif

#define OWN_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)
#define OWN_DATA  (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

const char *elf_machine_name(uint16_t machine, char buffer[static 24])
{
    switch (machine) {
    case EM_X86_64:
        return "x86-64";
    case EM_386:
        return "i386";
    case EM_AARCH64:
        return "aarch64";
    case EM_ARM:
        return "arm";
    case EM_RISCV:
        return "riscv";
    case EM_PPC64:
        return "ppc64";
    case EM_S390:
        return "s390x";
    case EM_MIPS:
        return "mips";
    case 258:
        return "loongarch";
    default:
        snprintf(buffer, 24, "machine %u", machine);
        return buffer;
    }
}

/* Sets the error that says what a file that is not an ELF file is instead, but nothing of what it
 * contains: a set-uid program may read what its user may not. */
static bool set_not_elf(struct bytes start, struct error *error)
{
    if (!start.size)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is empty");
    if (start.size >= 8 && !memcmp(start.data, "!<arch>\n", 8))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is an archive (.a), not a shared library");
    if (start.size >= 4 && !memcmp(start.data, "BC\xC0\xDE", 4))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is LLVM bitcode, not a shared library");
    size_t printable = 0;
    while (printable < start.size &&
           ((start.data[printable] >= 0x20 && start.data[printable] < 0x7F) ||
            start.data[printable] == '\n' || start.data[printable] == '\t'))
        printable++;
    if (printable < start.size)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not an ELF file");
    return error_set(error, PLUGIN_NOT_PLUGIN, "it is a text file, not an ELF file");
}

static bool set_truncated(struct error *error, const char *what, uint64_t offset, uint64_t count,
                          uint64_t item_size, uint64_t file_size)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "it is truncated or damaged: its %s (%llu of %llu bytes at offset %llu) end "
                     "beyond its %llu bytes",
                     what, (unsigned long long)count, (unsigned long long)item_size,
                     (unsigned long long)offset, (unsigned long long)file_size);
}

/* Sets *part to a table that lies within the file; fails if it does not. */
static bool set_part(struct elf_part *part, const char *what, uint64_t offset, uint64_t count,
                     uint64_t item_size, uint64_t file_size, struct error *error)
{
    if (!range_is_within(offset, count, item_size, file_size))
        return set_truncated(error, what, offset, count, item_size, file_size);
    *part = (struct elf_part){offset, count * item_size};
    return true;
}

/* The fields of an ELF header of either class. */
struct header {
    uint16_t type, machine, segment_size, segment_count, section_size, section_count, names;
    uint64_t segments, sections;
};

#define HEADER_FROM(h)                                                                             \
    (struct header)                                                                                \
    {                                                                                              \
        (h).e_type, (h).e_machine, (h).e_phentsize, (h).e_phnum, (h).e_shentsize, (h).e_shnum,     \
            (h).e_shstrndx, (h).e_phoff, (h).e_shoff                                               \
    }

static bool check_identity(struct bytes start, struct error *error)
{
    if (start.size < SELFMAG || memcmp(start.data, ELFMAG, SELFMAG) != 0)
        return set_not_elf(start, error);
    if (start.size < sizeof(Elf32_Ehdr) ||
        (start.data[EI_CLASS] == ELFCLASS64 && start.size < sizeof(Elf64_Ehdr)))
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is truncated: %zu bytes do not hold an ELF header", start.size);
    int class = start.data[EI_CLASS], data = start.data[EI_DATA];
    if ((class != ELFCLASS32 && class != ELFCLASS64) ||
        (data != ELFDATA2LSB && data != ELFDATA2MSB) || start.data[EI_VERSION] != EV_CURRENT)
        return error_set(error, PLUGIN_NOT_PLUGIN, "its ELF header is damaged");
    if (data != OWN_DATA)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is for a %s-endian machine",
                         data == ELFDATA2LSB ? "little" : "big");
    return true;
}

bool elf_read_header(struct elf *elf, struct bytes start, uint64_t file_size, struct error *error)
{
    if (!check_identity(start, error))
        return false;
    /* So that no sum of a few sizes exceeds SIZE_MAX. */
    if (file_size > SIZE_MAX / 4)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "it is too large for this process's address space (%llu bytes)",
                         (unsigned long long)file_size);
    struct header header;
    size_t own_segment_size, own_section_size;
    if (start.data[EI_CLASS] == ELFCLASS64) {
        Elf64_Ehdr h;
        memcpy(&h, start.data, sizeof h);
        header = HEADER_FROM(h);
        own_segment_size = sizeof(Elf64_Phdr);
        own_section_size = sizeof(Elf64_Shdr);
    } else {
        Elf32_Ehdr h;
        memcpy(&h, start.data, sizeof h);
        header = HEADER_FROM(h);
        own_segment_size = sizeof(Elf32_Phdr);
        own_section_size = sizeof(Elf32_Shdr);
    }
    *elf = (struct elf){.file_size = file_size,
                        .is_64 = start.data[EI_CLASS] == ELFCLASS64,
                        .type = header.type,
                        .machine = header.machine,
                        .segment_count = header.segment_count,
                        .section_count = header.sections ? header.section_count : 0,
                        .names_section = header.names};
    if ((elf->segment_count && header.segment_size != own_segment_size) ||
        (elf->section_count && header.section_size != own_section_size) ||
        (elf->section_count && elf->names_section >= elf->section_count))
        return error_set(error, PLUGIN_NOT_PLUGIN, "its ELF header is damaged");
    return set_part(&elf->segments_part, "program headers", header.segments, elf->segment_count,
                    own_segment_size, file_size, error) &&
           set_part(&elf->sections_part, "section headers", header.sections, elf->section_count,
                    own_section_size, file_size, error);
}

bool elf_needs_executable_stack(const struct elf *elf)
{
    struct elf_segment segment;
    ERROR_AUTO ignored = {0};
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf_segment_type(elf, i) == PT_GNU_STACK && elf_segment(elf, i, &segment, &ignored))
            return segment.flags & PF_X;
    return elf->segment_count && elf->machine != EM_RISCV;
}

bool elf_is_own_machine(const struct elf *elf)
{
    return elf->machine == OWN_MACHINE && elf->is_64 == (OWN_CLASS == ELFCLASS64);
}

#define SECTION_FROM(h)                                                                            \
    (struct elf_section)                                                                           \
    {                                                                                              \
        NULL, (h).sh_type, (h).sh_flags, (h).sh_addr, (h).sh_size,                                 \
        {                                                                                          \
            (h).sh_offset, (h).sh_size                                                             \
        }                                                                                          \
    }

/* Inlined into the loops over all sections. */
__attribute__((always_inline)) static inline bool
read_section(const struct elf *elf, size_t index, struct elf_section *section, struct error *error)
{
    uint32_t name;
    if (elf->is_64) {
        Elf64_Shdr h;
        bytes_item(elf->sections, index, &h, sizeof h);
        *section = SECTION_FROM(h);
        name = h.sh_name;
    } else {
        Elf32_Shdr h;
        bytes_item(elf->sections, index, &h, sizeof h);
        *section = SECTION_FROM(h);
        name = h.sh_name;
    }
    if (section->type == SHT_NOBITS)
        section->part = (struct elf_part){0, 0};
    else if (!range_is_within(section->part.offset, section->part.size, 1, elf->file_size))
        return set_truncated(error, "section's contents", section->part.offset, section->part.size,
                             1, elf->file_size);
    if (!elf->names.data)
        return true;
    /* In a string table that ends with a NUL, as it must, each name has an end. Searching for it
     * would take long in a file with many sections. */
    bool is_ended = elf->names.size && !elf->names.data[elf->names.size - 1];
    section->name =
        is_ended && name < elf->names.size ? (const char *)elf->names.data + name : NULL;
    if (!section->name)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "the name of section %zu lies outside the section name table", index);
    return true;
}

bool elf_section(const struct elf *elf, size_t index, struct elf_section *section,
                 struct error *error)
{
    return read_section(elf, index, section, error);
}

bool elf_find_section(const struct elf *elf, const char *name, struct elf_section *section,
                      bool *found, struct error *error)
{
    *found = false;
    for (size_t i = 0; i < elf->section_count; i++) {
        if (!read_section(elf, i, section, error))
            return false;
        if (!strcmp(section->name, name)) {
            *found = true;
            return true;
        }
    }
    return true;
}

bool elf_find_sections(const struct elf *elf, const char *const *names,
                       struct elf_section *sections, size_t count, struct error *error)
{
    struct elf_section section;
    /* Most names differ after their dot: to see that takes less time than a call. A bit for each
     * second character, modulo 64. */
    uint64_t seconds = 0;
    for (size_t k = 0; k < count; k++)
        seconds |= UINT64_C(1) << (names[k][1] & 63);
    memset(sections, 0, count * sizeof *sections);
    for (size_t i = 0; i < elf->section_count; i++) {
        if (!read_section(elf, i, &section, error))
            return false;
        char second = *section.name ? section.name[1] : '\0';
        if (!(seconds >> (second & 63) & 1))
            continue;
        for (size_t k = 0; k < count; k++)
            if (names[k][1] == second && !sections[k].name && !strcmp(section.name, names[k]))
                sections[k] = section;
    }
    return true;
}

#define SEGMENT_FROM(h)                                                                            \
    (struct elf_segment)                                                                           \
    {                                                                                              \
        (h).p_type, (h).p_flags, (h).p_vaddr, (h).p_memsz,                                         \
        {                                                                                          \
            (h).p_offset, (h).p_filesz                                                             \
        }                                                                                          \
    }

bool elf_segment(const struct elf *elf, size_t index, struct elf_segment *segment,
                 struct error *error)
{
    if (elf->is_64) {
        Elf64_Phdr h;
        bytes_item(elf->segments, index, &h, sizeof h);
        *segment = SEGMENT_FROM(h);
    } else {
        Elf32_Phdr h;
        bytes_item(elf->segments, index, &h, sizeof h);
        *segment = SEGMENT_FROM(h);
    }
    /* In a file of debug information, an empty segment may have any offset. */
    if (!segment->part.size && segment->part.offset > elf->file_size)
        segment->part.offset = elf->file_size;
    if (!range_is_within(segment->part.offset, segment->part.size, 1, elf->file_size))
        return set_truncated(error, "segment's contents", segment->part.offset, segment->part.size,
                             1, elf->file_size);
    return true;
}

uint32_t elf_section_type(const struct elf *elf, size_t index)
{
    size_t size = elf->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
    size_t before = elf->is_64 ? offsetof(Elf64_Shdr, sh_type) : offsetof(Elf32_Shdr, sh_type);
    uint32_t type;
    memcpy(&type, elf->sections.data + index * size + before, sizeof type);
    return type;
}

uint32_t elf_segment_type(const struct elf *elf, size_t index)
{
    size_t size = elf->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    uint32_t type; /* the first member in both classes */
    memcpy(&type, elf->segments.data + index * size, sizeof type);
    return type;
}
