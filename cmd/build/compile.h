/* Running the compiler, as `plugin build` does. */
#ifndef PLUGIN_COMPILE_H
#define PLUGIN_COMPILE_H

#include "build/build_arguments.h"
#include "common/run.h"

/* Adds the compiler itself: what the user says, or else the environment, or else the usual name. */
void compile_add_compiler(struct words *command, const struct build *build);

/* Is a source C++, or the compiler one for C++? */
bool compile_is_cplusplus(const struct build *build);

/* Adds, to the compiler of a plugin in C++, a flag: g++ has all modules of a process share, by
 * name, the variables of inline functions and of templates, however they were linked and opened.
 * Those of two plugins may be different ones. */
void compile_add_uniqueness(struct words *command, const struct build *build,
                            const struct scratch *scratch);

/* Runs a command. Its failure is its own to explain, unless it cannot be run. Returns its exit
 * status. */
int compile_step(const struct build *build, const struct scratch *scratch, const char *what,
                 const struct words *command);

/* Compiles and links a plugin or a host, to scratch->path. `shared` is the dynamic list of the
 * packages' symbols, NULL if there are none, as far as is known. Returns an exit status. */
int compile_link(const struct build *build, const struct scratch *scratch, const char *shared);

/* Which symbols are those of packages, the debug information of the linked plugin tells: if there
 * are some, it is linked again, so that their references bind to the live copy. Returns an exit
 * status. */
int compile_share_packages(const struct build *build, const struct scratch *scratch);

/* Adds where <plugin.h> is. */
void compile_add_headers(struct words *command);

/* Adds the directories that the user names for libraries (-L). */
void compile_add_library_directories(struct words *directories, const struct build *build);

#endif
