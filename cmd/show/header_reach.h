/* Which types a header needs: a module also holds those of what it shares and imports. */
#ifndef PLUGIN_HEADER_REACH_H
#define PLUGIN_HEADER_REACH_H

#include "src/module/module.h"

/* For each type of the module, by its id: do its symbols, or its uses of plugin_as, reach it? The
 * caller frees the array. NULL without memory. */
bool *header_reach(const struct module *module);

#endif
