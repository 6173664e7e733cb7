/* SPDX-License-Identifier: MIT */
/* The modules of this process whose files were read. */
#ifndef PLUGIN_LOADED_H
#define PLUGIN_LOADED_H

#include "module/module.h"

#include <limits.h>

struct loaded {
    uintptr_t base; /* the difference between addresses in memory and in the file */
    bool is_program;
    char *path;
    dev_t device;
    ino_t inode;
    const struct module *module; /* without ELF headers; it may have no stamp: `own`, or that of an
                                    open plugin, whose file may have been replaced since */
    struct module own;

    /* A copy of the program headers: they show whether another module has taken this place since.
     */
    void *segments;
    size_t segments_size;
    struct loaded *next;
};

/* Returns the module that contains this address, and reads it the first time. It lives as long as
 * the process. NULL with the error set: PLUGIN_UNSUPPORTED if no module contains the address, or
 * why the file cannot be read. */
const struct loaded *loaded_find(const void *address, struct error *error);

/* Returns the C library, once a first call has passed an address in it; its file is not read. NULL
 * if it is not known yet; with the error set if it cannot be found. */
const struct loaded *loaded_libc(const void *address, struct error *error);

/* Returns the module number `index` in the order of loading; the program is the first one. After
 * the last one, NULL without an error, and *end is true. */
const struct loaded *loaded_at(unsigned index, bool *end, struct error *error);

/* Gets the dynamic loader's name of the module with this address, and its place. False for the
 * program, and if there is no such module. Allocates nothing, as the constructors that call it
 * cannot fail. */
bool loaded_name(const void *address, char name[static PATH_MAX], uintptr_t *base, uintptr_t *end);

/* The same for module number `index` in the order of loading; false for the program, number 0, and
 * after the last one. */
bool loaded_name_at(unsigned index, char name[static PATH_MAX], uintptr_t *base, uintptr_t *end);

/* Is the stack of the first thread executable? */
bool loaded_stack_is_executable(void);

/* Is the module with this address mapped from this file? */
bool loaded_is_file(const void *address, const struct file *file);

#endif
