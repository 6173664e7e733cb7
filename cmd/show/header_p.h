/* SPDX-License-Identifier: MIT */
/* plugin header and its parts: which types it prints, under which names, and the assertions of
 * --check. */
#ifndef PLUGIN_HEADER_H
#define PLUGIN_HEADER_H

#include "src/module/module.h"
#include "src/types/print.h"

/* Adds the header of a module, whose types were read; `path` names it there. */
bool header_add(struct text *text, const char *path, const struct module *module,
                struct error *error);

/* Returns, for each type id of the module, whether a symbol, a use of plugin_as or an interface
 * reaches it: a module also holds the types of shared symbols and imports. To be freed by the
 * caller; NULL without memory. */
bool *header_reach(const struct module *module);

/* Unique names for the types that are reached. If types of several source files have one name, all
 * but the first get a suffix. */
struct header_names;

/* Returns NULL without memory. */
struct header_names *header_names_new(const struct module *module, const bool *is_reached);
void header_names_free(struct header_names *names);

/* Returns how to print them, which borrows the names. */
struct print_names header_names_printing(const struct header_names *names);

/* Is there a typedef of this name? */
bool header_names_is_typedef(const struct header_names *names, const char *name);

/* Adds _Static_assert lines for the types that are reached: the size of each named, complete struct
 * and union, the offset and type of each of its members, each typedef, each enumerator. C has no
 * expression for the offset or type of a bit-field. */
void header_check_add(struct text *text, const struct btf *btf, const struct print_names *names,
                      const bool *is_reached);

#endif
