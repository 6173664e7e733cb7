/* SPDX-License-Identifier: MIT */
/* Reads all headers of an ELF file in memory. */
#include "src/elf/elf.h"
#include "fuzz/fuzz.h"

/* Sets the tables, as src/module/module.c does. */
static bool give_tables(struct elf *elf, struct bytes file, struct error *error)
{
    struct elf_section names;
    FUZZ_PROMISE(
        bytes_slice(file, elf->segments_part.offset, elf->segments_part.size, 1, &elf->segments));
    FUZZ_PROMISE(
        bytes_slice(file, elf->sections_part.offset, elf->sections_part.size, 1, &elf->sections));
    if (!elf->section_count)
        return true;
    if (!elf_section(elf, elf->names_section, &names, error))
        return false;
    FUZZ_PROMISE(bytes_slice(file, names.part.offset, names.part.size, 1, &elf->names));
    return true;
}

static void read_segments(const struct elf *elf, struct bytes file)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        struct bytes bytes;
        ERROR_AUTO error = {0};
        if (elf_segment(elf, i, &segment, &error))
            FUZZ_PROMISE(bytes_slice(file, segment.part.offset, segment.part.size, 1, &bytes));
    }
}

static void read_sections(const struct elf *elf, struct bytes file)
{
    struct elf_section section;
    bool found;
    ERROR_AUTO error = {0};
    for (size_t i = 0; i < elf->section_count; i++) {
        struct bytes bytes;
        ERROR_AUTO own = {0};
        if (elf_section(elf, i, &section, &own))
            FUZZ_PROMISE(bytes_slice(file, section.part.offset, section.part.size, 1, &bytes));
    }
    if ((!elf->section_count || elf->names.data) &&
        elf_find_section(elf, ".plugin", &section, &found, &error) && found)
        FUZZ_PROMISE(!strcmp(section.name, ".plugin"));
}

FUZZ_TARGET(elf)
{
    struct elf elf;
    char machine[24];
    struct bytes start = {input.data, input.size < ELF_HEADER_SIZE ? input.size : ELF_HEADER_SIZE};
    ERROR_AUTO error = {0};
    if (elf_read_header(&elf, start, input.size, &error) && give_tables(&elf, input, &error)) {
        elf_machine_name(elf.machine, machine);
        read_segments(&elf, input);
        read_sections(&elf, input);
        fuzz_was_read = true;
    }
}
