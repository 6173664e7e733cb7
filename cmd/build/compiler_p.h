/* SPDX-License-Identifier: MIT */
/* The compiler, and its flags that make plugins and hosts: what `plugin build` passes, and `plugin
 * flags` prints. */
#ifndef PLUGIN_COMPILER_H
#define PLUGIN_COMPILER_H

#include "build/arguments_p.h"
#include "common/run.h"

/* Adds the compiler: from --cc, the environment, or else the default. */
void compiler_add(struct words *command, const struct build *build);

/* Is a source C++, or the compiler one for C++? */
bool compiler_is_cplusplus(const struct build *build);

/* Adds what goes before the user's flags, which may override it: debug information of all types,
 * and what keeps the variables of a plugin in C++ its own. */
void compiler_add_defaults(struct words *command, const struct build *build,
                           const struct scratch *scratch);

/* Adds the directory of <plugin.h>. */
void compiler_add_headers(struct words *command);

/* Adds what the code of a plugin needs, whose packages may bind to another module's copy. */
void compiler_add_code(struct words *command);

/* Adds what a link needs that makes a plugin, or else a host. The command has the user's flags
 * already: they choose the linker. dynamic_list may be NULL. */
void compiler_add_link(struct words *command, const struct build *build, const char *dynamic_list);

/* Adds the library. */
void compiler_add_library(struct words *command, const struct build *build);

#endif
