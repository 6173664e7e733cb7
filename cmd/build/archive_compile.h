/* Compiling a source of a built-in plugin. */
#ifndef PLUGIN_ARCHIVE_COMPILE_H
#define PLUGIN_ARCHIVE_COMPILE_H

#include "build/build_arguments.h"
#include "common/run.h"

/* Compiles the source that is argument number `index` of the build, with the user's flags, to
 * `object`. Returns an exit status. */
int archive_compile(const struct build *build, const struct scratch *scratch, size_t index,
                    const char *object);

#endif
