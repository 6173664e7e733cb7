/* SPDX-License-Identifier: MIT */
/* The SHA-256 of a file, as text. */
#include "trust/sha256.h"

#include "trust/sodium_p.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(SHA256_DIGITS == 2 * SODIUM_SHA256, "two digits for each byte");

bool sha256_is_text(const char *text)
{
    size_t length = strspn(text, "0123456789abcdefABCDEF");
    return length == SHA256_DIGITS && !text[length];
}

bool sha256_is_same(const char *text, const char *other)
{
    return !strcasecmp(text, other);
}

bool sha256_of(char text[SHA256_DIGITS + 1], struct bytes bytes, struct error *error)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[SODIUM_SHA256];
    const struct sodium *sodium = sodium_load(error);
    if (!sodium)
        return false;
    sodium->sha256(hash, bytes.data, bytes.size);
    for (size_t i = 0; i < sizeof hash; i++) {
        text[2 * i] = digits[hash[i] >> 4];
        text[2 * i + 1] = digits[hash[i] & 15];
    }
    text[SHA256_DIGITS] = '\0';
    return true;
}

bool sha256_of_file(char text[SHA256_DIGITS + 1], const struct file *file, struct error *error)
{
    size_t size = (size_t)file->size;
    uint8_t *bytes = size == file->size ? malloc(size + 1) : NULL;
    if (!bytes)
        return error_set_no_memory(error);
    bool is_read = file_read(file, 0, size, bytes, error) &&
                   sha256_of(text, (struct bytes){bytes, size}, error);
    free(bytes);
    return is_read;
}
