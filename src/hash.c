/* The hash of the `.plugin` section. */
#include "hash.h"

uint64_t hash_words(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes, *end = at + size;
    for (uint64_t word; at < end; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = hash_step(hash, word);
    }
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

uint64_t hash_many(uint64_t hash, const void *bytes, size_t size)
{
    /* No arrays, which the compiler would leave in memory. */
    uint64_t first = hash, second = hash, third = hash, fourth = hash, words[4];
    const uint8_t *at = bytes;
    size_t left = size;
    for (; left >= sizeof words; left -= sizeof words, at += sizeof words) {
        memcpy(words, at, sizeof words);
        first = hash_step(first, words[0]);
        second = hash_step(second, words[1]);
        third = hash_step(third, words[2]);
        fourth = hash_step(fourth, words[3]);
    }
    hash = hash_step(hash_step(hash, first), second);
    hash = hash_step(hash_step(hash, third), fourth);
    return hash_end(hash, at, left, size);
}

uint32_t hash_name(const char *name)
{
    return hash_name_of(name, strlen(name));
}
