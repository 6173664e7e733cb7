/* SPDX-License-Identifier: MIT */
/* Examining files, one or many. */
#ifndef PLUGIN_EXAMINE_P_H
#define PLUGIN_EXAMINE_P_H

#include "api/opening_p.h"

/* Reads the options of an examination; see options_read. */
bool examine_read_options(struct plugin_options *options, struct plugin_trust *trust,
                          const struct plugin_options *given, struct error *error);

/* plugin_examine, with options that were read; *caller is an address in the calling module. */
plugin_file *examine(const char *path, const struct plugin_options *options, const void *caller,
                     struct error *error);

#endif
