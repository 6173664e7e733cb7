/* The interfaces of a host in its header. */
#ifndef PLUGIN_HEADER_INTERFACES_H
#define PLUGIN_HEADER_INTERFACES_H

#include "show/header_needs_p.h"
#include "src/module/module.h"
#include "src/types/print.h"

/* Adds the marks of the members of interfaces, whose structs the header has defined. */
void header_interfaces_add(struct text *text, const struct module *module,
                           struct header_needs_cache *needs, const struct print_names *names);

/* Declares the symbols that PLUGIN_EXPECTS names. */
void header_expected_add(struct text *text, const struct module *module,
                         struct header_needs_cache *needs, const struct print_names *names);

#endif
