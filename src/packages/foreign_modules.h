/* SPDX-License-Identifier: MIT */
/* Modules that this library did not open and that contain packages or inits: the program, the
 * libraries that it is linked with, what others load. The constructors that PLUGIN_PACKAGE and
 * PLUGIN_INIT leave in them announce them. */
#ifndef PLUGIN_FOREIGN_MODULES_H
#define PLUGIN_FOREIGN_MODULES_H

#include "process/loaded.h"
#include "process/plugin.h"

/* Registers the packages of all modules that have announced themselves. `opened` is the plugin that
 * was just mapped, and may have brought some of them along, or NULL. */
bool foreign_modules_register(const struct plugin *opened, struct error *error);

/* Was this package announced by a module that is not stamped, or cannot be read? Then nothing else
 * is known of it. Sets *module; to NULL if the module cannot be read. */
bool foreign_modules_find_unknown(const char *package, const struct loaded **module);

/* Runs deferred inits, which could not run when their module was loaded: the dynamic loader was
 * working for plugin_open, or another thread had a package that they need. Defers them again if
 * that is still so. Fails if memory runs out, or if an init of an unstamped module fails. A failure
 * in a stamped one is remembered, and package_start_needed returns it. */
bool foreign_modules_start(const struct plugin *opened, struct error *error);

#endif
