/* Names that somebody may have meant. */
#ifndef PLUGIN_SUGGEST_P_H
#define PLUGIN_SUGGEST_P_H

#include "format/meta.h"

/* Adds "; did you mean A, B or C?" if there are exported names near this one. */
void near_add(struct text *text, const struct meta *meta, const char *name);

#endif
