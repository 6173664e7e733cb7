/* SPDX-License-Identifier: MIT */
/* Replaces a file by its stamped copy, atomically. */
#ifndef PLUGIN_STAMP_REPLACE_H
#define PLUGIN_STAMP_REPLACE_H

#include "model/options.h"

#include <sys/stat.h>

/* Writes a copy of the input, with the sections, and renames it to `output`. Adds what it could not
 * keep of the file to the warnings. */
bool stamp_replace(int input, const struct stat *status, const char *output,
                   const struct stamp_sections *sections, struct text *warnings,
                   struct error *error);

#endif
