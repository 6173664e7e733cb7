/* The plugins that are linked into this program: found by name, in loaded memory. Nothing of them
 * runs, and nothing of them is looked at, before a plugin is opened. */
#ifndef PLUGIN_BUILTIN_H
#define PLUGIN_BUILTIN_H

#include "packages/package.h"

/* Is there a built-in plugin of the name that this path ends in? Sets its number. */
bool builtin_find(const char *path, uint32_t *number);

/* The name of built-in plugin number `number`. */
const char *builtin_name(uint32_t number);

/* Adds ", which are NAME, NAME" of those that there are, for a message. */
void builtin_add_names(struct text *text);

/* Was the program, into which some are linked, compiled from a file that declares or imports a
 * package? That is known before its constructors have announced any. */
bool builtin_program_has_marks(void);

/* Are their packages known, or are there none? */
bool builtin_is_adopted(void);

/* Makes the packages of all built-in plugins known, after those of the program. */
bool builtin_adopt(struct error *error);

/* The plugin of this number, as struct plugin, which lives as long as the process; NULL with the
 * error set. Its symbols have no addresses until builtin_place. */
struct plugin *builtin_plugin(uint32_t number, struct error *error);

/* Gives the plugin's symbols, which were made, their addresses. Only who opens it may call this. */
void builtin_place(struct plugin *p);

/* The address of a thread-local variable for the calling thread. */
void *builtin_thread_local(const struct plugin_symbol *symbol);

/* Runs the constructors of the plugin's part that is package number `package`, or of main if it
 * carries fewer. To be done once, before the part's inits; no lock may be held. */
void builtin_construct(const struct plugin *p, uint32_t package);

/* The same for a main package that the stamp does not list, since it has neither imports nor inits.
 * Only who opens the plugin may call this; a second call does nothing. */
void builtin_construct_main(struct plugin *p);

/* Init number `number` of that part. */
void (*builtin_init(const struct plugin *p, uint32_t package, uint64_t number))(void);

#endif
