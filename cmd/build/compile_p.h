/* SPDX-License-Identifier: MIT */
/* Running the compiler. */
#ifndef PLUGIN_COMPILE_H
#define PLUGIN_COMPILE_H

#include "build/arguments_p.h"
#include "common/run.h"

/* Runs a command and returns its exit status. A command reports its own failure; this function
 * reports a `what` that cannot be run. */
int compile_step(const struct build *build, const struct scratch *scratch, const char *what,
                 const struct words *command);

/* Compiles source number `index` of the arguments to `object`, for a built-in plugin. Returns an
 * exit status. */
int compile_object(const struct build *build, const struct scratch *scratch, size_t index,
                   const char *object);

/* Compiles and links a plugin or a program, to scratch->path. If the debug information of a linked
 * plugin shows symbols of packages, links it again, with references to these bound to the live
 * copy. Returns an exit status. */
int compile_link(const struct build *build, const struct scratch *scratch);

/* Adds the names, one a line, of the symbols of the packages in a linked plugin, which is to become
 * `output`: those that the debug information shows. Returns an exit status. */
int compile_read_shared(const char *linked, const char *output, struct text *names);

/* Links a plugin once, to scratch->path, and adds these names. Returns an exit status. */
int compile_find_shared(const struct build *build, const struct scratch *scratch,
                        struct text *names);

/* Writes names, one a line, as a dynamic list for the linker. */
bool compile_write_dynamic_list(const char *path, const char *names, struct error *error);

/* Adds the directories of the user's -L flags. */
void compile_add_library_directories(struct words *directories, const struct build *build);

#endif
