/* SPDX-License-Identifier: MIT */
/* Is a file still what was opened? */
#ifndef PLUGIN_CURRENT_P_H
#define PLUGIN_CURRENT_P_H

#include "process/plugin.h"

/* Has the file at this path the content of the plugin? If not, sets the error: of an open of it, or
 * PLUGIN_ALREADY_LOADED for another plugin. */
bool current_judge(const struct plugin *p, const char *path, struct error *error);

#endif
