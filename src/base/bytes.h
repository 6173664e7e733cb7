/* SPDX-License-Identifier: MIT */
/* Bytes from outside. Each length, offset and count that a file states is checked here, and only
 * here, before use; values are copied out, never read through a cast pointer. */
#ifndef PLUGIN_BYTES_H
#define PLUGIN_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Returns the next multiple of the alignment, or the value, if it is one. */
static inline uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

struct bytes {
    const uint8_t *data;
    size_t size;
};

/* Does [offset, offset + count * item_size) lie within size? */
static inline bool range_is_within(uint64_t offset, uint64_t count, uint64_t item_size,
                                   uint64_t size)
{
    uint64_t length;
    return !__builtin_mul_overflow(count, item_size, &length) && offset <= size &&
           length <= size - offset;
}

/* Sets *slice to [offset, offset + count * item_size); false if that is not within bytes. */
static inline bool bytes_slice(struct bytes bytes, uint64_t offset, uint64_t count,
                               uint64_t item_size, struct bytes *slice)
{
    if (!range_is_within(offset, count, item_size, bytes.size))
        return false;
    slice->data = bytes.data + offset;
    slice->size = (size_t)(count * item_size);
    return true;
}

/* Copies item number `index` out of an array that bytes_slice has checked. */
static inline void bytes_item(struct bytes array, size_t index, void *item, size_t item_size)
{
    memcpy(item, array.data + index * item_size, item_size);
}

/* Returns the word with these bytes at this place and zeros elsewhere. */
static inline uint64_t bytes_place(uint64_t bytes, size_t size, size_t place)
{
    size_t before = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? place : sizeof bytes - size - place;
    return bytes << (8 * before);
}

/* Returns the word that starts with these bytes, fewer than it has, and ends with zeros. A copy of
 * a constant size is one instruction. */
static inline uint64_t bytes_word(const uint8_t *at, size_t size)
{
    uint64_t word = 0;
    size_t place = 0;
    if (size & 4) {
        uint32_t four;
        memcpy(&four, at, sizeof four);
        word |= bytes_place(four, sizeof four, place);
        place += sizeof four;
    }
    if (size & 2) {
        uint16_t two;
        memcpy(&two, at + place, sizeof two);
        word |= bytes_place(two, sizeof two, place);
        place += sizeof two;
    }
    if (size & 1)
        word |= bytes_place(at[place], 1, place);
    return word;
}

static inline uint64_t bytes_whole(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Returns a word that differs if bytes of this number, fewer than a word has, differ. */
static inline uint64_t bytes_few(const uint8_t *at, size_t size)
{
    uint32_t first, last;
    if (size < sizeof first)
        return size ? at[0] | (uint64_t)at[size / 2] << 8 | (uint64_t)at[size - 1] << 16 : 0;
    memcpy(&first, at, sizeof first);
    memcpy(&last, at + size - sizeof last, sizeof last);
    return first | (uint64_t)last << 32;
}

/* Are these bytes equal? For a few of them, faster than a call of memcmp. */
static inline bool bytes_equal(const void *first, const void *second, size_t size)
{
    const uint8_t *a = first, *b = second;
    if (size < sizeof(uint64_t))
        return bytes_few(a, size) == bytes_few(b, size);
    /* The last word ends with the bytes, and may overlap the one before. */
    size_t last = size - sizeof(uint64_t);
    for (size_t at = 0; at < last; at += sizeof(uint64_t))
        if (bytes_whole(a + at) != bytes_whole(b + at))
            return false;
    return bytes_whole(a + last) == bytes_whole(b + last);
}

/* Returns the string at this offset of a string table; NULL if it does not end within the table. */
static inline const char *bytes_string(struct bytes table, uint64_t offset)
{
    if (offset >= table.size || !memchr(table.data + offset, '\0', table.size - (size_t)offset))
        return NULL;
    return (const char *)table.data + offset;
}

#endif
