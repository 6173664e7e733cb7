/* SPDX-License-Identifier: MIT */
/* Packs types: docs/format.md, "Packed types". */
#include "src/types/btf.h"
#include "src/types/packed.h"
#include "types/types.h"

#include <stdlib.h>
#include <zlib.h>

struct packing {
    struct text kinds, names, references, numbers, strings;
    struct bytes btf_strings;
    uint32_t *known; /* for each string of BTF, its number, plus 1; 0: not used yet */
    uint32_t name_count;
    uint32_t id; /* of the type */
};

static void add_number(struct text *column, uint32_t number)
{
    for (; number > 0x7F; number >>= 7)
        text_add_bytes(column, (const char[]){(char)(number | 0x80)}, 1);
    text_add_bytes(column, (const char[]){(char)number}, 1);
}

static void add_signed(struct text *column, uint32_t number)
{
    add_number(column, number << 1 ^ (0U - (number >> 31)));
}

static void pack_name(struct packing *packing, const char *name)
{
    uint32_t *known = &packing->known[(const uint8_t *)name - packing->btf_strings.data];
    if (!*name) {
        add_number(&packing->names, 1);
    } else if (*known) {
        add_number(&packing->names, 2 + (packing->name_count - *known));
    } else {
        add_number(&packing->names, 0);
        text_add_bytes(&packing->strings, name, strlen(name) + 1);
        *known = ++packing->name_count;
    }
}

static void pack_reference(struct packing *packing, uint32_t id)
{
    add_signed(&packing->references, packing->id - id);
}

static uint32_t word(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static void pack_difference(struct packing *packing, uint32_t *previous, uint32_t value)
{
    add_signed(&packing->numbers, value - *previous);
    *previous = value;
}

static void pack_items(struct packing *packing, const struct btf *btf, const struct btf_type *type)
{
    uint32_t previous = 0;
    const uint8_t *more = type->more;
    for (uint32_t i = 0; i < type->length; i++) {
        pack_name(packing, (const char *)btf->strings.data + word(more));
        switch (type->kind) {
        case BTF_STRUCT:
        case BTF_UNION:
            pack_reference(packing, word(more + 4));
            pack_difference(packing, &previous, word(more + 8));
            more += 12;
            break;
        case BTF_FUNC_PROTO:
            pack_reference(packing, word(more + 4));
            more += 8;
            break;
        case BTF_ENUM:
            pack_difference(packing, &previous, word(more + 4));
            more += 8;
            break;
        default: /* BTF_ENUM64 */
            add_number(&packing->numbers, word(more + 4));
            add_number(&packing->numbers, word(more + 8));
            more += 12;
        }
    }
}

/* The bits of a record's info that are the length, also of kinds without items. */
static uint32_t record_length(const struct btf *btf, uint32_t id)
{
    return word(btf->types.data + btf->offsets[id] + 4) & 0xFFFF;
}

static void pack_type(struct packing *packing, const struct btf *btf, uint32_t id)
{
    struct btf_type type = btf_type(btf, id);
    const uint8_t byte = (uint8_t)(type.kind | (type.flag ? 0x80 : 0));
    packing->id = id;
    text_add_bytes(&packing->kinds, (const char *)&byte, 1);
    pack_name(packing, type.name);
    add_number(&packing->numbers, record_length(btf, id));
    if (type.kind == BTF_ARRAY || type.kind == BTF_FWD || btf_kind_has_size(type.kind))
        add_number(&packing->numbers, word(btf->types.data + btf->offsets[id] + 8));
    else
        pack_reference(packing, type.type);
    if (type.kind == BTF_INT || type.kind == BTF_VAR || type.kind == BTF_DECL_TAG)
        add_number(&packing->numbers, word(type.more));
    if (type.kind == BTF_ARRAY) {
        pack_reference(packing, word(type.more));
        pack_reference(packing, word(type.more + 4));
        add_number(&packing->numbers, word(type.more + 8));
    }
    pack_items(packing, btf, &type);
}

/* Joins the columns, with their sizes in front. */
static void pack_join(const struct packing *packing, size_t records_size, struct text *joined)
{
    const struct text *columns[] = {&packing->kinds, &packing->names, &packing->references,
                                    &packing->numbers, &packing->strings};
    add_number(joined, (uint32_t)records_size);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        add_number(joined, (uint32_t)columns[i]->length);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        text_add_bytes(joined, text_chars(columns[i]), columns[i]->length);
        joined->failed |= columns[i]->failed;
    }
}

/* Compresses bytes by zlib, without its header. */
static bool pack_deflate(struct bytes bytes, struct bytes *packed)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t bound = deflateBound(&stream, bytes.size);
    uint8_t *output = malloc(bound);
    stream.next_in = (Bytef *)bytes.data;
    stream.avail_in = (uInt)bytes.size;
    stream.next_out = output;
    stream.avail_out = (uInt)bound;
    bool done = output && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *packed = (struct bytes){output, done ? stream.total_out : 0};
    deflateEnd(&stream);
    return done;
}

static bool pack_types(struct packing *packing, const struct btf *btf, struct bytes *packed,
                       uint32_t *inflated_size)
{
    packing->btf_strings = btf->strings;
    packing->known = calloc(btf->strings.size, sizeof *packing->known);
    if (!packing->known)
        return false;
    for (uint32_t id = 1; id < btf->count; id++)
        pack_type(packing, btf, id);
    TEXT_AUTO joined = {.limit = UINT32_MAX};
    pack_join(packing, btf->types.size, &joined);
    *inflated_size = (uint32_t)joined.length;
    return !joined.failed &&
           pack_deflate((struct bytes){(const uint8_t *)text_chars(&joined), joined.length},
                        packed);
}

bool stamp_pack_types(struct bytes btf, struct bytes *packed, uint32_t *inflated_size,
                      struct error *error)
{
    struct btf types;
    struct packing packing = {0};
    *packed = (struct bytes){0};
    /* The size of a pointer has no effect here. */
    if (!btf_read(&types, btf, sizeof(void *), error))
        return error_prefix_damaged(error);
    uint32_t count = types.count;
    bool done = pack_types(&packing, &types, packed, inflated_size);
    text_free(&packing.kinds);
    text_free(&packing.names);
    text_free(&packing.references);
    text_free(&packing.numbers);
    text_free(&packing.strings);
    free(packing.known);
    btf_deinit(&types);
    if (!done)
        return error_set_no_memory(error);
    if (*inflated_size / PACKED_INFLATED_MAX > packed->size || count > FORMAT_SMALL_TYPE) {
        free((void *)packed->data);
        *packed = (struct bytes){0};
    }
    return true;
}
