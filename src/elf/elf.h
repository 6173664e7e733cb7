/* A view of an ELF file's headers: bytes in, checked values out. Nothing here reads a file; the
 * caller hands over the parts that the view asks for. (System V ABI, chapters 4 and 5.) */
#ifndef PLUGIN_ELF_H
#define PLUGIN_ELF_H

#include "base/bytes.h"
#include "base/error.h"

/* Where a part of the file is, already checked to lie within it. */
struct elf_part {
    uint64_t offset;
    uint64_t size;
};

struct elf {
    uint64_t file_size;
    bool is_64;
    uint16_t type;    /* ET_* */
    uint16_t machine; /* EM_* */
    size_t segment_count;
    size_t section_count; /* 0 if the file has no section headers */
    size_t names_section; /* index of the section that holds the sections' names */
    struct elf_part segments_part;
    struct elf_part sections_part;
    /* Handed over by the caller, who owns them; they must live as long as the view. */
    struct bytes segments; /* the bytes of segments_part */
    struct bytes sections; /* the bytes of sections_part */
    struct bytes names;    /* the bytes of section names_section */
};

struct elf_section {
    const char *name;
    uint32_t type; /* SHT_* */
    uint64_t flags;
    uint64_t address;
    uint64_t size;        /* in memory, bytes */
    struct elf_part part; /* in the file; empty for SHT_NOBITS */
};

struct elf_segment {
    uint32_t type;  /* PT_* */
    uint32_t flags; /* PF_* */
    uint64_t address;
    uint64_t memory_size;
    struct elf_part part;
};

/* The most bytes that elf_read_header looks at. */
#define ELF_HEADER_SIZE 64

/* Reads the ELF header from the file's first bytes (all of them, if the file is shorter). The
 * error says what the file is instead: empty, a script, an archive, another machine's. */
bool elf_read_header(struct elf *elf, struct bytes start, uint64_t file_size, struct error *error);

/* Section number `index`, once elf->sections is set, and elf->names if its name is wanted. */
bool elf_section(const struct elf *elf, size_t index, struct elf_section *section,
                 struct error *error);

/* The section of this name, once elf->sections and elf->names are set. *found is false, without an
 * error, if there is none. */
bool elf_find_section(const struct elf *elf, const char *name, struct elf_section *section,
                      bool *found, struct error *error);

/* The first section of each of these names, in one pass over all of them; one that is not there has
 * no name. */
bool elf_find_sections(const struct elf *elf, const char *const *names,
                       struct elf_section *sections, size_t count, struct error *error);

/* Program header number `index`, once elf->segments is set. */
bool elf_segment(const struct elf *elf, size_t index, struct elf_segment *segment,
                 struct error *error);

/* The types alone, SHT_* and PT_*: who looks for a few reads no more of all others. */
uint32_t elf_section_type(const struct elf *elf, size_t index);
uint32_t elf_segment_type(const struct elf *elf, size_t index);

/* Is this dynamic section that of an executable (DF_1_PIE in DT_FLAGS_1)? */
bool elf_dynamic_is_executable(const struct elf *elf, struct bytes dynamic);

/* Is this file for the machine that this code was compiled for? */
bool elf_is_own_machine(const struct elf *elf);

/* "x86-64", or a number for a machine that has no name here. */
const char *elf_machine_name(uint16_t machine, char buffer[static 24]);

#endif
