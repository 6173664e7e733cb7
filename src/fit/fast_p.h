/* SPDX-License-Identifier: MIT */
/* Symbols that fit by the hashes of their types alone. */
#ifndef PLUGIN_FIT_FAST_P_H
#define PLUGIN_FIT_FAST_P_H

#include "fit/judgement_p.h"

/* Imports and symbols that need no further judgement, by number. */
struct settled {
    bool *imports; /* of the plugin */
    bool *symbols; /* dynamic symbols of the plugin, from 1 */
    size_t left;   /* number of both that are not settled */
};

/* Finds what is settled. */
bool settled_init(struct settled *settled, const struct judgement *judgement);

#endif
