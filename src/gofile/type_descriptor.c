/* SPDX-License-Identifier: MIT */
/* The reader of Go's type descriptors. */
#include "gofile/type_descriptor_p.h"

#include <assert.h>

/* Offsets in a descriptor: common ones, and those of kinds that have more. */
enum {
    AT_SIZE = 0,
    AT_FLAGS = 20,
    AT_ALIGNMENT = 21,
    AT_KIND = 23,
    AT_NAME = 40,
    COMMON_SIZE = 48,
    AT_ELEMENT = 48, /* of an array, channel, pointer, slice */
    AT_ARRAY_COUNT = 64,
    AT_MAP_KEY = 48,
    AT_MAP_ELEMENT = 56,
    AT_PARAMETER_COUNT = 48,
    AT_RESULT_COUNT = 50,
    FUNC_SIZE = 56,
    AT_FIELDS = 56,
    UNCOMMON_SIZE = 16, /* abi.UncommonType, which types with a name or methods have next */
    FIELD_SIZE = 24,
};

/* Flags of abi.TFlag, of the kind's byte, and of a func's result count. */
enum { HAS_UNCOMMON = 1, HAS_STAR = 2, IS_NAMED = 4, KIND_MASK = 31, IS_VARIADIC = 0x8000 };

/* Far above any real program. */
enum { NAME_MAX_LENGTH = 1 << 16, FIELDS_MAX = 1 << 16 };

/* Spent for a name, beside its bytes. */
enum { NAME_COST = 64 };
#define TYPE_MAX_SIZE (UINT64_C(1) << 48)

/* The size of the types of a kind; 0: it varies. */
static const uint8_t kind_sizes[] = {
    [GO_BOOL] = 1,      [GO_INT] = 8,
    [GO_INT8] = 1,      [GO_INT16] = 2,
    [GO_INT32] = 4,     [GO_INT64] = 8,
    [GO_UINT] = 8,      [GO_UINT8] = 1,
    [GO_UINT16] = 2,    [GO_UINT32] = 4,
    [GO_UINT64] = 8,    [GO_UINTPTR] = 8,
    [GO_FLOAT32] = 4,   [GO_FLOAT64] = 8,
    [GO_COMPLEX64] = 8, [GO_COMPLEX128] = 16,
    [GO_ARRAY] = 0,     [GO_CHAN] = 8,
    [GO_FUNC] = 8,      [GO_INTERFACE] = 16,
    [GO_MAP] = 8,       [GO_POINTER] = 8,
    [GO_SLICE] = 24,    [GO_STRING] = 16,
    [GO_STRUCT] = 0,    [GO_UNSAFE_POINTER] = 8,
};

static bool type_set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its Go types are damaged: %s", what);
}

/* ---- names ---- */

static bool type_is_utf8(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.size;) {
        unsigned char sequence[5] = {0};
        size_t left = bytes.size - i;
        if (bytes.data[i] && bytes.data[i] < 0x80) {
            i++;
            continue;
        }
        memcpy(sequence, bytes.data + i, left < 4 ? left : 4);
        size_t length = *sequence ? text_utf8_length(sequence) : 0;
        if (!length)
            return false;
        i += length;
    }
    return true;
}

/* Reads an abi.Name: a byte of flags, the length as a varint, the bytes. */
static bool type_read_name(const struct go_types *types, uint64_t address, struct bytes *name,
                           struct error *error)
{
    const struct go_image *image = types->image;
    uint64_t length = 0, at = address + 1;
    for (int shift = 0;; shift += 7) {
        const uint8_t *byte = go_image_bytes(image, at++, 1);
        if (!byte || shift > 21)
            return type_set_damaged(error, "truncated name");
        length |= (uint64_t)(*byte & 0x7F) << shift;
        if (!(*byte & 0x80))
            break;
    }
    if (!length || length > NAME_MAX_LENGTH)
        return type_set_damaged(error, "empty or overlong name");
    if (!budget_spend(types->budget, length + NAME_COST))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it has too many Go types");
    *name = (struct bytes){go_image_bytes(image, at, length), (size_t)length};
    if (!name->data)
        return type_set_damaged(error, "truncated name");
    return type_is_utf8(*name) || type_set_damaged(error, "name is not UTF-8");
}

bool go_type_name(const struct go_types *types, uint64_t offset, struct bytes *name,
                  struct error *error)
{
    if (types->start > types->end || offset >= types->end - types->start)
        return type_set_damaged(error, "name outside the type data");
    return type_read_name(types, types->start + offset, name, error);
}

/* ---- kinds ---- */

static bool type_read_reference(const struct go_types *types, uint64_t address, uint64_t *pointer,
                                struct error *error)
{
    return (go_image_pointer(types->image, address, pointer) && *pointer) ||
           type_set_damaged(error, "invalid type reference");
}

/* Reads the size and alignment of a type, also of an element or field. */
static bool type_read_extent(const struct go_types *types, uint64_t address, uint64_t *size,
                             uint8_t *alignment, struct error *error)
{
    const uint8_t *common = go_image_bytes(types->image, address, COMMON_SIZE);
    if (!common)
        return type_set_damaged(error, "invalid type reference");
    memcpy(size, common + AT_SIZE, sizeof *size);
    *alignment = common[AT_ALIGNMENT];
    if (!*alignment || *alignment > 8 || *alignment & (*alignment - 1) || *size > TYPE_MAX_SIZE ||
        *size % *alignment)
        return type_set_damaged(error, "invalid size or alignment");
    return true;
}

static bool type_read_array(const struct go_types *types, struct go_type *type, struct error *error)
{
    uint64_t element_size, size;
    uint8_t alignment;
    if (!type_read_reference(types, type->address + AT_ELEMENT, &type->element, error) ||
        !type_read_extent(types, type->element, &element_size, &alignment, error))
        return false;
    if (!go_image_u64(types->image, type->address + AT_ARRAY_COUNT, &type->count) ||
        __builtin_mul_overflow(element_size, type->count, &size) || size != type->size ||
        alignment != type->alignment)
        return type_set_damaged(error, "array size does not match its elements");
    return true;
}

static bool type_read_struct(const struct go_types *types, struct go_type *type,
                             struct error *error)
{
    const struct go_image *image = types->image;
    uint64_t at = type->address + AT_FIELDS;
    if (!go_image_pointer(image, at, &type->items) || !go_image_u64(image, at + 8, &type->count) ||
        type->count > FIELDS_MAX ||
        (type->count && !go_image_bytes(image, type->items, type->count * FIELD_SIZE)))
        return type_set_damaged(error, "invalid struct fields");
    return true;
}

static bool type_read_func(const struct go_types *types, struct go_type *type, bool has_uncommon,
                           struct error *error)
{
    uint16_t parameters, results;
    if (!go_image_u16(types->image, type->address + AT_PARAMETER_COUNT, &parameters) ||
        !go_image_u16(types->image, type->address + AT_RESULT_COUNT, &results))
        return type_set_damaged(error, "invalid func parameters");
    type->is_variadic = results & IS_VARIADIC;
    type->count = parameters;
    type->results = results & (IS_VARIADIC - 1U);
    type->items = type->address + FUNC_SIZE + (has_uncommon ? UNCOMMON_SIZE : 0);
    if (!go_image_bytes(types->image, type->items, (type->count + type->results) * 8) ||
        (type->is_variadic && !type->count))
        return type_set_damaged(error, "invalid func parameters");
    return true;
}

static bool type_read_kind(const struct go_types *types, struct go_type *type, bool has_uncommon,
                           struct error *error)
{
    uint64_t address = type->address;
    switch (type->kind) {
    case GO_ARRAY:
        return type_read_array(types, type, error);
    case GO_CHAN:
    case GO_POINTER:
    case GO_SLICE:
        return type_read_reference(types, address + AT_ELEMENT, &type->element, error);
    case GO_MAP:
        return type_read_reference(types, address + AT_MAP_KEY, &type->key, error) &&
               type_read_reference(types, address + AT_MAP_ELEMENT, &type->element, error);
    case GO_STRUCT:
        return type_read_struct(types, type, error);
    case GO_FUNC:
        return type_read_func(types, type, has_uncommon, error);
    default:
        return true;
    }
}

/* ---- types ---- */

static bool type_read_own_name(const struct go_types *types, struct go_type *type, bool has_star,
                               uint32_t offset, struct error *error)
{
    if (!go_type_name(types, offset, &type->name, error))
        return false;
    if (!has_star)
        return true;
    /* It shares the name of the pointer to it. */
    if (type->name.size < 2 || *type->name.data != '*')
        return type_set_damaged(error, "name lacks the leading '*'");
    type->name.data++;
    type->name.size--;
    return true;
}

bool go_type_read_layout(const struct go_types *types, uint64_t address, struct go_type *type,
                         struct error *error)
{
    *type = (struct go_type){.address = address};
    if (!type_read_extent(types, address, &type->size, &type->alignment, error))
        return false;
    const uint8_t *common = go_image_bytes(types->image, address, COMMON_SIZE);
    assert(common); /* by type_read_extent */
    unsigned kind = common[AT_KIND] & KIND_MASK, flags = common[AT_FLAGS];
    if (kind < GO_BOOL || kind > GO_UNSAFE_POINTER)
        return type_set_damaged(error, "unknown kind");
    type->kind = (enum go_kind)kind;
    type->is_named = flags & IS_NAMED;
    if (kind_sizes[kind] && type->size != kind_sizes[kind])
        return type_set_damaged(error, "size does not match the kind");
    return type_read_kind(types, type, flags & HAS_UNCOMMON, error);
}

bool go_type_read(const struct go_types *types, uint64_t address, struct go_type *type,
                  struct error *error)
{
    if (!go_type_read_layout(types, address, type, error))
        return false;
    const uint8_t *common = go_image_bytes(types->image, address, COMMON_SIZE);
    uint32_t name;
    memcpy(&name, common + AT_NAME, sizeof name);
    return type_read_own_name(types, type, common[AT_FLAGS] & HAS_STAR, name, error);
}

bool go_type_field(const struct go_types *types, const struct go_type *type, uint64_t index,
                   struct go_field *field, struct error *error)
{
    const struct go_image *image = types->image;
    assert(type->kind == GO_STRUCT && index < type->count);
    uint64_t at = type->items + index * FIELD_SIZE, name, size;
    uint8_t alignment;
    if (!go_image_pointer(image, at, &name) || !name ||
        !go_image_u64(image, at + 16, &field->offset))
        return type_set_damaged(error, "field without a name");
    if (!type_read_name(types, name, &field->name, error) ||
        !type_read_reference(types, at + 8, &field->type, error) ||
        !type_read_extent(types, field->type, &size, &alignment, error))
        return false;
    field->offset >>= types->offset_shift;
    if (!range_is_within(field->offset, 1, size, type->size) || field->offset % alignment)
        return type_set_damaged(error, "field outside its struct");
    return true;
}

bool go_type_parameter(const struct go_types *types, const struct go_type *type, uint64_t index,
                       uint64_t *address, struct error *error)
{
    assert(type->kind == GO_FUNC && index < type->count + type->results);
    return type_read_reference(types, type->items + index * 8, address, error);
}
