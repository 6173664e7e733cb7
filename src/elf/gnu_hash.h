/* SPDX-License-Identifier: MIT */
/* DT_GNU_HASH: the table in which the dynamic loader finds a module's symbols by their names
 * (glibc: elf/dl-lookup.c). It has those from one number on, sorted by bucket; a filter tells of
 * most other names that they are not there. */
#ifndef PLUGIN_GNU_HASH_H
#define PLUGIN_GNU_HASH_H

#include "base/bytes.h"

/* A zeroed one is absent. */
struct gnu_hash {
    struct bytes filter;  /* words of the module's class */
    struct bytes buckets; /* number of the bucket's first symbol; 0: none */
    struct bytes chains;  /* for each symbol, the hash of its name; the lowest bit ends a bucket */
    uint32_t filter_count, bucket_count, shift;
    uint32_t first, end; /* numbers of the symbols in it */
    bool is_64;
};

/* Views a table of a module with this many symbols. False, and it is absent, if it is damaged, or
 * if a search in it would be long. Each bucket leads to a symbol. */
bool gnu_hash_read(struct gnu_hash *hash, struct bytes table, uint32_t symbol_count, bool is_64);

static inline bool gnu_hash_is_present(const struct gnu_hash *hash)
{
    return hash->bucket_count;
}

static inline bool gnu_hash_has(const struct gnu_hash *hash, uint32_t symbol)
{
    return symbol >= hash->first && symbol < hash->end;
}

static inline uint32_t gnu_hash_name(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (uint8_t)*name;
    return hash;
}

/* Does the filter of a table that is present let a name of this hash through? */
static inline bool gnu_hash_may_have(const struct gnu_hash *hash, uint32_t name)
{
    uint64_t word;
    if (hash->is_64) {
        bytes_item(hash->filter, (name / 64) & (hash->filter_count - 1), &word, sizeof word);
        return word >> (name % 64) & word >> ((name >> hash->shift) % 64) & 1;
    }
    uint32_t narrow;
    bytes_item(hash->filter, (name / 32) & (hash->filter_count - 1), &narrow, sizeof narrow);
    return narrow >> (name % 32) & narrow >> ((name >> hash->shift) % 32) & 1;
}

/* Sets *symbol to the next symbol whose name has this hash, in the order of their numbers; at first
 * it is 0. False if there is none. */
bool gnu_hash_next(const struct gnu_hash *hash, uint32_t name, uint32_t *symbol);

#endif
