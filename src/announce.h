/* The modules that carry packages, or have inits, and were not opened by this library: the program,
 * the libraries that it is linked with, and what others load. They announce themselves by the
 * constructors that PLUGIN_PACKAGE and PLUGIN_INIT leave. */
#ifndef PLUGIN_ANNOUNCE_H
#define PLUGIN_ANNOUNCE_H

#include "package.h"

/* Makes the packages of all that have announced themselves known. */
bool announce_adopt(struct error *error);

/* Starts the modules that came with a plugin, whose inits map_plugin was left with; the plugin
 * itself, at this base, is passed over. */
enum package_result announce_start(struct plugin_init_ *waiting, uintptr_t base,
                                   struct error *error);

#endif
