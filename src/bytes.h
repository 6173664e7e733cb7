/* Bytes from outside. Every length, offset and count that a file states is checked here, and only
 * here, before it is used; values are copied out, never read through a cast pointer. */
#ifndef PLUGIN_BYTES_H
#define PLUGIN_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* The part of bytes at [offset, offset + count * item_size). */
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

/* The string at this offset of a string table, NULL if it does not end within the table. */
static inline const char *bytes_string(struct bytes table, uint64_t offset)
{
    if (offset >= table.size || !memchr(table.data + offset, '\0', table.size - (size_t)offset))
        return NULL;
    return (const char *)table.data + offset;
}

#endif
