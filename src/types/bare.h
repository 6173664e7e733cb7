/* A type as it is compared: without its qualifiers and typedefs. */
#ifndef PLUGIN_BARE_H
#define PLUGIN_BARE_H

#include "types/btf.h"

struct bare {
    uint32_t id;
    unsigned qualifiers; /* a bit each */
    bool atomic;
    unsigned links; /* that were followed: what finding it has cost */
    struct btf_type type;
};

struct bare bare_type(const struct btf *btf, uint32_t id);

/* The qualifiers of what a pointer points to; an array's are those of its elements (C11 6.7.3p9).
 * What finding them has cost is added to *links. */
unsigned bare_qualifiers(const struct btf *btf, uint32_t id, unsigned *links);

#endif
