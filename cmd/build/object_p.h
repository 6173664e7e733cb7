/* SPDX-License-Identifier: MIT */
/* Relocatable objects, from which built-in plugins are made. */
#ifndef PLUGIN_OBJECT_H
#define PLUGIN_OBJECT_H

#include "src/base/error.h"

#include <stddef.h>

struct object_name {
    char *name;
    const char *owner; /* set by the caller, borrowed */
};

/* Names of symbols. A zeroed one is empty and valid. */
struct object_names {
    struct object_name *items;
    size_t count, capacity;
};

enum object_symbols {
    OBJECT_DEFINED,          /* STB_GLOBAL ones: a weak definition may be repeated elsewhere */
    OBJECT_HIDDEN,           /* those of them that are hidden or internal */
    OBJECT_HIDDEN_VARIABLES, /* hidden, weak and writable: variables of C++ headers */
    OBJECT_UNDEFINED
};

/* Sets *package to the path of the object's PLUGIN_PACKAGE, to be freed by the caller; "" for main
 * and without PLUGIN_PACKAGE. */
bool object_read_package(const char *path, char **package, struct error *error);

/* Adds the object's symbols of this kind, each with this owner. */
bool object_add_symbols(struct object_names *names, const char *path, enum object_symbols which,
                        const char *owner, struct error *error);

void object_names_sort(struct object_names *names);

/* Returns the name in sorted names, or NULL. */
const struct object_name *object_names_find(const struct object_names *names, const char *name);

void object_names_deinit(struct object_names *names);

/* Rewrites what linkers or objcopy would treat specially. Arrays of constructors and destructors
 * that the linker script renamed become SHT_PROGBITS: some linkers recognise them by the section's
 * type. STB_GNU_UNIQUE symbols become weak: objcopy cannot make them local. Hidden weak symbols
 * that are in `shared`, which is sorted, get default visibility. */
bool object_normalize(const char *path, const struct object_names *shared, struct error *error);

#endif
