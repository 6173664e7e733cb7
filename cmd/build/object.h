/* Relocatable objects, from which built-in plugins are made. */
#ifndef PLUGIN_OBJECT_H
#define PLUGIN_OBJECT_H

#include "src/base/error.h"

#include <stddef.h>

/* Names of symbols, each with a text of its user's. A zeroed one is empty. */
struct object_name {
    char *name;
    const char *owner; /* borrowed */
};

struct object_names {
    struct object_name *items;
    size_t count, capacity;
};

enum object_symbols {
    OBJECT_DEFINED,          /* global ones; not weak ones, which others may define as well */
    OBJECT_HIDDEN,           /* those of them that other modules do not see */
    OBJECT_HIDDEN_VARIABLES, /* weak ones that can be written, as those of C++'s headers */
    OBJECT_UNDEFINED
};

/* The path that PLUGIN_PACKAGE gave to the object's file, newly allocated; "" if it gave none, or
 * that of main. */
bool object_read_package(const char *path, char **package, struct error *error);

/* Adds the object's symbols. */
bool object_add_symbols(struct object_names *names, const char *path, enum object_symbols which,
                        const char *owner, struct error *error);

void object_sort_names(struct object_names *names);

/* The name in sorted ones; NULL if it is not among them. */
const struct object_name *object_find_name(const struct object_names *names, const char *name);

void object_names_free(struct object_names *names);

/* Makes plain data of the sections that hold constructors and destructors under names of their own:
 * there are linkers that go by the type of a section, and would have them run when the program
 * starts. And makes plain weak symbols of unique ones, as g++ makes them of the variables of inline
 * functions: objcopy does not take their names away, and linkers want one of a name. The variables
 * of these names, which are in order, are hidden no more. */
bool object_make_plain(const char *path, const struct object_names *shown, struct error *error);

#endif
