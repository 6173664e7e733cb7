/* SPDX-License-Identifier: MIT */
#include "types/joined.h"

#include <stdlib.h>

/* What is added to the ids and names of a part. */
struct shift {
    uint32_t types, names;
};

enum { WORD = sizeof(uint32_t), RECORD_WORDS = 3 };

static void add_to_word(uint8_t *record, size_t word, uint32_t distance)
{
    uint32_t value;
    memcpy(&value, record + word * WORD, sizeof value);
    value += distance;
    memcpy(record + word * WORD, &value, sizeof value);
}

static void move_type(uint8_t *record, size_t word, const struct shift *shift)
{
    static const uint8_t none[WORD];
    if (memcmp(record + word * WORD, none, sizeof none) != 0)
        add_to_word(record, word, shift->types);
}

/* Moves what refers to names and types in the data behind a record. */
static void move_items(uint8_t *record, const struct btf_type *type, const struct shift *shift)
{
    bool has_types = btf_has_members(type->kind) || type->kind == BTF_FUNC_PROTO;
    size_t words = btf_has_members(type->kind) || type->kind == BTF_ENUM64 ? 3 : 2;
    if (!has_types && !btf_is_enum(type->kind))
        return;
    for (size_t i = 0, at = RECORD_WORDS; i < type->length; i++, at += words) {
        add_to_word(record, at, shift->names);
        if (has_types)
            move_type(record, at + 1, shift);
    }
}

static void move_record(uint8_t *record, const struct btf_type *type, const struct shift *shift)
{
    add_to_word(record, 0, shift->names);
    if (type->kind == BTF_ARRAY) {
        move_type(record, RECORD_WORDS, shift);
        move_type(record, RECORD_WORDS + 1, shift);
    } else if (!btf_kind_has_size(type->kind) && type->kind != BTF_FWD) {
        move_type(record, 2, shift);
    }
    if (type->kind == BTF_DATASEC)
        for (size_t i = 0; i < type->length; i++)
            move_type(record, RECORD_WORDS + i * 3, shift);
    move_items(record, type, shift);
}

/* Appends the records of a part, and moves them. */
static void add_records(uint8_t *records, const struct btf *part, const struct shift *shift)
{
    memcpy(records, part->types.data, part->types.size);
    for (uint32_t id = 1; id < part->count; id++) {
        struct btf_type type = btf_type(part, id);
        move_record(records + part->offsets[id], &type, shift);
    }
}

static struct btf_header lay_out(const struct btf *const *parts, size_t count)
{
    struct btf_header header = {
        .magic = BTF_MAGIC, .version = BTF_VERSION, .header_size = sizeof header};
    for (size_t i = 0; i < count; i++) {
        header.types_size += (uint32_t)parts[i]->types.size;
        header.strings_size += (uint32_t)parts[i]->strings.size;
    }
    header.strings_offset = header.types_size;
    return header;
}

/* Modules are files of less than 4 GiB; several of them may be too much. */
static bool fit_together(const struct btf *const *parts, size_t count)
{
    uint64_t size = sizeof(struct btf_header);
    for (size_t i = 0; i < count; i++)
        size += (uint64_t)parts[i]->types.size + parts[i]->strings.size;
    return size <= UINT32_MAX;
}

bool btf_join(struct btf_joined *joined, const struct btf *const *parts, size_t count,
              uint32_t *bases, struct error *error)
{
    if (!fit_together(parts, count))
        return error_set(error, PLUGIN_UNSUPPORTED, "its libraries have too many types");
    struct btf_header header = lay_out(parts, count);
    size_t size = sizeof header + header.types_size + header.strings_size;
    *joined = (struct btf_joined){.block = malloc(size)};
    if (!joined->block)
        return error_set_no_memory(error);
    memcpy(joined->block, &header, sizeof header);
    uint8_t *records = joined->block + sizeof header, *strings = records + header.types_size;
    struct shift shift = {0};
    for (size_t i = 0; i < count; i++) {
        bases[i] = shift.types;
        add_records(records, parts[i], &shift);
        memcpy(strings, parts[i]->strings.data, parts[i]->strings.size);
        records += parts[i]->types.size;
        strings += parts[i]->strings.size;
        shift.types += parts[i]->count - 1;
        shift.names += (uint32_t)parts[i]->strings.size;
    }
    return btf_read(&joined->btf, (struct bytes){joined->block, size}, parts[0]->pointer_size,
                    error);
}

void btf_joined_deinit(struct btf_joined *joined)
{
    btf_deinit(&joined->btf);
    free(joined->block);
}
