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

/* Enters the symbols in the slots. The count is a power of two. */
static void meta_writer_fill_slots(struct meta_writer *writer, struct format_slot *slots,
                                   size_t count)
{
    assert(count > writer->header.symbols.count && (count & (count - 1)) == 0);
    struct format_table symbols = writer->header.symbols;
    for (uint32_t i = 0; i < symbols.count; i++) {
        struct format_symbol symbol;
        memcpy(&symbol, writer->bytes.chars + symbols.offset + i * sizeof symbol, sizeof symbol);
        uint32_t hash = hash_name(writer->strings.chars + symbol.name);
        size_t at = hash & (count - 1);
        for (int passed = 0; slots[at].symbol; at = (at + 1) & (count - 1))
            if (++passed == FORMAT_SLOTS_IN_A_ROW_MAX) {
                writer->is_crowded = true;
                return;
            }
        slots[at] = (struct format_slot){hash, i + 1};
    }
}

void meta_writer_slots(struct meta_writer *writer)
{
    size_t count = 2;
    while (count < (size_t)writer->header.symbols.count * 2)
        count *= 2;
    struct format_slot *slots = calloc(count, sizeof *slots);
    writer->bytes.failed |= !slots || writer->strings.failed;
    if (!writer->bytes.failed)
        meta_writer_fill_slots(writer, slots, count);
    writer->header.slots = meta_writer_table(writer, count);
    if (!writer->bytes.failed)
        meta_writer_item(writer, slots, count * sizeof *slots);
    free(slots);
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
