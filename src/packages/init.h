/* SPDX-License-Identifier: MIT */
/* Package initialisation: the inits of a package run once, after those of the packages that it
 * imports. */
#ifndef PLUGIN_INIT_H
#define PLUGIN_INIT_H

#include "packages/package.h"

enum package_result {
    PACKAGE_STARTED,
    PACKAGE_FAILED, /* an init failed, now or earlier; it will not run again */
    PACKAGE_BUSY    /* waiting for a running init would deadlock; a later start may succeed */
};

/* Initialises the packages of the module, in order. Waits for inits that run in other threads. */
enum package_result package_start(const struct carrier *carrier, struct error *error);

/* Initialises the live copy of this package, which package_find has found. */
enum package_result package_start_live(const char *path, struct error *error);

/* Initialises the packages of the modules that a mapped plugin needs (DT_NEEDED), directly or
 * through others. */
enum package_result package_start_needed(const struct plugin *p, struct error *error);

/* Runs the inits of a module that is not stamped, until one fails. */
bool init_run_unstamped(const struct plugin_init_ *first, const char *path, struct error *error);

/* Runs the PLUGIN_RETIRE blocks of a plugin. */
void init_run_retires(const struct plugin *p);

#endif
