/* SPDX-License-Identifier: MIT */
/* Which struct an incomplete one is that another file of the module defines.
 *
 * Two files mean the same by a tag if one calls, or reads, what the other defines, and its type has
 * both structs in the same place. C++ has one class of each name (C++17 6.2, the one-definition
 * rule). Else they may be two private ones. */
#ifndef PLUGIN_STAMP_COMPLETIONS_H
#define PLUGIN_STAMP_COMPLETIONS_H

#include "model/model.h"
#include "src/base/table.h"

struct completions {
    struct stamp *stamp;
    struct table by_die; /* of the records' numbers */
    size_t *definitions; /* for the last of the records that are the same, a complete one; NONE
                            without one, or if they differ */
    const char **open;   /* tags of incomplete structs that must stay so, although the module
                            defines one of the tag; each once */
    size_t open_count;
};

bool completions_init(struct completions *completions, struct stamp *stamp, struct error *error);

/* Replaces an incomplete struct by the one that defines it, if there is one. */
void completions_complete(const struct completions *completions, Dwarf_Die *die);

#endif
