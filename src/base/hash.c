/* SPDX-License-Identifier: MIT */
/* The hashes of the `.plugin` section. */
#include "base/hash.h"

uint64_t hash_words(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes, *end = at + size;
    for (; at < end; at += sizeof(uint64_t))
        hash = hash_step(hash, bytes_whole(at));
    return hash;
}

uint64_t hash_end(uint64_t hash, const void *bytes, size_t size, uint64_t whole)
{
    size_t words = size - size % sizeof(uint64_t);
    hash = hash_words(hash, bytes, words);
    return hash_step(hash_step(hash, bytes_word((const uint8_t *)bytes + words, size - words)),
                     whole);
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    return hash_bytes_inline(hash, bytes, size);
}

void hash_lanes_begin(struct hash_lanes *lanes, uint64_t hash)
{
    *lanes = (struct hash_lanes){hash, {hash, hash, hash, hash}};
}

void hash_lanes_add(struct hash_lanes *lanes, const void *bytes, size_t size)
{
    /* Not the arrays themselves, which the compiler would leave in memory. */
    uint64_t first = lanes->lanes[0], second = lanes->lanes[1], third = lanes->lanes[2],
             fourth = lanes->lanes[3];
    const uint8_t *at = bytes;
    for (size_t left = size; left >= HASH_LANES_SIZE;
         left -= HASH_LANES_SIZE, at += HASH_LANES_SIZE) {
        first = hash_step(first, bytes_whole(at));
        second = hash_step(second, bytes_whole(at + 8));
        third = hash_step(third, bytes_whole(at + 16));
        fourth = hash_step(fourth, bytes_whole(at + 24));
    }
    lanes->lanes[0] = first;
    lanes->lanes[1] = second;
    lanes->lanes[2] = third;
    lanes->lanes[3] = fourth;
}

uint64_t hash_lanes_end(struct hash_lanes *lanes, const void *bytes, size_t size, uint64_t whole)
{
    size_t rest = size % HASH_LANES_SIZE;
    uint64_t hash = lanes->start;
    hash_lanes_add(lanes, bytes, size - rest);
    for (size_t i = 0; i < sizeof lanes->lanes / sizeof *lanes->lanes; i++)
        hash = hash_step(hash, lanes->lanes[i]);
    return hash_end(hash, (const uint8_t *)bytes + (size - rest), rest, whole);
}

uint64_t hash_many(uint64_t hash, const void *bytes, size_t size)
{
    struct hash_lanes lanes;
    hash_lanes_begin(&lanes, hash);
    return hash_lanes_end(&lanes, bytes, size, size);
}

uint32_t hash_name(const char *name)
{
    return hash_name_of(name, strlen(name));
}
