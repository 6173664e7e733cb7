/* SPDX-License-Identifier: MIT */
/* Types of two modules that are identical but for their ids. They agree, as most types do, and are
 * found faster than by the rules. */
#ifndef PLUGIN_IDENTICAL_H
#define PLUGIN_IDENTICAL_H

#include "types/compare.h"

/* Are the types identical? May return false for identical ones: without memory, or once too much
 * work was wasted on others. The two modules are the same in every call. */
bool types_are_identical(struct type_cache *cache, const struct btf *first,
                         const struct btf *second, uint32_t first_id, uint32_t second_id);

/* Has types_are_identical found that these are identical? */
static inline bool types_are_known_identical(const struct type_cache *cache, uint32_t first_id,
                                             uint32_t second_id)
{
    return cache->identical && second_id && cache->identical[second_id] == first_id;
}

#endif
