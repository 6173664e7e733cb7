/* SPDX-License-Identifier: MIT */
/* The writer of the `.plugin` section. */
#include "format/meta_writer.h"

#include "base/hash.h"
#include "format/meta.h"

#include <assert.h>
#include <stdlib.h>

void meta_writer_init(struct meta_writer *writer, enum format_kind kind, uint64_t content)
{
    *writer = (struct meta_writer){
        .header = {.magic = FORMAT_MAGIC,
                   .version = FORMAT_VERSION_4,
                   .content = content,
                   .kind = kind},
        .bytes = {.limit = UINT32_MAX},
        .strings = {.limit = UINT32_MAX},
    };
    text_add_bytes(&writer->bytes, (const char *)&writer->header, FORMAT_HEADER_SIZE_4);
    meta_writer_string(writer, "");
}

void meta_writer_set_version(struct meta_writer *writer, uint32_t version)
{
    assert(writer->bytes.failed || writer->bytes.length == FORMAT_HEADER_SIZE_4);
    assert(version >= FORMAT_VERSION_4 && version <= FORMAT_VERSION);
    writer->header.version = version;
    text_add_bytes(&writer->bytes, (const char *)&writer->header + FORMAT_HEADER_SIZE_4,
                   format_header_size(version) - FORMAT_HEADER_SIZE_4);
}

uint32_t meta_writer_string(struct meta_writer *writer, const char *string)
{
    uint32_t offset = (uint32_t)writer->strings.length;
    text_add_bytes(&writer->strings, string, strlen(string) + 1);
    return offset;
}

struct format_table meta_writer_table(struct meta_writer *writer, size_t count)
{
    static const char zeros[8];
    text_add_bytes(&writer->bytes, zeros, (8 - writer->bytes.length % 8) % 8);
    return (struct format_table){(uint32_t)writer->bytes.length, (uint32_t)count};
}

void meta_writer_item(struct meta_writer *writer, const void *item, size_t size)
{
    text_add_bytes(&writer->bytes, item, size);
}

void meta_writer_symbol(struct meta_writer *writer, const struct format_symbol *symbol)
{
    const struct format_small_symbol small = {.address = symbol->address,
                                              .hash = symbol->hash,
                                              .name = symbol->name,
                                              .type_and_kind =
                                                  symbol->type | symbol->kind << FORMAT_KIND_SHIFT};
    if (writer->header.version < FORMAT_VERSION) {
        meta_writer_item(writer, symbol, sizeof *symbol);
        return;
    }
    assert(symbol->type <= FORMAT_SMALL_TYPE);
    meta_writer_item(writer, &small, sizeof small);
}

/* Returns the hash of a symbol's name. */
static uint32_t meta_writer_symbol_hash(const struct meta_writer *writer, uint32_t index)
{
    bool is_small = writer->header.version == FORMAT_VERSION;
    size_t size = is_small ? sizeof(struct format_small_symbol) : sizeof(struct format_symbol);
    size_t at = is_small ? offsetof(struct format_small_symbol, name)
                         : offsetof(struct format_symbol, name);
    uint32_t name;
    memcpy(&name, writer->bytes.chars + writer->header.symbols.offset + index * size + at,
           sizeof name);
    return hash_name(writer->strings.chars + name);
}

/* Enters the symbols in empty slots, whose count is a power of two. False if names collide. */
static bool meta_writer_fill_slots(const struct meta_writer *writer, struct format_slot *slots,
                                   size_t count)
{
    assert(count > writer->header.symbols.count && (count & (count - 1)) == 0);
    for (uint32_t i = 0; i < writer->header.symbols.count; i++) {
        uint32_t hash = meta_writer_symbol_hash(writer, i);
        size_t at = hash & (count - 1);
        for (int passed = 0; slots[at].symbol; at = (at + 1) & (count - 1))
            if (++passed == FORMAT_SLOTS_IN_A_ROW_MAX)
                return false;
        slots[at] = (struct format_slot){hash, i + 1};
    }
    return true;
}

static void meta_writer_add_slots(struct meta_writer *writer, const struct format_slot *slots,
                                  size_t count)
{
    writer->header.slots = meta_writer_table(writer, count);
    for (size_t i = 0; i < count; i++) {
        format_small_slot small = slots[i].symbol;
        if (small)
            small |= slots[i].hash >> FORMAT_TAG_SHIFT << FORMAT_TAG_SHIFT;
        if (writer->header.version < FORMAT_VERSION)
            meta_writer_item(writer, &slots[i], sizeof slots[i]);
        else
            meta_writer_item(writer, &small, sizeof small);
    }
}

void meta_writer_slots(struct meta_writer *writer)
{
    size_t symbols = writer->header.symbols.count, count = 2;
    bool is_small = writer->header.version == FORMAT_VERSION;
    writer->bytes.failed |= writer->strings.failed;
    while (count < symbols + (is_small ? symbols / 2 : symbols))
        count *= 2;
    /* Of many names, some may collide in small tables that do not in larger ones. */
    for (bool is_done = false; !is_done && !writer->bytes.failed; count *= 2) {
        struct format_slot *slots = calloc(count, sizeof *slots);
        is_done = slots && meta_writer_fill_slots(writer, slots, count);
        if (is_done)
            meta_writer_add_slots(writer, slots, count);
        else if (!slots)
            writer->bytes.failed = true;
        else if (!is_small || count > symbols * 2)
            is_done = writer->is_crowded = true;
        free(slots);
    }
}

bool meta_writer_finish(struct meta_writer *writer, struct bytes btf, struct bytes *section,
                        struct error *error)
{
    struct format_header *header = &writer->header;
    struct text *bytes = &writer->bytes, *strings = &writer->strings;
    size_t header_size = format_header_size(header->version);
    header->strings = meta_writer_table(writer, strings->length);
    text_add_bytes(bytes, text_chars(strings), strings->length);
    bytes->failed |= strings->failed;
    if (header->version == FORMAT_VERSION) {
        header->types = meta_writer_table(writer, writer->types.size);
        header->types_checksum = hash_many(HASH_START, writer->types.data, writer->types.size);
        text_add_bytes(bytes, (const char *)writer->types.data, writer->types.size);
    }
    text_free(strings);
    if (bytes->failed) {
        text_free(bytes);
        return error_set_no_memory(error);
    }
    if (writer->is_crowded) {
        text_free(bytes);
        return error_set(error, PLUGIN_NOT_PLUGIN, "too many symbol-name hash collisions");
    }
    header->size = (uint32_t)bytes->length;
    memcpy(bytes->chars, header, header_size);
    *section = (struct bytes){(const uint8_t *)bytes->chars, bytes->length};
    header->checksum = meta_checksum(*section, btf);
    memcpy(bytes->chars, header, header_size);
    return true;
}
