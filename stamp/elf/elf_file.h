/* SPDX-License-Identifier: MIT */
/* The module's ELF file. libelf reads it; the stamp's sections are written directly. */
#ifndef PLUGIN_STAMP_ELF_FILE_H
#define PLUGIN_STAMP_ELF_FILE_H

#include "model/model.h"

/* "WHAT: libelf: REASON". Always returns false. */
bool error_set_libelf(struct error *error, const char *what);

/* ---- elf_read.c ---- */

/* Opens the module at the descriptor, which is borrowed: reads its headers and hashes its loaded
 * segments. Fails if it is not a linked module. */
bool stamp_open_elf(struct stamp *stamp, int descriptor, struct error *error);

/* Returns the machine that the module is for: EM_X86_64. */
unsigned stamp_machine(const struct stamp *stamp);

/* Returns the next section of this name; the first after NULL. NULL if there is none. */
Elf_Scn *section_next_named(Elf *elf, Elf_Scn *section, const char *name);

/* Returns the first section of this type, and its header; NULL if there is none. */
Elf_Scn *section_of_type(Elf *elf, uint32_t type, GElf_Shdr *header);

/* Is the address in a section of this name? */
bool stamp_is_in_section(const struct stamp *stamp, const char *name, uint64_t address);

/* Iterates over all relocations of a file. Initially, `elf` is set, all else is zero. */
struct relocations {
    Elf *elf;
    Elf_Scn *section;
    GElf_Shdr header; /* of this section */
    Elf_Data *data;
    size_t index, count;
};

/* Reads the next relocation; false after the last. Those of SHT_REL sections get a zero addend. */
bool relocations_next(struct relocations *relocations, GElf_Rela *relocation);

/* ---- symbols.c ---- */

/* Does the linker's table define the name, by a symbol that is not weak? */
bool symbols_have_strong(Elf *elf, const char *name);

/* Reads the exported symbols, and infers the sanitizers from them. */
bool stamp_read_symbols(struct stamp *stamp, struct error *error);

/* Reads the dynamic section, the undefined symbols, and which of the exported ones are referenced.
 */
bool stamp_read_undefined(struct stamp *stamp, struct error *error);

/* ---- memory.c ---- */

/* Is the memory at this address read-only once the module is loaded? */
bool stamp_is_constant(const struct stamp *stamp, uint64_t address);

/* Returns the NUL-terminated string at an address, in the file; NULL if there is none. */
const char *stamp_string_at(const struct stamp *stamp, uint64_t address);

/* Reads the pointers at these addresses, which are sorted, as relocated by the dynamic loader. */
void stamp_read_pointers(const struct stamp *stamp, const uint64_t *addresses, uint64_t *pointers,
                         size_t count);

/* ---- infos.c ---- */

/* Reads what PLUGIN_INFO says of the module. */
bool stamp_read_infos(struct stamp *stamp, struct error *error);

/* ---- constructors.c ---- */

/* Reads the functions that run when the module is loaded. */
bool stamp_read_constructors(struct stamp *stamp, struct error *error);

/* ---- elf_write.c ---- */

/* Sets *end to where the ELF part of the file ends. Other data may follow: the payload of a
 * self-extracting program. */
bool stamp_find_elf_end(int descriptor, uint64_t *end, struct error *error);

/* Adds the two sections to the ELF file at the descriptor, which is open for reading and writing,
 * has nothing behind its ELF part, and then ends with it. Replaces those of an earlier stamp. */
bool stamp_write_elf(int descriptor, struct bytes btf, struct bytes meta, struct error *error);

#endif
