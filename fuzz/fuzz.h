/* What the fuzz targets share. A target is a function of bytes, which must not crash, hang, leak,
 * or break a promise; libFuzzer makes the bytes up (entry.c), or they come from a corpus
 * (replay.c). */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "src/base/bytes.h"

#include <stdlib.h>

#define FUZZ_TARGET(name) void fuzz_##name(struct bytes input)

FUZZ_TARGET(elf);
FUZZ_TARGET(dynamic);
FUZZ_TARGET(meta);
FUZZ_TARGET(btf);
FUZZ_TARGET(rules);
FUZZ_TARGET(fit);
FUZZ_TARGET(module);
FUZZ_TARGET(gofile);
FUZZ_TARGET(stamp);
FUZZ_TARGET(signature);

/* Set by a target that has read its input to the end: of a seed, that is what it is there for. */
extern bool fuzz_was_read;

/* A promise, without which the target ends as by a crash. */
#define FUZZ_PROMISE(condition)                                                                    \
    do                                                                                             \
        if (!(condition))                                                                          \
            abort();                                                                               \
    while (0)

/* Takes a number off the front; 0 if there is none. */
static inline uint32_t fuzz_number(struct bytes *rest)
{
    uint32_t number = 0;
    size_t size = rest->size < sizeof number ? rest->size : sizeof number;
    memcpy(&number, rest->data, size);
    rest->data += size;
    rest->size -= size;
    return number;
}

/* Takes a part off the front: its size, as a number, and that many bytes, or what is left. It is
 * copied into a block of exactly its size, so that a read beyond its end is seen. */
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
