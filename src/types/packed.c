/* SPDX-License-Identifier: MIT */
/* Unpacks types: docs/format.md, "Packed types". */
#include "types/packed.h"

#include "base/inflate.h"
#include "types/btf.h"

#include <stdlib.h>

/* Numbers of 7 bits a byte, the lowest ones first; the last byte has no highest bit. */
struct column {
    const uint8_t *at, *end;
};

enum column_number { RECORDS_SIZE, KINDS, NAMES, REFERENCES, NUMBERS, STRINGS, COLUMN_COUNT };

struct unpacking {
    struct column columns[COLUMN_COUNT]; /* that of RECORDS_SIZE is the start, with the sizes */
    uint32_t records_size, strings_size;
    uint8_t *records; /* the next one's place */
    uint8_t *records_end;
    uint32_t *names;     /* offset of each string in the strings of BTF */
    uint32_t name_count; /* that were used */
    uint32_t string_at;  /* offset of the next new one */
    uint32_t id;         /* of the record */
    const char *damage;  /* NULL: none yet */
};

static void unpacking_fail(struct unpacking *unpacking, const char *what)
{
    if (!unpacking->damage)
        unpacking->damage = what;
}

static uint32_t next_long_number(struct unpacking *unpacking, enum column_number number)
{
    struct column *column = &unpacking->columns[number];
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 32; shift += 7) {
        if (column->at == column->end)
            break;
        uint8_t byte = *column->at++;
        value |= (uint32_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return value;
    }
    unpacking_fail(unpacking, "a number does not end");
    return 0;
}

/* Most numbers have one byte. */
static inline uint32_t next_number(struct unpacking *unpacking, enum column_number number)
{
    struct column *column = &unpacking->columns[number];
    if (column->at != column->end && *column->at < 0x80)
        return *column->at++;
    return next_long_number(unpacking, number);
}

/* Numbers of either sign alternate: 0, -1, 1, -2, ... */
static inline uint32_t next_signed(struct unpacking *unpacking, enum column_number number)
{
    uint32_t value = next_number(unpacking, number);
    return value >> 1 ^ (0U - (value & 1));
}

static inline void put(struct unpacking *unpacking, uint32_t word)
{
    if ((size_t)(unpacking->records_end - unpacking->records) < sizeof word) {
        unpacking_fail(unpacking, "more records than their size");
        return;
    }
    memcpy(unpacking->records, &word, sizeof word);
    unpacking->records += sizeof word;
}

/* 0: the next string; 1: none; else one that was used before, counted backwards. */
static void put_name(struct unpacking *unpacking)
{
    uint32_t back = next_number(unpacking, NAMES);
    if (back == 0) {
        const struct column *strings = &unpacking->columns[STRINGS];
        const uint8_t *start = strings->at + (unpacking->string_at - 1);
        const uint8_t *end = memchr(start, '\0', (size_t)(strings->end - start));
        if (!end) {
            unpacking_fail(unpacking, "too few strings");
            return;
        }
        unpacking->names[unpacking->name_count++] = unpacking->string_at;
        put(unpacking, unpacking->string_at);
        unpacking->string_at += (uint32_t)(end - start) + 1;
    } else if (back == 1) {
        put(unpacking, 0);
    } else if (back - 2 < unpacking->name_count) {
        put(unpacking, unpacking->names[unpacking->name_count - 1 - (back - 2)]);
    } else {
        unpacking_fail(unpacking, "invalid name");
    }
}

static void put_reference(struct unpacking *unpacking)
{
    put(unpacking, unpacking->id - next_signed(unpacking, REFERENCES));
}

static void put_number(struct unpacking *unpacking)
{
    put(unpacking, next_number(unpacking, NUMBERS));
}

/* The difference from the item before. */
static void put_difference(struct unpacking *unpacking, uint32_t *previous)
{
    *previous += next_signed(unpacking, NUMBERS);
    put(unpacking, *previous);
}

static void put_item(struct unpacking *unpacking, enum btf_kind kind, uint32_t *previous)
{
    put_name(unpacking);
    switch (kind) {
    case BTF_STRUCT:
    case BTF_UNION:
        put_reference(unpacking);
        put_difference(unpacking, previous);
        break;
    case BTF_FUNC_PROTO:
        put_reference(unpacking);
        break;
    case BTF_ENUM:
        put_difference(unpacking, previous);
        break;
    default: /* BTF_ENUM64 */
        put_number(unpacking);
        put_number(unpacking);
    }
}

static bool kind_has_items(enum btf_kind kind)
{
    return btf_has_members(kind) || btf_is_enum(kind) || kind == BTF_FUNC_PROTO;
}

static void put_record(struct unpacking *unpacking, uint8_t byte)
{
    enum btf_kind kind = byte & 0x1F;
    uint32_t previous = 0;
    put_name(unpacking);
    uint32_t length = next_number(unpacking, NUMBERS);
    if ((byte & 0x60) || kind == BTF_VOID || kind >= BTF_KIND_COUNT || kind == BTF_DATASEC ||
        length > 0xFFFF)
        unpacking_fail(unpacking, "invalid kind or length");
    put(unpacking, length | (uint32_t)kind << 24 | (uint32_t)(byte >> 7) << 31);
    if (btf_kind_has_size(kind) || kind == BTF_FWD || kind == BTF_ARRAY)
        put_number(unpacking);
    else
        put_reference(unpacking);
    if (kind == BTF_INT || kind == BTF_VAR || kind == BTF_DECL_TAG)
        put_number(unpacking);
    if (kind == BTF_ARRAY) {
        put_reference(unpacking);
        put_reference(unpacking);
        put_number(unpacking);
    }
    if (kind_has_items(kind))
        for (uint32_t i = 0; i < length && !unpacking->damage; i++)
            put_item(unpacking, kind, &previous);
}

/* Finds the columns. */
static void unpacking_start(struct unpacking *unpacking, struct bytes inflated)
{
    struct column *start = &unpacking->columns[RECORDS_SIZE];
    *start = (struct column){inflated.data, inflated.data + inflated.size};
    uint32_t sizes[COLUMN_COUNT];
    for (int i = 0; i < COLUMN_COUNT; i++)
        sizes[i] = next_number(unpacking, RECORDS_SIZE);
    const uint8_t *at = start->at;
    for (int i = KINDS; i < COLUMN_COUNT; i++) {
        if (sizes[i] > (size_t)(start->end - at)) {
            unpacking_fail(unpacking, "a column lies outside of them");
            return;
        }
        unpacking->columns[i] = (struct column){at, at + sizes[i]};
        at += sizes[i];
    }
    unpacking->records_size = sizes[RECORDS_SIZE];
    unpacking->strings_size = sizes[STRINGS];
    if (at != start->end || sizes[RECORDS_SIZE] / PACKED_RECORDS_MAX > inflated.size)
        unpacking_fail(unpacking, "the sizes of the columns do not add up");
    else if (sizes[STRINGS] && at[-1] != '\0')
        unpacking_fail(unpacking, "the strings do not end with NUL");
}

/* Checks that nothing is left. */
static void unpacking_end(struct unpacking *unpacking)
{
    if (unpacking->records != unpacking->records_end)
        unpacking_fail(unpacking, "fewer records than their size");
    for (int i = NAMES; i < STRINGS; i++)
        if (unpacking->columns[i].at != unpacking->columns[i].end)
            unpacking_fail(unpacking, "a column is too long");
    if (unpacking->string_at - 1 != unpacking->strings_size)
        unpacking_fail(unpacking, "too many strings");
}

static uint8_t *unpack(struct unpacking *unpacking, size_t *size)
{
    const struct btf_header header = {.magic = BTF_MAGIC,
                                      .version = BTF_VERSION,
                                      .header_size = sizeof header,
                                      .types_size = unpacking->records_size,
                                      .strings_offset = unpacking->records_size,
                                      .strings_size = unpacking->strings_size + 1};
    *size = sizeof header + unpacking->records_size + unpacking->strings_size + 1;
    uint8_t *btf = malloc(*size);
    /* The shortest string has one byte. */
    unpacking->names = malloc(((size_t)unpacking->strings_size + 1) * sizeof *unpacking->names);
    if (!btf || !unpacking->names) {
        free(unpacking->names);
        free(btf);
        return NULL;
    }
    unpacking->records = btf + sizeof header;
    unpacking->records_end = unpacking->records + unpacking->records_size;
    unpacking->string_at = 1; /* behind the empty one */
    memcpy(btf, &header, sizeof header);
    *unpacking->records_end = '\0';
    memcpy(unpacking->records_end + 1, unpacking->columns[STRINGS].at, unpacking->strings_size);
    const struct column *kinds = &unpacking->columns[KINDS];
    for (const uint8_t *kind = kinds->at; kind < kinds->end && !unpacking->damage; kind++) {
        unpacking->id = (uint32_t)(kind - kinds->at) + 1;
        put_record(unpacking, *kind);
    }
    unpacking_end(unpacking);
    free(unpacking->names);
    return btf;
}

static bool packed_set_damaged(struct error *error, const char *what)
{
    return error_set(
        error, PLUGIN_NOT_PLUGIN,
        "the types in its .plugin section are damaged: %s; stamp it again with: plugin "
        "stamp FILE",
        what);
}

bool packed_read(struct bytes packed, size_t inflated_size, struct bytes *btf, struct error *error)
{
    struct unpacking unpacking = {0};
    if (inflated_size / PACKED_INFLATED_MAX > packed.size)
        return packed_set_damaged(error, "they claim to be larger than they can be");
    uint8_t *inflated = malloc(inflated_size + 1), *section = NULL;
    size_t size = 0;
    if (!inflated)
        return error_set_no_memory(error);
    if (inflate_bytes(packed, inflated, inflated_size))
        unpacking_start(&unpacking, (struct bytes){inflated, inflated_size});
    else
        unpacking_fail(&unpacking, "they cannot be decompressed");
    if (!unpacking.damage)
        section = unpack(&unpacking, &size);
    free(inflated);
    if (unpacking.damage) {
        free(section);
        return packed_set_damaged(error, unpacking.damage);
    }
    *btf = (struct bytes){section, size};
    return section || error_set_no_memory(error);
}
