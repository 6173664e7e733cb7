/* SPDX-License-Identifier: MIT */
/* The stamp: reads a linked module's DWARF, and adds a `.BTF` and a `.plugin` section to its file,
 * which describe its symbols, its packages and its uses of plugin_as. */
#ifndef PLUGIN_STAMP_H
#define PLUGIN_STAMP_H

#include "model/options.h"

/* Stamps the module at `input` and writes the result, with the input's permissions, to `output`,
 * which may be the same path. At any time `output` is the old file or the whole new one: a new file
 * beside it is renamed. A failure leaves no file behind. Stamping a stamped file gives the same
 * bytes. The options may be NULL. */
bool stamp_file(const char *input, const char *output, const struct stamp_options *options,
                struct stamp_report *report, struct error *error);

/* Makes the sections of a built-in plugin from a loadable plugin that was linked from the same
 * objects. Free them with stamp_sections_free in any case. */
bool stamp_built_in(const char *path, const struct stamp_options *options,
                    struct stamp_report *report, struct stamp_sections *sections,
                    struct error *error);

/* Adds the names, one a line, of the functions and variables of the module's packages other than
 * main. If there are any, the module is linked again with these names as --dynamic-list. An
 * executable need not export them yet. */
bool stamp_package_symbols(const char *path, struct text *names, struct error *error);

#endif
