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

uint32_t hash_name(const char *name)
{
    return hash_name_of(name, strlen(name));
}
