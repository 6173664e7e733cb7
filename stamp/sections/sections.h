/* SPDX-License-Identifier: MIT */
/* Makes the two sections of a module, and judges the plugins that are built into it. */
#ifndef PLUGIN_STAMP_SECTIONS_H
#define PLUGIN_STAMP_SECTIONS_H

#include "model/options.h"

/* ---- sections.c: of the module at a descriptor ---- */

/* As stamp_file and stamp_built_in. */
bool sections_make(int input, const char *path, const struct stamp_options *options,
                   bool is_built_in, struct stamp_report *report, struct stamp_sections *sections,
                   struct error *error);

/* As stamp_package_symbols. */
bool sections_list_package_symbols(int input, struct text *names, struct error *error);

/* ---- built_in.c ---- */

/* Checks that the plugins that are linked into the module at the descriptor fit it. */
bool stamp_check_built_ins(int input, const char *path, const struct stamp_options *options,
                           struct error *error);

#endif
