/* SPDX-License-Identifier: MIT */
/* The arguments of a linker, as compilers pass them. */
#ifndef PLUGIN_LINKER_ARGUMENTS_H
#define PLUGIN_LINKER_ARGUMENTS_H

#include "build/stamp_p.h"

enum link_kind {
    LINK_NOTHING, /* an object, or nothing: there is nothing to stamp */
    LINK_PROGRAM,
    LINK_PLUGIN,
    LINK_LIBRARY, /* has a soname of its own: others are linked with it */
};

/* What the arguments ask for. */
struct link_arguments {
    struct words words; /* all, without those that are the stamp's */
    enum link_kind kind;
    const char *output;       /* NULL: none, which compilers always give */
    const char *soname;       /* NULL: none */
    const char *dynamic_list; /* what the user binds otherwise; NULL: nothing */
    bool is_shared;
    bool is_relocatable;
    bool is_dynamic;          /* a program that the dynamic loader starts */
    bool has_response_file;   /* so that the command line may be too long without */
    struct words directories; /* those of -L */
    struct concessions concessions;
};

/* Reads the arguments, a NULL at their end, and the response files that they name. Call
 * link_arguments_deinit in any case. */
bool link_arguments_init(struct link_arguments *link, char *const *arguments, struct error *error);

void link_arguments_deinit(struct link_arguments *link);

/* Is this libplugin, by -l or as a path? */
bool link_is_libplugin(const char *argument);

/* Does the argument bind the symbols of a shared object to itself? */
bool link_is_symbolic(const char *argument);

/* Writes the words as a response file, which a linker reads with @path. */
bool link_write_response_file(const char *path, const struct words *words, struct error *error);

#endif
