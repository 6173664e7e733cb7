/* What the parts of the stamp hand to each other. */
#ifndef PLUGIN_STAMP_INTERNAL_H
#define PLUGIN_STAMP_INTERNAL_H

#include "../src/bytes.h"
#include "../src/format.h"
#include "stamp.h"

#include <elfutils/libdw.h>
#include <gelf.h>
#include <sys/stat.h>

/* An exported function or variable. */
struct stamp_symbol {
    const char *name; /* in the ELF file's string table */
    uint64_t address;
    enum format_symbol_kind kind;
    Dwarf_Die die; /* of its definition; meaningless if match is 0 */
    int match;     /* how well the DIE matches: enum symbol_match */
    uint32_t type; /* BTF id of its FUNC or VAR; 0: not recorded */
};

/* A use of plugin_as. */
struct stamp_probe {
    uint64_t address;
    Dwarf_Die die; /* of the variable */
    uint32_t type; /* BTF id of the type asked for */
};

struct stamp_constructor {
    uint64_t address;
    char *name;
};

struct stamp_compiler {
    char *name, *flags;
};

/* A module that is being stamped. */
struct stamp {
    Elf *elf;
    Dwarf *dwarf;
    uint32_t pointer_size;
    bool is_executable;
    uint32_t sanitizers;
    uint64_t content;
    struct stamp_symbol *symbols; /* in the order of names */
    size_t symbol_count;
    struct stamp_probe *probes; /* in the order of addresses */
    size_t probe_count, probe_capacity;
    struct stamp_constructor *constructors; /* in the order of execution */
    size_t constructor_count;
    struct stamp_compiler *compilers;
    size_t compiler_count;
    struct stamp_report *report;
};

/* elf_read.c: what the ELF file says: symbols, constructors, sanitizers, content. */
bool stamp_read_elf(struct stamp *stamp, struct error *error);

/* constructors.c: the functions that run when the module is loaded. */
bool stamp_read_constructors(struct stamp *stamp, struct error *error);

/* dwarf.c: finds the DIEs of the symbols and the probes, and the compilers. */
bool stamp_read_dwarf(struct stamp *stamp, struct error *error);

/* types.c: writes the types that symbols and probes reach as BTF, and their ids. *btf is newly
 * allocated. */
bool stamp_write_types(struct stamp *stamp, void **btf, size_t *size, struct error *error);

/* meta_write.c: the bytes of the `.plugin` section, newly allocated. */
bool stamp_write_meta(const struct stamp *stamp, struct bytes btf, void **meta, size_t *size,
                      struct error *error);

/* The two sections that the stamp adds. */
struct sections {
    struct bytes btf, meta;
};

/* elf_write.c: puts the sections into the ELF file that is open, for reading and writing, at the
 * descriptor; those of an earlier stamp are replaced. */
bool stamp_write_elf(int copy, const struct sections *sections, struct error *error);

/* replace.c: writes a copy of the input with the sections in it, and renames it to `output`. */
bool stamp_replace(int input, const struct stat *status, const char *output,
                   const struct sections *sections, struct error *error);

/* The next section of this name after one, or the first after NULL; NULL if there is none. */
Elf_Scn *stamp_next_section(Elf *elf, Elf_Scn *section, const char *name);

/* Is the section one that the stamp wrote? */
bool stamp_is_own_section(const char *name);

bool set_libelf_error(struct error *error, const char *what);

#endif
