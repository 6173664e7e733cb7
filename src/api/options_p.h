/* SPDX-License-Identifier: MIT */
/* The options of an open. */
#ifndef PLUGIN_OPTIONS_P_H
#define PLUGIN_OPTIONS_P_H

#include "base/error.h"

/* Copies the options of this or an older header, or the defaults if `given` is NULL; own->trust is
 * NULL or the copy at `trust`. Fails for options that this version does not support, and for an
 * invalid policy. */
bool options_read(struct plugin_options *own, struct plugin_trust *trust,
                  const struct plugin_options *given, struct error *error);

/* Are the types to be equal as in C? Of an isolated plugin they say what is copied. */
static inline bool options_want_equal_types(const struct plugin_options *options)
{
    return options->strict || options->placement == PLUGIN_ISOLATED;
}

#endif
