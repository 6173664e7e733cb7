/* SPDX-License-Identifier: MIT */
/* The reader of DT_GNU_HASH. */
#include "elf/gnu_hash.h"

#include "base/table.h"

struct gnu_hash_header {
    uint32_t bucket_count, first, filter_count, shift;
};

static inline uint32_t word_at(struct bytes words, uint32_t index)
{
    uint32_t word;
    bytes_item(words, index, &word, sizeof word);
    return word;
}

static bool buckets_lead_to_symbols(const struct gnu_hash *hash)
{
    for (uint32_t i = 0; i < hash->bucket_count; i++) {
        uint32_t first = word_at(hash->buckets, i);
        if (first && !gnu_hash_has(hash, first))
            return false;
    }
    return true;
}

/* Does each chain end, and soon? */
static bool chains_are_short(const struct gnu_hash *hash)
{
    uint32_t count = hash->end - hash->first, length = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (++length > TABLE_PROBES_MAX)
            return false;
        if (word_at(hash->chains, i) & 1)
            length = 0;
    }
    return !length;
}

bool gnu_hash_read(struct gnu_hash *hash, struct bytes table, uint32_t symbol_count, bool is_64)
{
    struct gnu_hash_header header;
    size_t word = is_64 ? sizeof(uint64_t) : sizeof(uint32_t);
    struct gnu_hash read = {.is_64 = is_64};
    *hash = (struct gnu_hash){0};
    if (table.size < sizeof header)
        return false;
    bytes_item(table, 0, &header, sizeof header);
    if (!header.bucket_count || !header.filter_count ||
        (header.filter_count & (header.filter_count - 1)) || header.shift >= 32 || !header.first ||
        header.first > symbol_count ||
        !bytes_slice(table, sizeof header, header.filter_count, word, &read.filter))
        return false;
    uint64_t at = sizeof header + read.filter.size;
    if (!bytes_slice(table, at, header.bucket_count, sizeof(uint32_t), &read.buckets))
        return false;
    at += read.buckets.size;
    /* GNU ld writes no chain for a module that defines nothing. */
    uint64_t chains = (table.size - at) / sizeof(uint32_t), room = symbol_count - header.first;
    uint32_t count = (uint32_t)(chains < room ? chains : room);
    read.chains = (struct bytes){table.data + at, count * sizeof(uint32_t)};
    read.filter_count = header.filter_count;
    read.bucket_count = header.bucket_count;
    read.shift = header.shift;
    read.first = header.first;
    read.end = header.first + count;
    if (!buckets_lead_to_symbols(&read) || !chains_are_short(&read))
        return false;
    *hash = read;
    return true;
}

bool gnu_hash_next(const struct gnu_hash *hash, uint32_t name, uint32_t *symbol)
{
    uint32_t at = *symbol;
    if (!at) {
        at = gnu_hash_may_have(hash, name) ? word_at(hash->buckets, name % hash->bucket_count) : 0;
        if (!at)
            return false;
    } else if (word_at(hash->chains, at++ - hash->first) & 1) {
        return false;
    }
    for (;; at++) {
        uint32_t word = word_at(hash->chains, at - hash->first);
        if ((word | 1) == (name | 1)) {
            *symbol = at;
            return true;
        }
        if (word & 1)
            return false;
    }
}
