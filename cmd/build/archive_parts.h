/* The parts of a built-in plugin, each linked into one object. */
#ifndef PLUGIN_ARCHIVE_PARTS_H
#define PLUGIN_ARCHIVE_PARTS_H

#include "build/object.h"
#include "src/format/meta.h"

/* Does no package refer to what main's files define? The live copy of the package may be another
 * plugin's, which has no such thing. `linked` are the objects of the packages but main, in their
 * order, and NULL. */
bool archive_check_closed(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error);

/* Does nothing refer to what a package hides? Of names of C, the stamp has told before. */
bool archive_check_hidden(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error);

/* Finds the names of variables that more than one part defines, as C++ does with those of headers,
 * and hides: the loadable plugin has one of each. They are in order. */
bool archive_find_common(struct object_names *common, const char *main_linked,
                         const char *const *linked, struct error *error);

#endif
