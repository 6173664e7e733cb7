/* Can the parts of a built-in plugin be linked separately? Each is one relocatable object;
 * `linked` are those of the packages but main, in their order, ended by NULL. */
#ifndef PLUGIN_ARCHIVE_PARTS_H
#define PLUGIN_ARCHIVE_PARTS_H

#include "build/object_p.h"
#include "src/format/meta.h"

/* Fails if a package uses a symbol of main: its live copy may be another plugin's, where main has
 * no such symbol. */
bool archive_check_closed(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error);

/* Fails if a symbol that a package hides is used outside of it. The stamp has checked this for the
 * names of C. */
bool archive_check_hidden(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error);

/* Finds the hidden variables that several parts define, as C++ headers make them: the loadable
 * plugin has one of each. They are sorted. */
bool archive_find_common(struct object_names *common, const char *main_linked,
                         const char *const *linked, struct error *error);

#endif
