/* SPDX-License-Identifier: MIT */
/* A plugin and its symbols. */
#ifndef PLUGIN_PROCESS_PLUGIN_H
#define PLUGIN_PROCESS_PLUGIN_H

#include "base/lock.h"
#include "module/module.h"
#include <plugin.h>

#include <sys/stat.h>

struct plugin_symbol {
    void *address; /* first, because plugin_as reads it; NULL if thread-local. Of a Go function with
                      a form in C, that of its C function */
    struct plugin *plugin;
    const char *name;
    char *decl;    /* set once, by plugin_symbol_decl; atomic */
    uint32_t type; /* BTF id of its FUNC or VAR; 0: not recorded */
    enum format_symbol_kind kind;
};

/* The outcome of an open. */
enum outcome {
    OPEN_REFUSED, /* forgotten: a later open may succeed */
    OPEN_DONE,
    OPEN_FAILED /* an init failed: every later open fails likewise */
};

/* Where a plugin is in memory, see places.h. Only its plugin changes, once it is in the list, which
 * it never leaves: nothing is unmapped. */
enum { PLACE_LEVELS = 8 }; /* enough for 4 ** 8 plugins; a search among more takes longer */
struct plugin_place {
    uintptr_t start, end;
    struct plugin *plugin; /* atomic: of several for one mapping, that which was opened */
    struct plugin_place *next[PLACE_LEVELS]; /* on each level that it has; atomic */
};

/* Immutable once it is in the registry, except for the symbols' decl. */
struct plugin {
    const char *path; /* absolute, without symbolic links; of a built-in plugin its name */
    dev_t device;
    ino_t inode;
    uint64_t size;           /* of the file, in bytes */
    struct timespec changed; /* time of its last change */
    char *mapped;            /* the path given to the dynamic loader; NULL: `path`. Owned */
    int held; /* a descriptor that `mapped` leads through, open for ever once the file is mapped;
                 -1: none of its own */
    bool holds_file; /* `mapped` or `promoted` leads through the file's own descriptor, which stays
                        open */
    char *promoted;  /* the path by which the dynamic loader finds the mapped plugin again; NULL:
                        `mapped`. Owned */
    dev_t mapped_device;
    ino_t mapped_inode;
    void *pin;        /* of the file, if a copy is mapped (trust/sealed.h); else NULL. Owned */
    uint64_t content; /* equal in byte copies */
    uint64_t loaded;  /* hash of what is loaded of it */
    struct module module;
    void *handle;   /* of dlopen; of a Go plugin NULL until Go has mapped it */
    uintptr_t base; /* the difference between addresses in memory and in the stamp */
    struct module_memory memory;
    struct plugin_place place; /* with an end once plugin_find may return this plugin */
    struct carrier *carrier;   /* NULL: it carries no packages */
    struct isolated *isolated; /* NULL: it is not isolated */
    struct go_entry *entry;    /* of a Go plugin, from the start of its opening on */
    uint32_t built_in;         /* its number among the built-in plugins, plus 1; 0: it is a file */
    bool is_program;           /* it is not a plugin, but the program itself */
    bool is_global;            /* in the global scope of the dynamic loader; atomic */
    bool is_strict;            /* opened with options.strict, or isolated, where types say what is
                                  copied: plugin_as and plugin_bind are strict, too */
    bool has_own_marks;        /* isolated, opened with options.has_no_types */
    bool is_constructed; /* of a built-in plugin without a main package: its constructors ran */
    char *failure;       /* why its init failed; NULL: it did not. Owned */
    struct plugin_symbol *symbols;
    uint32_t symbol_count;
    struct filling *fillings; /* of interfaces, by api/interface.c; atomic. For ever */
    size_t kept_size; /* of the block of kept_memory with this, the symbols, the stamp and the path;
                         0: the block is the heap's */

    /* While it is being opened; guarded by the lock of base/lock.h. */
    struct thread opener;
    struct plugin *next_opening;
    bool is_retired; /* guarded by the lock */
};

/* Returns a new plugin with its path, its symbols, and the module, which it then owns, and whose
 * stamp it moves out of the arena. NULL if memory runs out; the module is then unchanged. */
struct plugin *plugin_new(const char *path, const struct module *module, struct error *error);

/* Records the file that was given, and the file to map: that one or a copy of it. */
bool plugin_set_file(struct plugin *p, const struct file *given, const struct file *file,
                     struct error *error);

/* Returns the hash that identifies copies of a plugin. */
uint64_t plugin_content(const struct module *module);

/* Is this the status of the file that was given, unchanged? */
static inline bool plugin_is_unchanged(const struct plugin *p, const struct stat *status)
{
    return status->st_dev == p->device && status->st_ino == p->inode &&
           (uint64_t)status->st_size == p->size && status->st_ctim.tv_sec == p->changed.tv_sec &&
           status->st_ctim.tv_nsec == p->changed.tv_nsec;
}

/* Frees an unreferenced plugin, or NULL. */
void plugin_discard(struct plugin *p);

#endif
