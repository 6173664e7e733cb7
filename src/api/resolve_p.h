/* SPDX-License-Identifier: MIT */
/* Resolves the path of a plugin to a file. */
#ifndef PLUGIN_RESOLVE_P_H
#define PLUGIN_RESOLVE_P_H

#include "base/file.h"

#include <limits.h>

/* Resolves the symbolic links of a path. A path without a slash is searched for in the directories,
 * unless they are NULL. Opens *file, which must be closed, if that takes no extra system call;
 * `file` may be NULL. Returns false with the error set. */
bool resolve(char resolved[PATH_MAX], struct file *file, const char *path,
             const char *const *directories, struct error *error);

#endif
