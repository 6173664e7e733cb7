/* A module as its file describes it: ELF headers, stamp and types, read and checked. Nobody stamps
 * a Go plugin; the same tables are made of what its own ones say. */
#ifndef PLUGIN_MODULE_H
#define PLUGIN_MODULE_H

#include "base/arena.h"
#include "base/file.h"
#include "elf/dynamic.h"
#include "format/meta.h"
#include "gofile/go_module.h"
#include "module/lazy_types.h"
#include "types/btf.h"

struct module {
    struct elf elf;
    bool is_executable;       /* of either kind: ET_EXEC, or ET_DYN with DF_1_PIE */
    bool is_stamped;          /* or a Go plugin; else meta and types are empty */
    bool is_go;               /* it holds Go code: that of a plugin, or of anything else */
    uint64_t dynamic_address; /* of the dynamic section, as linked; 0 without one */
    struct elf_part dynamic_part;
    struct bytes dynamic; /* that section; without data if there is none */
    struct meta meta;
    struct bytes btf_section; /* its types, unread: module_types reads them */
    struct deferred deferred; /* they are here, if they are many: then btf_section is empty */
    uint32_t pointer_size;
    const struct btf *btf;   /* what module_types read; NULL: nobody has asked. Read and written
                                atomically: a lock could be held by a thread that a fork does not
                                have. Owned */
    struct go_module *go;    /* NULL: it is no Go plugin, nor what opens them */
    uint64_t checksum_start; /* what its checksum continues from over types that are deferred */
    bool is_lasting;         /* meta and btf_section are in no arena, but for the imports */
    void *kept;              /* by module_keep, which has them; NULL: it was not called. Owned */
};

/* Reads a module, but for its types, of which only the checksum is known to be right. A file
 * without a stamp is no failure; a damaged one is. What it reads lies in the arena: who needs the
 * stamp for longer calls module_move or module_keep. On failure the module needs no module_deinit.
 */
bool module_read(struct module *module, struct file *file, struct arena *arena,
                 struct error *error);

/* The same without a stamp, whatever that is. */
bool module_read_headers(struct module *module, struct file *file, struct arena *arena,
                         struct error *error);

/* The types of a stamped module, read and checked when they are asked for the first time. They live
 * as long as the module. NULL with the error set. Thread-safe. */
const struct btf *module_types(const struct module *module, struct error *error);

/* Reads the dynamic tables of the module's file into the arena. The module's ELF headers must be
 * there as long as the view is in use. */
bool module_read_dynamic(struct dynamic *dynamic, const struct module *module,
                         const struct file *file, struct arena *arena, struct error *error);

/* Moves what lasts of the stamp, all but its imports, out of the arena to other memory of this
 * size, before anybody calls module_types. */
size_t module_lasting_size(const struct module *module);
void module_move(struct module *module, void *place);

/* Forgets what only a judgement needs, which is all that is still in the arena: the ELF headers,
 * the dynamic section and the imports. The stamp must have been moved. */
void module_end_judgement(struct module *module);

/* Moves the stamp to the heap and ends the judgement. */
bool module_keep(struct module *module, struct error *error);

void module_deinit(struct module *module);

/* Is it for the machine that this code runs on? */
bool module_judge_machine(const struct module *module, struct error *error);

/* Can this module be opened as a plugin, on its own machine, as far as its own bytes say? */
bool module_judge(const struct module *module, struct error *error);

/* What the module exports under this name, as its stamp says (enum format_symbol_kind); 0: nothing,
 * or it is not stamped. */
uint32_t module_kind(const struct module *module, const char *name);

/* Adds "built by gcc 12.2.0", or "not stamped". */
void module_add_build(struct text *text, const struct module *module);

#endif
