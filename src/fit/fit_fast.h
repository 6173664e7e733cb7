/* Symbols that fit for certain, by the hashes of their types. */
#ifndef PLUGIN_FIT_SETTLED_H
#define PLUGIN_FIT_SETTLED_H

#include "fit/judgement.h"

/* By number, whether there is nothing left to judge. */
struct settled {
    bool *imports; /* of the plugin */
    bool *symbols; /* dynamic symbols of the plugin, from 1 */
    size_t left;   /* of both together, those that are to be judged */
};

/* Finds them. Free with settled_free in any case. */
bool settle(struct settled *settled, const struct judgement *judgement);
void settled_free(struct settled *settled);

#endif
