/* SPDX-License-Identifier: MIT */
/* What a file has besides its bytes. */
#ifndef PLUGIN_STAMP_ATTRIBUTES_P_H
#define PLUGIN_STAMP_ATTRIBUTES_P_H

#include "src/base/error.h"

#include <sys/stat.h>

/* Gives the copy, which is written, the owner, permissions and extended attributes of the file.
 * Adds those that it cannot have to the warnings. */
bool stamp_copy_attributes(int from, int copy, const struct stat *status, struct text *warnings,
                           struct error *error);

#endif
