/* SPDX-License-Identifier: MIT */
/* Suggestions for misspelt names. */
#ifndef PLUGIN_SUGGEST_P_H
#define PLUGIN_SUGGEST_P_H

#include "format/meta.h"

/* Adds "; did you mean A, B or C?" if the module exports similar names. */
void near_add(struct text *text, const struct meta *meta, const char *name);

#endif
