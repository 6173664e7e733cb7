/* SPDX-License-Identifier: MIT */
/* Types in the form in which `.plugin` holds many of them: docs/format.md, "Packed types". */
#ifndef PLUGIN_PACKED_H
#define PLUGIN_PACKED_H

#include "base/bytes.h"
#include "base/error.h"

/* The most that packed types may grow by: their reader's cost is bounded by the size of the file.
 */
enum {
    PACKED_INFLATED_MAX = 32, /* times as long as before, once decompressed */
    PACKED_RECORDS_MAX = 4    /* records of BTF, as many times as long as that */
};

/* Unpacks types, of this size when decompressed, to a `.BTF` section in the heap, owned by the
 * caller. btf_read checks what they say. */
bool packed_read(struct bytes packed, size_t inflated_size, struct bytes *btf, struct error *error);

#endif
