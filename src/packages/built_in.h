/* SPDX-License-Identifier: MIT */
/* Plugins that are linked into this program. Before a plugin is opened, none of their code runs,
 * and nothing of them is read. */
#ifndef PLUGIN_BUILT_IN_H
#define PLUGIN_BUILT_IN_H

#include "process/plugin.h"

/* Finds the built-in plugin whose name is the last component of this path. */
bool built_in_find(const char *path, uint32_t *number);

/* Returns the name of plugin number `number`. */
const char *built_in_name(uint32_t number);

/* Adds "; it has: NAME, NAME" to a message, if there are any. */
void built_in_add_names(struct text *text);

/* Does the program, apart from its built-in plugins, have package declarations or imports? Known
 * before its constructors have announced them. */
bool built_in_program_has_marks(void);

/* Are the packages of all built-in plugins registered? */
bool built_in_are_registered(void);

/* Registers them. Those of the program must be registered before. */
bool built_in_register(struct error *error);

/* Returns the plugin of this number, which lives as long as the process; NULL with the error set.
 * Its symbols have no addresses until built_in_set_addresses. */
struct plugin *built_in_plugin(uint32_t number, struct error *error);

/* Sets the addresses of the plugin's symbols. Only for the thread that opens it. */
void built_in_set_addresses(struct plugin *p);

/* Returns the address of a thread-local variable in the calling thread. */
void *built_in_thread_local(const struct plugin_symbol *symbol);

/* Runs the constructors of a part of the plugin: package number `package`, or main if it has fewer
 * packages. Call it once, before the part's inits, without the lock. */
void built_in_construct(const struct plugin *p, uint32_t package);

/* The same for a main package that is not in the stamp, because it has neither imports nor inits.
 * Only for the thread that opens the plugin; a second call does nothing. */
void built_in_construct_main(struct plugin *p);

/* Returns init number `number` of that part. */
void (*built_in_init(const struct plugin *p, uint32_t package, uint64_t number))(void);

#endif
