/* Declarations of symbols. */
#ifndef PLUGIN_SYMBOL_P_H
#define PLUGIN_SYMBOL_P_H

#include "process/plugin.h"

/* Returns the declaration of a function or variable of the plugin, or its name if its type was not
 * recorded (0); newly allocated. NULL with the error set. */
char *decl_new(const struct plugin *p, const char *name, uint32_t type, struct error *error);

#endif
