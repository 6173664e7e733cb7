/* SPDX-License-Identifier: MIT */
/* Structs that grow at their end: which may, and by which promise. */
#ifndef PLUGIN_GROWTH_H
#define PLUGIN_GROWTH_H

#include "types/btf.h"

/* Returns why the struct could not grow at its end without harm, in words that continue "struct api
 * cannot grow: "; NULL if it can. */
const char *growth_obstacle(const struct btf *btf, uint32_t id);

#endif
