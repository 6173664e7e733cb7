/* SPDX-License-Identifier: MIT */
/* How a Go plugin was built, for a build of the same kind. */
#ifndef PLUGIN_CMD_GO_SETTINGS_H
#define PLUGIN_CMD_GO_SETTINGS_H

#include "common/run.h"

/* Why -race is refused: the detector maps its shadow of a library beyond the end of memory. */
#define GO_SETTINGS_RACE "Go's race detector aborts a C program that it is loaded into"

/* Adds the flags among the settings that the plugin at this path records (struct go_module), except
 * those that the user has given, and sets the environment variables among them. Refuses flags that
 * do more than change what is compiled. */
bool go_settings_adopt(struct words *flags, const char *settings, const char *plugin_path,
                       const struct words *given, struct error *error);

#endif
