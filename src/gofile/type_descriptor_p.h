/* SPDX-License-Identifier: MIT */
/* Go's type descriptors in a module's memory image (internal/abi/type.go; until Go 1.20,
 * runtime/type.go): bytes in, checked values out. From Go 1.18 to 1.24, their layout has changed
 * only in how a field's offset is stored. */
#ifndef PLUGIN_GO_TYPE_DESCRIPTOR_H
#define PLUGIN_GO_TYPE_DESCRIPTOR_H

#include "base/budget.h"
#include "gofile/memory_image_p.h"

/* Numbered as reflect.Kind. */
enum go_kind {
    GO_BOOL = 1,
    GO_INT,
    GO_INT8,
    GO_INT16,
    GO_INT32,
    GO_INT64,
    GO_UINT,
    GO_UINT8,
    GO_UINT16,
    GO_UINT32,
    GO_UINT64,
    GO_UINTPTR,
    GO_FLOAT32,
    GO_FLOAT64,
    GO_COMPLEX64,
    GO_COMPLEX128,
    GO_ARRAY,
    GO_CHAN,
    GO_FUNC,
    GO_INTERFACE,
    GO_MAP,
    GO_POINTER,
    GO_SLICE,
    GO_STRING,
    GO_STRUCT,
    GO_UNSAFE_POINTER
};

/* The descriptors of a module. Some refer to others by offsets from `start`. */
struct go_types {
    const struct go_image *image;
    uint64_t start, end;   /* moduledata.types and etypes */
    unsigned offset_shift; /* 1: offsets of fields are shifted left by one, as in Go 1.18; else 0 */
    struct budget *budget; /* for names: each costs its length and 64. Without it, types that share
                              their parts could keep the reader busy for hours. */
};

struct go_type {
    uint64_t address; /* of the descriptor: equal types of one module have one */
    enum go_kind kind;
    bool is_named;    /* Go spec: a named type; false for a type literal such as []int */
    bool is_variadic; /* of a func */
    uint64_t size;    /* bytes */
    uint8_t alignment;
    struct bytes name; /* as reflect.Type.String: "main.Point", "map[string]int"; UTF-8 */
    uint64_t element;  /* descriptor of the element, or of a pointer's base type */
    uint64_t key;      /* descriptor of a map's key */
    uint64_t count;    /* elements of an array, fields of a struct, parameters of a func */
    uint64_t results;  /* of a func */
    uint64_t items;    /* address of the fields, or of the func's types */
};

struct go_field {
    struct bytes name; /* "_": blank; of an embedded field, its type's */
    uint64_t type;     /* descriptor */
    uint64_t offset;   /* bytes */
};

/* Reads the descriptor at an address. False with the error set (PLUGIN_NOT_PLUGIN) if it is
 * damaged: unknown kind, impossible size, alignment or count, outside of the image; or if the
 * budget is spent. */
bool go_type_read(const struct go_types *types, uint64_t address, struct go_type *type,
                  struct error *error);

/* The same without the name, and so without types->start and types->end. */
bool go_type_read_layout(const struct go_types *types, uint64_t address, struct go_type *type,
                         struct error *error);

/* Reads a field of a struct. */
bool go_type_field(const struct go_types *types, const struct go_type *type, uint64_t index,
                   struct go_field *field, struct error *error);

/* Gives the descriptor of a parameter of a func; the results follow the parameters. */
bool go_type_parameter(const struct go_types *types, const struct go_type *type, uint64_t index,
                       uint64_t *address, struct error *error);

/* Reads the name at an offset from types->start (abi.NameOff). */
bool go_type_name(const struct go_types *types, uint64_t offset, struct bytes *name,
                  struct error *error);

#endif
