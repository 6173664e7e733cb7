/* SPDX-License-Identifier: MIT */
/* A view of an ELF file's headers (System V ABI, chapters 4 and 5). Bytes in, checked values out:
 * the caller reads the parts of the file that the view names. */
#ifndef PLUGIN_ELF_H
#define PLUGIN_ELF_H

#include "base/bytes.h"
#include "base/error.h"

/* A part of the file, which lies within it. */
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
    size_t section_count; /* 0: no section header table */
    size_t names_section; /* e_shstrndx */
    struct elf_part segments_part;
    struct elf_part sections_part;
    /* Set by the caller; they must live as long as the view. */
    struct bytes segments; /* the program header table, at segments_part */
    struct bytes sections; /* the section header table, at sections_part */
    struct bytes names;    /* of section number names_section */
};

struct elf_section {
    const char *name;
    uint32_t type; /* SHT_* */
    uint64_t flags;
    uint64_t address;
    uint64_t size;        /* sh_size */
    struct elf_part part; /* empty for */
};

struct elf_segment {
    uint32_t type;  /* PT_* */
    uint32_t flags; /* PF_* */
    uint64_t address;
    uint64_t memory_size;
    struct elf_part part;
};

/* The size of the larger class of ELF header. */
#define ELF_HEADER_SIZE 64

/* Reads the ELF header from the file's first bytes: ELF_HEADER_SIZE, or all if there are fewer. The
 * error of a file that is no ELF file says what it is instead. */
bool elf_read_header(struct elf *elf, struct bytes start, uint64_t file_size, struct error *error);

/* Reads section header number `index`, and the section's name if elf->names is set. */
bool elf_section(const struct elf *elf, size_t index, struct elf_section *section,
                 struct error *error);

/* Finds the first section of this name; *found is false if there is none. */
bool elf_find_section(const struct elf *elf, const char *name, struct elf_section *section,
                      bool *found, struct error *error);

/* Finds the first section of each of these names, in one pass; the name of one that is not there is
 * NULL. */
bool elf_find_sections(const struct elf *elf, const char *const *names,
                       struct elf_section *sections, size_t count, struct error *error);

/* Reads program header number `index`. */
bool elf_segment(const struct elf *elf, size_t index, struct elf_segment *segment,
                 struct error *error);

/* Return the type alone, SHT_* or PT_*, which takes fewer instructions. */
uint32_t elf_section_type(const struct elf *elf, size_t index);
uint32_t elf_segment_type(const struct elf *elf, size_t index);

/* Does the module need an executable stack? So it does by PT_GNU_STACK, and on most machines
 * without that program header. */
bool elf_needs_executable_stack(const struct elf *elf);

/* Is the file for the machine that this code was compiled for? */
bool elf_is_own_machine(const struct elf *elf);

/* Returns "x86-64", or text with the number of an unknown machine. */
const char *elf_machine_name(uint16_t machine, char buffer[static 24]);

#endif
