/* SPDX-License-Identifier: MIT */
/* How deep types contain each other by value: structs, unions and arrays. Who follows their parts
 * may recurse. */
#ifndef PLUGIN_NESTING_H
#define PLUGIN_NESTING_H

#include "types/btf.h"

enum { NESTING_MAX = 128 };

/* Does no type contain itself, or others deeper than that? The first call looks, in time that grows
 * with the types. False with the error set. Thread-safe. */
bool nesting_is_bounded(const struct btf *btf, struct error *error);

#endif
