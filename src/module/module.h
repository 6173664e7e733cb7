/* SPDX-License-Identifier: MIT */
/* A module as its file describes it: ELF headers, stamp and types, read and checked. A Go plugin
 * has no stamp; its own tables are translated into one. */
#ifndef PLUGIN_MODULE_H
#define PLUGIN_MODULE_H

#include "base/arena.h"
#include "base/file.h"
#include "elf/dynamic.h"
#include "format/meta.h"
#include "gofile/go_module.h"
#include "types/btf.h"

/* A part of a file that is mapped, not read. */
struct mapped_part {
    void *mapping; /* of whole pages; NULL: none */
    size_t length; /* bytes of the mapping */
    size_t before; /* bytes of it in front of the part */
    size_t size;   /* bytes of the part */
};

struct module {
    struct elf elf;
    bool is_executable;       /* ET_EXEC, or ET_DYN with DF_1_PIE */
    bool is_stamped;          /* or a Go plugin; else meta and types are empty */
    bool is_untyped;          /* the stamp was made in memory, of the dynamic symbols alone */
    bool is_go;               /* it contains Go code, as a plugin or otherwise */
    uint64_t dynamic_address; /* of the dynamic section, as linked; 0: none */
    struct elf_part dynamic_part;
    struct bytes dynamic;         /* the dynamic section; no data: none */
    struct dynamic *read_dynamic; /* what module_read_dynamic returns, in the arena, if module_read
                                     needed it; NULL: not read yet */
    struct meta meta;
    struct bytes types_section; /* what module_types reads: .BTF, or the packed types of .plugin */
    struct mapped_part lazy;    /* the same if it is large; then types_section is empty */
    struct mapped_part stamp;   /* `.plugin` of the running program, of which meta is an unchecked
                                   view; all of its file is mapped, and types_section is there */
    uint32_t pointer_size;
    const struct btf *btf;   /* what module_types has read; NULL: nothing yet. Atomic, since a lock
                                could be held by a thread that a forked child lacks. Owned */
    struct go_module *go;    /* NULL: neither a Go plugin nor a bridge to Go. Owned */
    uint64_t checksum_start; /* with `.BTF` in `lazy`, the checksum of all that precedes it */
    bool is_lasting;         /* meta, except its imports, and types_section are in no arena */
    void *kept;              /* the block of module_keep, or NULL. Owned */
};

/* Reads a module into the arena, and verifies the checksum of its stamp; that of packed types is
 * verified when they are read. A file without a stamp is read, a damaged one refused. module_move
 * and module_keep take the stamp out of the arena. On failure, the module needs no module_deinit.
 */
bool module_read(struct module *module, struct file *file, struct arena *arena,
                 struct error *error);

/* The same for a module of this process. is_go is not known if the module is not stamped and has no
 * section of Go's: to find out takes reading all dynamic symbols. The stamp of the program is
 * searched where it lies, as its code is run; only module_types verifies the checksum. */
bool module_read_loaded(struct module *module, struct file *file, bool is_program,
                        struct arena *arena, struct error *error);

/* The same without the stamp, which may be damaged. */
bool module_read_headers(struct module *module, struct file *file, struct arena *arena,
                         struct error *error);

/* Views a stamp that was made in memory; copies both sections into the arena, and frees `meta`. */
bool module_view_made_stamp(struct module *module, struct bytes meta, struct bytes btf,
                            struct arena *arena, struct error *error);

/* Returns the types of a stamped module, owned by the module; NULL with the error set. The first
 * call reads and checks them. Thread-safe. */
const struct btf *module_types(const struct module *module, struct error *error);

/* Reads the tables that the dynamic section locates into the arena. The module's ELF headers must
 * outlive the view. */
bool module_read_dynamic(struct dynamic *dynamic, const struct module *module,
                         const struct file *file, struct arena *arena, struct error *error);

/* Return the size of the stamp without its imports, and move it out of the arena into a block of
 * that size. Not after module_types. */
size_t module_lasting_size(const struct module *module);
void module_move(struct module *module, void *place);

/* Drops what only a judgement needs: the ELF headers, the dynamic section and the imports. The
 * stamp must have been moved; then nothing of the module is in the arena. */
void module_end_judgement(struct module *module);

/* Moves the stamp to the heap and ends the judgement. */
bool module_keep(struct module *module, struct error *error);

void module_deinit(struct module *module);

/* What the PT_LOAD segments span. */
struct module_memory {
    uint64_t start, end; /* addresses as linked */
    uint64_t file_end;   /* offset in the file behind all of them */
};
struct module_memory module_memory(const struct module *module);

/* Is the module for the machine that this code runs on? */
bool module_judge_machine(const struct module *module, struct error *error);

/* Can the module be opened as a plugin, judged by its file alone? */
bool module_judge(const struct module *module, struct error *error);

/* Returns the kind (enum format_symbol_kind) of the symbol that the module exports under this name,
 * according to its stamp; 0: none. */
uint32_t module_kind(const struct module *module, const char *name);

/* Adds "built by gcc 12.2.0", or "not stamped". */
void module_add_build(struct text *text, const struct module *module);

#endif
