/* The hash of the `.plugin` section. */
#include "hash.h"

#include <string.h>

static uint64_t step(uint64_t hash, uint64_t word)
{
    /* The rotation lets the high bits, which a product only carries upward, reach the low ones. */
    hash = (hash << 29 | hash >> 35) ^ word;
    return hash * UINT64_C(0x9e3779b97f4a7c15);
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint64_t word;
    size_t left = size;
    for (; left >= sizeof word; left -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = step(hash, word);
    }
    word = 0;
    if (left)
        memcpy(&word, at, left);
    hash = step(hash, word);
    return step(hash, size);
}

uint32_t hash_name(const char *name)
{
    return (uint32_t)(hash_bytes(HASH_START, name, strlen(name)) >> 32);
}
