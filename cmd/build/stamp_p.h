/* SPDX-License-Identifier: MIT */
/* Stamping one module. */
#ifndef PLUGIN_BUILD_STAMP_H
#define PLUGIN_BUILD_STAMP_H

#include "common/run.h"

/* What a host concedes to its plugins. A zeroed one is empty. */
struct concessions {
    struct words grows;        /* types of --grows */
    struct words aliases;      /* pairs of --alias */
    struct words waiver_files; /* files of --waive */
    struct words waivers;      /* their lines, by concessions_read */
};

/* Reads the waivers. Returns EXIT_DONE or EXIT_FAILED. */
int concessions_read(struct concessions *concessions);

void concessions_deinit(struct concessions *concessions);

/* Stamps the module at `path`, which the user knows as `name`: prints warnings, shows progress.
 * library_directories are those of -L; source_directory is as in struct
 * stamp_options. Returns EXIT_DONE or EXIT_FAILED. */
int stamp_module(const char *path, const char *name, const struct words *library_directories,
                 const struct concessions *concessions, const char *source_directory);

#endif
