/* SPDX-License-Identifier: MIT */
/* Checks that the parts of a built-in plugin can be linked separately. Each is one relocatable
 * object; `linked` are those of the packages except main, in their order, ended by NULL. */
#ifndef PLUGIN_ARCHIVE_PARTS_H
#define PLUGIN_ARCHIVE_PARTS_H

#include "build/object_p.h"
#include "src/format/meta.h"

/* Fails if a package uses a symbol of main: its live copy may be in another plugin, whose main
 * lacks the symbol. */
bool archive_check_closed(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error);

/* Fails if a hidden symbol of a package is used outside it. The stamp has checked C names. */
bool archive_check_hidden(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error);

/* Finds the hidden variables, of C++ headers, that several parts define: the loadable plugin has
 * one of each. Sorts them. */
bool archive_find_common(struct object_names *common, const char *main_linked,
                         const char *const *linked, struct error *error);

#endif
