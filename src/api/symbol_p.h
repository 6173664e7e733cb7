/* SPDX-License-Identifier: MIT */
/* Declarations of symbols. */
#ifndef PLUGIN_SYMBOL_P_H
#define PLUGIN_SYMBOL_P_H

#include "process/plugin.h"

#include <stdlib.h>

/* Keeps a text that a thread has made at the place, which is atomic. Returns it, or the one that
 * another thread has kept meanwhile. */
static inline const char *text_keep_first(char **place, char *made)
{
    char *known = NULL;
    if (__atomic_compare_exchange_n(place, &known, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return made;
    free(made);
    return known;
}

/* Returns the declaration of a function or variable of the plugin, or its name if its type was not
 * recorded (0). It is made the first time, and kept at the place. NULL with the failure published.
 * Thread-safe. */
const char *decl_get(char **place, const struct plugin *p, const char *name, uint32_t type);

#endif
