/* SPDX-License-Identifier: MIT */
/* The hashes of the `.plugin` section, for names and contents (docs/format.md defines them). They
 * detect accidents; they resist no attacker, and are faster for it. */
#ifndef PLUGIN_HASH_H
#define PLUGIN_HASH_H

#include "base/bytes.h"

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Continues a hash over these bytes. Each step is a bijection of the 64-bit state, so a change
 * within one 8-byte word always changes the result. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size);

/* The same in pieces: hash_words for each but the last, of sizes that are multiples of 8; then
 * hash_end for the last one, with the total size. */
uint64_t hash_words(uint64_t hash, const void *bytes, size_t size);
uint64_t hash_end(uint64_t hash, const void *bytes, size_t size, uint64_t whole);

/* Another hash, for many bytes, in four lanes that a processor computes in parallel. */
uint64_t hash_many(uint64_t hash, const void *bytes, size_t size);

/* The same in pieces: hash_lanes_add for each but the last, of sizes that are multiples of
 * HASH_LANES_SIZE; then hash_lanes_end for the last one, with the total size. */
enum { HASH_LANES_SIZE = 4 * sizeof(uint64_t) };
struct hash_lanes {
    uint64_t start, lanes[4];
};
void hash_lanes_begin(struct hash_lanes *lanes, uint64_t hash);
void hash_lanes_add(struct hash_lanes *lanes, const void *bytes, size_t size);
uint64_t hash_lanes_end(struct hash_lanes *lanes, const void *bytes, size_t size, uint64_t whole);

/* The hash of a symbol's name, in slots and imports. */
uint32_t hash_name(const char *name);

/* ---- the same, in the place that asks ---- */

static inline uint64_t hash_step(uint64_t hash, uint64_t word)
{
    /* The rotation moves high bits down; a product only carries upward. */
    hash = (hash << 29 | hash >> 35) ^ word;
    return hash * UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint64_t hash_bytes_inline(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    size_t left = size;
    for (; left >= sizeof(uint64_t); left -= sizeof(uint64_t), at += sizeof(uint64_t))
        hash = hash_step(hash, bytes_whole(at));
    hash = hash_step(hash, bytes_word(at, left));
    return hash_step(hash, size);
}

/* The hash of a name of this length. Its last word ends with the name, and may overlap the one
 * before. */
static inline uint32_t hash_name_of(const char *name, size_t length)
{
    const uint8_t *at = (const uint8_t *)name;
    uint64_t hash = HASH_START, last;
    if (length < sizeof last) {
        last = bytes_few(at, length);
    } else {
        for (size_t i = 0; i < length - sizeof last; i += sizeof last)
            hash = hash_step(hash, bytes_whole(at + i));
        last = bytes_whole(at + length - sizeof last);
    }
    return (uint32_t)(hash_step(hash_step(hash, last), length) >> 32);
}

#endif
