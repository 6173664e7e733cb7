/* SPDX-License-Identifier: MIT */
/* Corrects the checksums of a stamp, so that its readers get past them. */
#ifndef FUZZ_SEAL_H
#define FUZZ_SEAL_H

#include "src/base/hash.h"
#include "src/format/meta.h"

static inline void seal_stamp(uint8_t *section, size_t size, struct bytes btf)
{
    const struct bytes whole = {section, size};
    if (size < FORMAT_HEADER_SIZE_4)
        return;
    size_t tables = meta_start_size(whole, size);
    if (tables < size) {
        uint64_t types = hash_many(HASH_START, section + tables, size - tables);
        memcpy(section + offsetof(struct format_header, types_checksum), &types, sizeof types);
    }
    uint64_t checksum = meta_checksum(whole, btf);
    memcpy(section + offsetof(struct format_header, checksum), &checksum, sizeof checksum);
}

#endif
