/* SPDX-License-Identifier: MIT */
/* Unpacks types. The input: a number, the size of the types when decompressed, or 0: they are not
 * compressed; then the types. */
#include "src/types/packed.h"
#include "fuzz/fuzz.h"
#include "src/types/btf.h"

/* Returns the types as a block of DEFLATE that is not compressed, in the heap; at most 65,535
 * bytes. */
static struct bytes store(struct bytes types)
{
    uint8_t *stored = NULL;
    size_t size = types.size < UINT16_MAX ? types.size : UINT16_MAX;
    while (!stored) /* starve.c lets one allocation fail */
        stored = malloc(size + 5);
    stored[0] = 1;
    stored[1] = (uint8_t)size;
    stored[2] = (uint8_t)(size >> 8);
    stored[3] = (uint8_t)~stored[1];
    stored[4] = (uint8_t)~stored[2];
    memcpy(stored + 5, types.data, size);
    return (struct bytes){stored, size + 5};
}

FUZZ_TARGET(packed)
{
    uint32_t size = fuzz_number(&input);
    FUZZ_PART stored = {NULL, 0};
    struct bytes section;
    struct btf btf;
    ERROR_AUTO error = {0};
    if (!size) {
        stored = store(input);
        input = stored;
        size = (uint32_t)stored.size - 5;
    }
    if (!packed_read(input, size, &section, &error)) {
        FUZZ_PROMISE(*error_text(&error));
        return;
    }
    FUZZ_PROMISE(section.size <= 64 + (size_t)size * (PACKED_RECORDS_MAX + 1));
    if (btf_read(&btf, section, 8, &error)) {
        fuzz_was_read = true;
        btf_deinit(&btf);
    } else {
        FUZZ_PROMISE(*error_text(&error));
    }
    free((void *)(uintptr_t)section.data);
}
