/* SPDX-License-Identifier: MIT */
/* The writer of BTF records. */
#include "gofile/btf_writer_p.h"

#include <stdlib.h>

static void btf_writer_word(struct btf_writer *writer, uint32_t word)
{
    text_add_bytes(&writer->types, (const char *)&word, sizeof word);
}

static uint32_t btf_writer_name(struct btf_writer *writer, const char *name)
{
    uint32_t offset = (uint32_t)writer->strings.length;
    if (!*name)
        return 0;
    text_add_bytes(&writer->strings, name, strlen(name) + 1);
    return offset;
}

void btf_writer_init(struct btf_writer *writer, size_t limit)
{
    *writer =
        (struct btf_writer){.types = {.limit = limit}, .strings = {.limit = limit}, .count = 1};
    text_add_bytes(&writer->strings, "", 1);
}

uint32_t btf_writer_add(struct btf_writer *writer, enum btf_kind kind, const char *name,
                        uint32_t length, uint32_t value)
{
    btf_writer_word(writer, btf_writer_name(writer, name));
    btf_writer_word(writer, (uint32_t)kind << 24 | length);
    btf_writer_word(writer, value);
    return writer->count++;
}

uint32_t btf_writer_add_int(struct btf_writer *writer, const char *name, uint32_t size,
                            enum btf_encoding encoding)
{
    uint32_t id = btf_writer_add(writer, BTF_INT, name, 0, size);
    btf_writer_word(writer, (uint32_t)encoding << 24 | size * 8);
    return id;
}

uint32_t btf_writer_add_array(struct btf_writer *writer, uint32_t element, uint32_t index,
                              uint32_t count)
{
    uint32_t id = btf_writer_add(writer, BTF_ARRAY, "", 0, 0);
    btf_writer_word(writer, element);
    btf_writer_word(writer, index);
    btf_writer_word(writer, count);
    return id;
}

/* BTF_VAR_GLOBAL_ALLOCATED and BTF_FUNC_GLOBAL: visible to other modules. */
enum { GLOBAL = 1 };

uint32_t btf_writer_add_var(struct btf_writer *writer, const char *name, uint32_t type)
{
    uint32_t id = btf_writer_add(writer, BTF_VAR, name, 0, type);
    btf_writer_word(writer, GLOBAL);
    return id;
}

uint32_t btf_writer_add_func(struct btf_writer *writer, const char *name, uint32_t prototype)
{
    return btf_writer_add(writer, BTF_FUNC, name, GLOBAL, prototype);
}

void btf_writer_member(struct btf_writer *writer, const char *name, uint32_t type, uint64_t offset)
{
    btf_writer_word(writer, btf_writer_name(writer, name));
    btf_writer_word(writer, type);
    btf_writer_word(writer, (uint32_t)(offset * 8));
}

void btf_writer_parameter(struct btf_writer *writer, uint32_t type)
{
    btf_writer_word(writer, 0);
    btf_writer_word(writer, type);
}

bool btf_writer_finish(const struct btf_writer *writer, struct bytes *section, struct error *error)
{
    const struct text *types = &writer->types, *strings = &writer->strings;
    if (types->is_full || strings->is_full)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it has too many Go types");
    struct {
        uint16_t magic;
        uint8_t version, flags;
        uint32_t size, types_offset, types_size, strings_offset, strings_size;
    } header = {0xEB9F,
                1,
                0,
                sizeof header,
                0,
                (uint32_t)types->length,
                (uint32_t)types->length,
                (uint32_t)strings->length};
    size_t size = sizeof header + types->length + strings->length;
    uint8_t *whole = types->failed || strings->failed ? NULL : malloc(size);
    if (!whole)
        return error_set_no_memory(error);
    memcpy(whole, &header, sizeof header);
    memcpy(whole + sizeof header, text_chars(types), types->length);
    memcpy(whole + sizeof header + types->length, text_chars(strings), strings->length);
    *section = (struct bytes){whole, size};
    return true;
}

void btf_writer_deinit(struct btf_writer *writer)
{
    text_free(&writer->types);
    text_free(&writer->strings);
}
