/* Which file a path leads to. */
#ifndef PLUGIN_RESOLVE_P_H
#define PLUGIN_RESOLVE_P_H

#include "base/file.h"

#include <limits.h>

/* The path without symbolic links. A path without a slash is looked for in the directories, unless
 * these are NULL. The file is opened on the way if that takes no system call more; else it stays
 * closed, as it was given, and so it does if it is NULL. False with the error set. */
bool resolve(char resolved[PATH_MAX], struct file *file, const char *path,
             const char *const *directories, struct error *error);

#endif
