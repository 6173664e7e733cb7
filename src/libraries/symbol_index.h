/* Which of a plugin and the libraries that it brings along defines a symbol: an index over all of
 * them, so that a name is not looked for in each. */
#ifndef PLUGIN_DEFINITIONS_H
#define PLUGIN_DEFINITIONS_H

#include "libraries/libraries.h"

struct definition;

struct definitions {
    const struct libraries *libraries;
    struct definition *items; /* lists, one for each hash of a name, by the order of libraries */
    size_t *heads;            /* of each list, the number of its first item, plus 1; 0: empty */
    size_t count, head_count;
    uint64_t work_left; /* what all searches together may still cost */
};

/* Makes the index of the libraries, in their arena. */
bool definitions_make(struct definitions *definitions, const struct libraries *libraries,
                      struct error *error);

/* What libraries_find finds; *library is NULL if there is none. Fails when the searches have cost
 * more than those of any plugin do. */
bool definitions_find(struct definitions *definitions, const char *name, const char *version,
                      const struct library **library, struct error *error);

#endif
