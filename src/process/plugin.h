/* A plugin and its symbols. */
#ifndef PLUGIN_PROCESS_PLUGIN_H
#define PLUGIN_PROCESS_PLUGIN_H

#include "base/lock.h"
#include "module/module.h"
#include <plugin.h>

struct plugin_symbol {
    void *address; /* first, because plugin_as reads it; NULL for a thread-local variable. Of a Go
                      function, that of its C function, if it has a C form */
    struct plugin *plugin;
    const char *name;
    char *decl;    /* written once, by plugin_symbol_decl; read and written atomically */
    uint32_t type; /* BTF id of its FUNC or VAR; 0: not recorded */
    enum format_symbol_kind kind;
};

/* What came of a plugin that was to be opened. */
enum outcome {
    OPEN_REFUSED, /* nothing of it is remembered: a later open may succeed */
    OPEN_DONE,
    OPEN_FAILED /* an init failed, which is remembered */
};

/* Nothing in it changes once the registry has it, but for each symbol's decl. */
struct plugin {
    const char *path; /* absolute, without symbolic links; of a built-in one its name */
    dev_t device;
    ino_t inode;
    char *mapped; /* the path that the dynamic loader gets: that of a sealed copy; NULL: `path`.
                     Owned */
    dev_t mapped_device;
    ino_t mapped_inode;
    uint64_t content; /* equal in copies */
    struct module module;
    void *handle;            /* of dlopen; of a Go plugin NULL until it is mapped */
    uintptr_t base;          /* what is added to an address of its stamp */
    struct carrier *carrier; /* NULL: it carries no packages */
    struct go_entry *entry;  /* of a Go plugin, while it is being opened, and after */
    uint32_t built_in;       /* its number among the built-in ones, plus 1; 0: it is a file */
    bool is_constructed;     /* of a built-in one without a main package: its constructors ran */
    char *failure; /* why its init failed, which is what every open of it says; NULL. Owned */
    struct plugin_symbol *symbols;
    uint32_t symbol_count;
    size_t kept_size; /* of the block of kept_memory with this, the symbols, the stamp and the path;
                         0: it is the heap's */

    /* While it is being opened; guarded by the registry's lock. */
    struct sync_thread opener;
    struct plugin *next_opening;
};

/* Returns a plugin with everything that lasts of it: a copy of its path, its symbols, and the
 * module, which it takes over, with the stamp moved out of its arena. NULL without memory; then the
 * module stays as it is. */
struct plugin *plugin_new(const char *path, const struct module *module, struct error *error);

/* Frees one that nobody can have a pointer into; or NULL. */
void plugin_free(struct plugin *p);

#endif
