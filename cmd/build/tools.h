/* The tools of the compiler's target: its linker, assembler, objcopy and ar. */
#ifndef PLUGIN_TOOLS_H
#define PLUGIN_TOOLS_H

#include "build/build_arguments.h"
#include "common/run.h"

/* Adds the compiler, and those of the user's flags that say for which machine it works. */
void tools_add_compiler(struct words *command, const struct build *build);

/* Adds the tool of this name: what the environment variable says, or else the compiler. Returns an
 * exit status. */
int tools_add(struct words *command, const struct build *build, const struct scratch *scratch,
              const char *name, const char *variable);

/* Starts a command that makes one relocatable object of others. */
void tools_add_relocatable_link(struct words *command, const struct build *build,
                                const char *output);

/* Compiles a file of tables, written by `plugin` itself. Returns an exit status. */
int tools_compile_tables(const struct build *build, const struct scratch *scratch,
                         const char *source, const char *object);

#endif
