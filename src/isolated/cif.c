/* SPDX-License-Identifier: MIT */
#include "isolated/cif.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One signature's types: those of the parameters, and of structs with their members. */
struct cif_types {
    struct cif_types *next;
    ffi_type **lists; /* parameters and members, each list ended by NULL */
    ffi_type *structs;
};

struct reader {
    const char *at;
    ffi_type **list;
    ffi_type *record;
};

static ffi_type *reader_scalar(char code)
{
    switch (code) {
    case 'v':
        return &ffi_type_void;
    case 'b':
        return &ffi_type_sint8;
    case 'h':
        return &ffi_type_sint16;
    case 'i':
        return &ffi_type_sint32;
    case 'l':
        return &ffi_type_sint64;
    case 'B':
        return &ffi_type_uint8;
    case 'H':
        return &ffi_type_uint16;
    case 'I':
        return &ffi_type_uint32;
    case 'L':
        return &ffi_type_uint64;
    case 'f':
        return &ffi_type_float;
    case 'd':
        return &ffi_type_double;
    case 'g':
        return &ffi_type_longdouble;
    case 'p':
        return &ffi_type_pointer;
    default:
        return NULL;
    }
}

/* Returns the length of the type at the start: one, or up to the brace that closes it. */
static size_t type_length(const char *text)
{
    size_t length = 0, depth = 0;
    do {
        if (text[length] == '{')
            depth++;
        else if (text[length] == '}')
            depth--;
        length++;
    } while (depth && text[length]);
    return length;
}

/* Reads one type. Nested structs recurse: the plan bounds their depth. */
static ffi_type *reader_type(struct reader *reader)
{
    if (*reader->at != '{')
        return reader_scalar(*reader->at++);
    const char *end = reader->at + type_length(reader->at) - 1;
    size_t count = 0;
    reader->at++;
    for (const char *at = reader->at; at < end; at += type_length(at))
        count++;
    ffi_type *record = reader->record++;
    ffi_type **members = reader->list;
    reader->list += count + 1;
    *record = (ffi_type){.type = FFI_TYPE_STRUCT, .elements = members};
    for (size_t i = 0; i < count; i++)
        if (!(members[i] = reader_type(reader)))
            return NULL;
    reader->at++;
    return record;
}

bool cif_read(struct cif_types **types, const char *text, ffi_cif *cif)
{
    size_t length = strlen(text);
    struct cif_types *own = calloc(1, sizeof *own);
    if (!own)
        return false;
    own->lists = calloc(2 * length + 1, sizeof *own->lists);
    own->structs = calloc(length, sizeof *own->structs);
    own->next = *types;
    *types = own;
    if (!own->lists || !own->structs)
        return false;
    struct reader reader = {text, own->lists, own->structs};
    ffi_type *result = reader_type(&reader);
    unsigned count = 0;
    for (const char *at = reader.at; *at; at += type_length(at))
        count++;
    ffi_type **parameters = reader.list;
    reader.list += count + 1;
    for (unsigned i = 0; result && i < count; i++)
        if (!(parameters[i] = reader_type(&reader)))
            return false;
    return result && ffi_prep_cif(cif, FFI_DEFAULT_ABI, count, result, parameters) == FFI_OK;
}

void cif_free(struct cif_types *types)
{
    while (types) {
        struct cif_types *next = types->next;
        free(types->lists);
        free(types->structs);
        free(types);
        types = next;
    }
}

void cif_widen(const ffi_type *type, const void *value, size_t size, void *result)
{
    switch (type->type) {
    case FFI_TYPE_VOID:
        break;
    case FFI_TYPE_SINT8:
        *(ffi_sarg *)result = *(const int8_t *)value;
        break;
    case FFI_TYPE_SINT16:
        *(ffi_sarg *)result = *(const int16_t *)value;
        break;
    case FFI_TYPE_SINT32:
        *(ffi_sarg *)result = *(const int32_t *)value;
        break;
    case FFI_TYPE_UINT8:
        *(ffi_arg *)result = *(const uint8_t *)value;
        break;
    case FFI_TYPE_UINT16:
        *(ffi_arg *)result = *(const uint16_t *)value;
        break;
    case FFI_TYPE_UINT32:
        *(ffi_arg *)result = *(const uint32_t *)value;
        break;
    default:
        memcpy(result, value, size);
    }
}
