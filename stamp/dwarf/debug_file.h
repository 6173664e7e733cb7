/* SPDX-License-Identifier: MIT */
/* The file with the module's debug information. */
#ifndef PLUGIN_STAMP_DEBUG_FILE_H
#define PLUGIN_STAMP_DEBUG_FILE_H

#include "model/model.h"

/* Has the module itself no debug information? */
bool debug_file_is_needed(const struct stamp *stamp);

/* Sets stamp->dwarf. */
bool debug_file_open(struct stamp *stamp, struct error *error);

/* Does the debug information contain this string, with its NUL? */
bool debug_file_holds(const struct stamp *stamp, const char *string);

#endif
