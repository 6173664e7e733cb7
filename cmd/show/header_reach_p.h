/* The types that a header needs: a module also holds those of shared symbols and imports. */
#ifndef PLUGIN_HEADER_REACH_H
#define PLUGIN_HEADER_REACH_H

#include "src/module/module.h"

/* Returns, for each type id of the module, whether a symbol or a use of plugin_as reaches it; to be
 * freed by the caller. NULL without memory. */
bool *header_reach(const struct module *module);

#endif
