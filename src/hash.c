/* The hash of the `.plugin` section. */
#include "hash.h"

#include <string.h>

static uint64_t step(uint64_t hash, uint64_t word)
{
    /* The rotation lets the high bits, which a product only carries upward, reach the low ones. */
    hash = (hash << 29 | hash >> 35) ^ word;
    return hash * UINT64_C(0x9e3779b97f4a7c15);
}

uint64_t hash_words(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes, *end = at + size;
    uint64_t word;
    for (; at < end; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = step(hash, word);
    }
    return hash;
}

uint64_t hash_end(uint64_t hash, const void *bytes, size_t size, uint64_t whole)
{
    uint64_t word = 0;
    size_t words = size - size % sizeof word;
    hash = hash_words(hash, bytes, words);
    if (size > words)
        memcpy(&word, (const uint8_t *)bytes + words, size - words);
    return step(step(hash, word), whole);
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    return hash_end(hash, bytes, size, size);
}

uint32_t hash_name(const char *name)
{
    return (uint32_t)(hash_bytes(HASH_START, name, strlen(name)) >> 32);
}
