/* SPDX-License-Identifier: MIT */
/* Decompression of DEFLATE (RFC 1951). The library needs libc alone, and has its own. */
#ifndef PLUGIN_INFLATE_H
#define PLUGIN_INFLATE_H

#include "base/bytes.h"

/* Decompresses one stream. Returns false unless the bytes hold exactly one, of exactly this size
 * when decompressed. */
bool inflate_bytes(struct bytes packed, uint8_t *output, size_t size);

#endif
