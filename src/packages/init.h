/* Running the inits of one package. */
#ifndef PLUGIN_INIT_H
#define PLUGIN_INIT_H

#include "base/error.h"
#include "packages/package.h"

/* Runs the inits of package number `number` of a mapped module, until one calls plugin_init_fail.
 * No lock may be held. */
bool init_run(const struct carrier *carrier, uint32_t number, struct error *error);

/* The same for the inits of a module that is not stamped, once all have called. */
bool init_run_unstamped(const struct plugin_init_ *first, const char *path, struct error *error);

#endif
