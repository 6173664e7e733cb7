/* The modules of this process whose stamps were read: those that ask for types, those that provide
 * what a plugin uses, and those that carry packages. */
#ifndef PLUGIN_LOADED_H
#define PLUGIN_LOADED_H

#include "module/module.h"

#include <limits.h>

struct loaded {
    uintptr_t base; /* what is added to an address as linked */
    bool is_program;
    char *path;
    dev_t device;
    ino_t inode;
    struct module module; /* without ELF headers; perhaps not stamped */

    /* A copy of the program headers, as loaded: another module may get this place later. */
    void *segments;
    size_t segments_size;
    struct loaded *next;
};

/* The module that this address is in, read when it is asked for the first time. It lives as long as
 * the process. NULL with the error set: PLUGIN_UNSUPPORTED if the dynamic loader knows of no module
 * there, else why its file could not be read. */
const struct loaded *loaded_find(const void *address, struct error *error);

/* The C library, which is never unmapped: once this was called with the address of something in it,
 * it is known. NULL: it is not known yet; with the error set if it cannot be read. */
const struct loaded *loaded_libc(const void *address, struct error *error);

/* The module number `index` in the order in which they were loaded; the program is the first one.
 * *end is true, and NULL returned without an error, behind the last one. */
const struct loaded *loaded_at(unsigned index, bool *end, struct error *error);

/* What the dynamic loader calls the module that this address is in, and where that is. False for
 * the program, and if no module is there. Without allocating: constructors, which cannot fail, ask.
 */
bool loaded_name(const void *address, char name[static PATH_MAX], uintptr_t *base, uintptr_t *end);

#endif
