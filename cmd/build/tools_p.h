/* SPDX-License-Identifier: MIT */
/* The tools of the compiler's target: its linker, assembler, objcopy and ar. */
#ifndef PLUGIN_TOOLS_H
#define PLUGIN_TOOLS_H

#include "build/arguments_p.h"
#include "common/run.h"

/* Runs the tool `name`, from the environment variable or else the compiler's own, with these
 * arguments. Returns an exit status. */
int tools_run(const struct build *build, const struct scratch *scratch, const char *name,
              const char *variable, const struct words *arguments);

/* Starts a command that links objects into one relocatable object. */
void tools_add_relocatable_link(struct words *command, const struct build *build,
                                const char *output);

/* Compiles a file of tables that `plugin` wrote. Returns an exit status. */
int tools_compile_tables(const struct build *build, const struct scratch *scratch,
                         const char *source, const char *object);

#endif
