/* Symbols that fit for certain, by the hashes of their types. */
#ifndef PLUGIN_FIT_FAST_P_H
#define PLUGIN_FIT_FAST_P_H

#include "fit/judgement_p.h"

/* What needs no further judgement, by number. */
struct settled {
    bool *imports; /* of the plugin */
    bool *symbols; /* dynamic symbols of the plugin, from 1 */
    size_t left;   /* how many of both are not settled */
};

/* Finds them. */
bool settled_init(struct settled *settled, const struct judgement *judgement);

#endif
