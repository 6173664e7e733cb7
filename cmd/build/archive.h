/* Built-in plugins: archives of what one is made of, and bundles of them. */
#ifndef PLUGIN_ARCHIVE_H
#define PLUGIN_ARCHIVE_H

#include "build/build_arguments.h"
#include "common/run.h"

/* Makes the built-in plugin build->output. Returns an exit status. */
int archive_build(const struct build *build);

/* The names of an archive's members. Of package number N, the part is "package-N.o". */
#define ARCHIVE_MAIN    "main.o"
#define ARCHIVE_PACKAGE "package-%u.o"
#define ARCHIVE_LINK    "link" /* flags that the program needs, a line each */

/* Makes one object of the archives, at `output` in the scratch directory, and adds the flags with
 * which a program must be linked that takes it. Returns an exit status. */
int bundle_make(const struct build *build, const struct scratch *scratch,
                const char *const *archives, size_t count, const char *output, struct words *flags);

#endif
