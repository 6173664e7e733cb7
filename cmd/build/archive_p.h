/* SPDX-License-Identifier: MIT */
/* Built-in plugins: an archive is one, a bundle is several as one object. */
#ifndef PLUGIN_ARCHIVE_H
#define PLUGIN_ARCHIVE_H

#include "build/arguments_p.h"
#include "common/run.h"

/* Makes the archive build->output. Returns an exit status. */
int archive_build(const struct build *build);

/* The members of an archive: the part of main, those of packages by their numbers, and flags. */
#define ARCHIVE_MAIN    "main.o"
#define ARCHIVE_PACKAGE "package-%u.o"
#define ARCHIVE_LINK    "link" /* flags that link a program with it, one a line */

/* Is the file a built-in plugin? */
bool bundle_is_archive(const char *path);

/* Links the archives into one object, at `output` in the scratch directory, and adds the flags that
 * link a program with it. Returns an exit status. */
int bundle_make(const struct build *build, const struct scratch *scratch,
                const char *const *archives, size_t count, const char *output, struct words *flags);

#endif
