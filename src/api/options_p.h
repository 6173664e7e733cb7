/* The options of an open. */
#ifndef PLUGIN_OPTIONS_P_H
#define PLUGIN_OPTIONS_P_H

#include "base/error.h"

/* Copies the options of this or an older header, or the defaults if `given` is NULL. Fails for
 * options that this version does not support. */
bool options_read(struct plugin_options *own, const struct plugin_options *given,
                  struct error *error);

#endif
