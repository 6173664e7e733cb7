/* What the parts of the stamp hand to each other. */
#ifndef PLUGIN_STAMP_INTERNAL_H
#define PLUGIN_STAMP_INTERNAL_H

#include "packages/packages.h"
#include "packages/uses.h"
#include "src/base/bytes.h"
#include "src/format/format.h"
#include "stamp.h"

#include <elfutils/libdw.h>
#include <gelf.h>
#include <sys/stat.h>

/* An exported function or variable. */
struct stamp_symbol {
    const char *name; /* in the ELF file's string table */
    uint64_t address;
    enum format_symbol_kind kind;
    Dwarf_Die die;      /* of its definition; meaningless if match is 0 */
    int match;          /* how well the DIE matches: enum symbol_match */
    uint32_t type;      /* BTF id of its FUNC or VAR; 0: not recorded */
    uint32_t package;   /* number of its package, plus 1; 0: the main package */
    bool is_mangled;    /* by C++; only packages have such symbols */
    bool is_vague;      /* weak: other modules may have a copy, or none */
    bool is_referenced; /* by a dynamic relocation */
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

/* A definition of one of C++'s inline functions, templates and variables, of which each unit that
 * uses it has one, and the linker has kept any. */
struct stamp_copy {
    size_t symbol; /* its number */
    Dwarf_Die die;
};

/* A module that is being stamped. */
struct stamp {
    Elf *elf;
    Dwarf *dwarf;
    uint32_t pointer_size;
    bool is_executable;
    bool has_packages; /* other than main */
    bool names_only;   /* what is exported is not decided yet: every global symbol counts */
    bool is_built_in;  /* it is to be linked into a program, and this link only tells of it */
    const struct stamp_wanted *wanted; /* the only symbols that count; NULL: all do */
    uint32_t sanitizers;
    uint64_t content;
    struct stamp_symbol *symbols; /* in the order of names; those of packages come after them */
    size_t symbol_count;
    struct stamp_symbol *shared; /* the symbols of packages, in the order of names */
    size_t shared_count;
    struct stamp_copy *copies;
    size_t copy_count, copy_capacity;
    struct stamp_packages packages;
    struct stamp_uses uses;
    struct stamp_probe *probes; /* in the order of addresses */
    size_t probe_count, probe_capacity;
    struct stamp_constructor *constructors; /* in the order of execution */
    size_t constructor_count;
    struct stamp_compiler *compilers;
    size_t compiler_count;
    struct stamp_report *report;
};

/* elf_read.c: is the file a linked module? Its content, and of what kind it is. */
bool stamp_read_header(struct stamp *stamp, struct error *error);

/* elf_read.c: what the ELF file says: symbols, sanitizers. */
bool stamp_read_symbols(struct stamp *stamp, struct error *error);

/* memory.c: the NUL-terminated string at an address; NULL if the file holds none there. */
const char *stamp_string_at(const struct stamp *stamp, uint64_t address);

/* memory.c: the pointers at these addresses, which are in order, as the dynamic loader makes them.
 */
bool stamp_read_pointers(const struct stamp *stamp, const uint64_t *addresses, uint64_t *pointers,
                         size_t count, struct error *error);

/* constructors.c: the functions that run when the module is loaded. */
bool stamp_read_constructors(struct stamp *stamp, struct error *error);

bool stamp_has_debug_info(const struct stamp *stamp);

/* debug.c: opens the debug information, and looks whether there are packages in it. */
bool stamp_open_dwarf(struct stamp *stamp, struct error *error);

/* debug.c: does the debug information hold this string? */
bool stamp_debug_holds(const struct stamp *stamp, const char *string);

/* dwarf.c: finds the DIEs of the symbols and the probes, and the compilers; what macros left, and
 * uses. */
bool stamp_read_dwarf(struct stamp *stamp, struct error *error);

/* probes.c: is the DIE a probe? */
bool stamp_is_probe(Dwarf_Die *die);
bool stamp_has_probes(const struct stamp *stamp);
bool stamp_note_probe(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* probes.c: puts the probes in order. Are they all described? */
bool stamp_sort_probes(struct stamp *stamp, struct error *error);

/* The exported symbol of this name; NULL if there is none. */
struct stamp_symbol *stamp_find_symbol(const struct stamp *stamp, const char *name);

/* types.c: writes the types that symbols, probes and uses reach as BTF, and their ids. *btf is
 * newly allocated. */
bool stamp_write_types(struct stamp *stamp, void **btf, size_t *size, struct error *error);

/* The names of what built-in plugins use, in order. */
struct stamp_wanted {
    const char **names;
    size_t count;
};

bool stamp_is_wanted(const struct stamp_wanted *wanted, const char *name);

/* built_in.c: do the plugins that are linked into the module at the descriptor, whose path this is,
 * fit it? It was stamped without them. */
bool stamp_check_built_ins(int input, const char *path, struct error *error);

/* meta_write.c: the bytes of the `.plugin` section, newly allocated. */
bool stamp_write_meta(const struct stamp *stamp, struct bytes btf, void **meta, size_t *size,
                      struct error *error);

/* The two sections that the stamp adds. */
struct sections {
    struct bytes btf, meta;
};

/* stamp.c: the sections of the module at the descriptor, as far as what others want is concerned;
 * whether it exports that does not matter. Free their data, in any case. */
bool stamp_make_wanted(int input, const struct stamp_wanted *wanted, struct sections *sections,
                       struct error *error);

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

/* Is the address in a section of this name? */
bool stamp_is_in_section(const struct stamp *stamp, const char *name, uint64_t address);

/* The first section of this type; NULL if there is none. */
Elf_Scn *stamp_section_of_type(Elf *elf, uint32_t type, GElf_Shdr *header);

/* Makes room for one more item. Returns the items, which may have moved; NULL without memory. */
void *stamp_grow(void *items, size_t count, size_t *capacity, size_t item_size);

bool set_libelf_error(struct error *error, const char *what);

#endif
