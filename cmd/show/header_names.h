/* Tells types of one name apart in a header: a module may hold types of several source files. */
#ifndef PLUGIN_HEADER_NAMES_H
#define PLUGIN_HEADER_NAMES_H

#include "src/module/module.h"
#include "src/types/print.h"

struct header_names;

/* The names of those types of a module that are reached (header_reach.h); the first type of a name
 * keeps it. NULL without memory. */
struct header_names *header_names_new(const struct module *module, const bool *is_reached);

/* How to print them. Valid as long as names. */
struct print_names header_names_printing(const struct header_names *names);

/* Is there a typedef of this name? */
bool header_names_is_typedef(const struct header_names *names, const char *name);

void header_names_free(struct header_names *names);

#endif
