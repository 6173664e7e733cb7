/* The hash of the `.plugin` section, for names and for contents. It does not resist somebody who
 * wants a collision; it finds accidents, and speed is why it is not cryptographic. The exact
 * definition is part of the file format: docs/format.md. */
#ifndef PLUGIN_HASH_H
#define PLUGIN_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Continues a hash over these bytes. Each step is a bijection of the 64-bit state, so a change
 * within one 8-byte word always changes the result. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size);

/* The same for bytes that come in pieces: hash_words for each but the last, whose sizes are
 * multiples of 8; then hash_end, with the last one and the size of all together. */
uint64_t hash_words(uint64_t hash, const void *bytes, size_t size);
uint64_t hash_end(uint64_t hash, const void *bytes, size_t size, uint64_t whole);

/* Of a symbol's name, for the table of slots. */
uint32_t hash_name(const char *name);

#endif
