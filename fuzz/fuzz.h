/* SPDX-License-Identifier: MIT */
/* Shared by the fuzz targets. A target is a function of bytes that must not crash, hang, leak or
 * break a promise. The bytes come from libFuzzer (entry.c) or from a corpus (replay.c, starve.c).
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "src/base/bytes.h"

#include <stdlib.h>

#define FUZZ_TARGET(name) void fuzz_##name(struct bytes input)

FUZZ_TARGET(elf);
FUZZ_TARGET(dynamic);
FUZZ_TARGET(meta);
FUZZ_TARGET(btf);
FUZZ_TARGET(packed);
FUZZ_TARGET(rules);
FUZZ_TARGET(fit);
FUZZ_TARGET(module);
FUZZ_TARGET(gofile);
FUZZ_TARGET(stamp);
FUZZ_TARGET(signature);
FUZZ_TARGET(crossing);

/* Set by a target that accepted its whole input, as it must every seed. */
extern bool fuzz_was_read;

/* Aborts if the promise does not hold. */
#define FUZZ_PROMISE(condition)                                                                    \
    do                                                                                             \
        if (!(condition))                                                                          \
            abort();                                                                               \
    while (0)

/* Removes a number from the front of rest and returns it, or 0 if rest is empty. */
static inline uint32_t fuzz_number(struct bytes *rest)
{
    uint32_t number = 0;
    size_t size = rest->size < sizeof number ? rest->size : sizeof number;
    memcpy(&number, rest->data, size);
    rest->data += size;
    rest->size -= size;
    return number;
}

/* Removes a part from the front of rest: a size and that many bytes, or fewer at the end. Returns a
 * copy in a block of exactly its size, so that ASan sees a read beyond the end. */
static inline struct bytes fuzz_part(struct bytes *rest)
{
    uint32_t stated = fuzz_number(rest);
    size_t size = stated < rest->size ? stated : rest->size;
    uint8_t *copy = NULL;
    while (!copy) /* starve.c lets one allocation fail */
        copy = malloc(size ? size : 1);
    memcpy(copy, rest->data, size);
    rest->data += size;
    rest->size -= size;
    return (struct bytes){copy, size};
}

static inline void fuzz_part_free(struct bytes *part)
{
    free((void *)(uintptr_t)part->data);
}

#define FUZZ_PART __attribute__((cleanup(fuzz_part_free))) struct bytes

#endif
