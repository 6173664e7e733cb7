/* The modules that carry packages, or have inits, and were not opened by this library: the program,
 * the libraries that it is linked with, and what others load. They announce themselves by the
 * constructors that PLUGIN_PACKAGE and PLUGIN_INIT leave. */
#ifndef PLUGIN_ANNOUNCE_H
#define PLUGIN_ANNOUNCE_H

#include "packages/package.h"

/* Makes the packages of all that have announced themselves known. `opened` is the plugin that was
 * just mapped, and may have brought some of them along; NULL: none. */
bool announce_adopt(const struct plugin *opened, struct error *error);

/* Has a module announced this package of which nothing else is known, since it is not stamped, or
 * cannot be read? *module is NULL in the latter case. */
bool announce_is_unknown(const char *package, const struct loaded **module);

/* Starts the modules whose inits could not run when they were loaded: because the dynamic loader
 * was at work for plugin_open, or because another thread was busy with a package that they need.
 * Those for which that is still so go on waiting. Fails for want of memory, or if the inits of a
 * module fail that is not stamped: of others, package_start_needed tells. */
bool announce_start(const struct plugin *opened, struct error *error);

#endif
