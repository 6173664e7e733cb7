/* SPDX-License-Identifier: MIT */
/* The libraries that a module needs and that are not loaded: found as the dynamic loader would
 * (ld.so(8)) and read, so that a plugin is judged before anything is mapped. */
#ifndef PLUGIN_LIBRARIES_H
#define PLUGIN_LIBRARIES_H

#include "elf/dynamic.h"
#include "module/module.h"

/* Admits a library that is needed by this name and was found at this path, or fails. May replace
 * the file, which is open. */
typedef bool libraries_admit(const void *context, const char *name, const char *path,
                             struct file *file, struct error *error);

/* A library, or the root: the module that needs them. */
struct library {
    const char *name;   /* in DT_NEEDED; of the root, its path */
    const char *path;   /* absolute, without symbolic links */
    const char *origin; /* $ORIGIN: the directory in which it was found */
    dev_t device;       /* with inode: the file's identity */
    ino_t inode;
    size_t needed_by;            /* number of the library that needs it; 0: the root */
    const struct module *module; /* owned, except the root's */
    struct dynamic dynamic;
    struct file file; /* open if it was admitted; owned */
};

/* A library that was not found or cannot be read. */
struct missing_library {
    const char *name;
    const char *needer; /* path of the library that needs it */
    const char *reason; /* "not found in DIRECTORY, ...", or why the file is not a library */
};

/* The run path of the process's program, in which the dynamic loader searches for all libraries. */
struct libraries_program {
    const char *runpath; /* as in struct dynamic */
    bool is_rpath;
    const char *path; /* the program's */
};

/* The dynamic loader's cache, read once for several roots. */
struct library_cache {
    struct arena *arena; /* its memory */
    bool is_read;
    struct bytes bytes;
};

struct libraries {
    struct arena *arena;              /* the memory of the libraries and of their judgement */
    struct libraries_program program; /* whose run path is searched */
    struct library_cache *cache;      /* NULL: read anew */
    libraries_admit *admit;           /* NULL: all are admitted */
    const void *admit_context;
    struct library *items; /* [0]: the root; then in the dynamic loader's order, breadth first */
    size_t count, capacity;
    struct missing_library *missing;
    size_t missing_count, missing_capacity;
    bool is_linked; /* the root is linked into the process's program, and the only item */
};

/* Is the library of this name loaded? Then it is not read. */
typedef bool libraries_is_loaded(void *context, const char *name);

/* Reads the libraries that the root needs, directly or through others. Borrows the root's module
 * and dynamic tables. The caller sets the first five members of *libraries, and zeroes all others.
 * A library that is missing, damaged or for another machine than the root's is listed as missing.
 * Fails if memory or file descriptors run out, or if there are too many libraries. is_loaded may be
 * NULL. Call libraries_deinit in any case. */
bool libraries_read(struct libraries *libraries, const char *path, const struct module *module,
                    const struct dynamic *dynamic, libraries_is_loaded *is_loaded, void *context,
                    struct error *error);

/* The same for a root whose path is resolved, and which is this file. */
bool libraries_read_of(struct libraries *libraries, const char *path, const struct file *file,
                       const struct module *module, const struct dynamic *dynamic,
                       libraries_is_loaded *is_loaded, void *context, struct error *error);

void libraries_deinit(struct libraries *libraries);

/* Returns the first library, in order, that defines this symbol, or NULL. */
const struct library *libraries_find(const struct libraries *libraries, const char *name,
                                     const char *version);
const struct library *libraries_find_name(const struct libraries *libraries,
                                          struct dynamic_name name, const char *version);

#endif
