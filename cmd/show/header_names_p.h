/* Unique names for a header: types of several source files may have the same one. */
#ifndef PLUGIN_HEADER_NAMES_H
#define PLUGIN_HEADER_NAMES_H

#include "src/module/module.h"
#include "src/types/print.h"

struct header_names;

/* Returns the names of those types of a module that are reached (header_reach_p.h); all types of
 * one name but the first have a suffix. NULL without memory. */
struct header_names *header_names_new(const struct module *module, const bool *is_reached);

/* Returns how to print them, which borrows the names. */
struct print_names header_names_printing(const struct header_names *names);

/* Is there a typedef of this name? */
bool header_names_is_typedef(const struct header_names *names, const char *name);

void header_names_free(struct header_names *names);

#endif
