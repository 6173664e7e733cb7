/* The steps of a stamp in this folder. */
#ifndef PLUGIN_STAMP_STAMP_P_H
#define PLUGIN_STAMP_STAMP_P_H

#include "model/model.h"
#include "stamp.h"

#include <sys/stat.h>

/* ---- sections.c: makes the sections of the module at a descriptor ---- */

/* As stamp_file and stamp_built_in. */
bool sections_make(int input, const char *path, const struct stamp_options *options,
                   bool is_built_in, struct stamp_report *report, struct stamp_sections *sections,
                   struct error *error);

/* The same, limited to the module's definitions of these names, exported or not. */
bool sections_make_filtered(int input, const struct stamp_name_set *filter,
                            const struct stamp_options *options, struct stamp_sections *sections,
                            struct error *error);

/* As stamp_package_symbols. */
bool sections_list_package_symbols(int input, struct text *names, struct error *error);

/* ---- meta_write.c ---- */

/* Returns the `.plugin` section, newly allocated. */
bool stamp_write_meta(const struct stamp *stamp, struct bytes btf, struct bytes *meta,
                      struct error *error);

/* ---- replace.c ---- */

/* Writes a copy of the input, with the sections, and renames it to `output`. Adds what it could not
 * keep of the file to the warnings. */
bool stamp_replace(int input, const struct stat *status, const char *output,
                   const struct stamp_sections *sections, struct text *warnings,
                   struct error *error);

/* ---- attributes.c ---- */

/* Gives the copy, which is written, the owner, permissions and extended attributes of the file.
 * Adds those that it cannot have to the warnings. */
bool stamp_copy_attributes(int from, int copy, const struct stat *status, struct text *warnings,
                           struct error *error);

/* ---- built_in.c ---- */

/* Checks that the plugins that are linked into the module at the descriptor fit it. */
bool stamp_check_built_ins(int input, const char *path, const struct stamp_options *options,
                           struct error *error);

#endif
