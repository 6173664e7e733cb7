/* Stamping one module. */
#ifndef PLUGIN_BUILD_STAMP_H
#define PLUGIN_BUILD_STAMP_H

#include "common/run.h"

/* Stamps the module at `path`, which the user knows as `name`: prints warnings, shows progress.
 * library_directories are those of -L, grows the types of --grows or NULL; source_directory is as
 * in struct stamp_options. Returns EXIT_DONE or EXIT_FAILED. */
int stamp_module(const char *path, const char *name, const struct words *library_directories,
                 const struct words *grows, const char *source_directory);

#endif
