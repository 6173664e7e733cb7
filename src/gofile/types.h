/* Go's type descriptors, as the run-time has them in a module's memory (internal/abi/type.go; until
 * Go 1.20 runtime/type.go): bytes in, checked values out. Their layout has not changed from Go 1.18
 * to 1.24, but for the offsets of fields; the layout of what it does not pin here
 * (runtime.moduledata) is read from its own descriptor. */
#ifndef PLUGIN_GO_TYPES_H
#define PLUGIN_GO_TYPES_H

#include "gofile/image.h"

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

/* Where to find what descriptors name by offsets: runtime.moduledata.types and etypes. */
struct go_types {
    const struct go_image *image;
    uint64_t start, end;
    unsigned offset_shift; /* 1: offsets of fields lie one bit higher, as in Go 1.18; else 0 */
    uint64_t *left;        /* how much may still be read: each name costs its bytes, and 64. Types
                              that share their parts could else keep the reader busy for hours. */
};

struct go_type {
    uint64_t address; /* of the descriptor: equal types of one module have one */
    enum go_kind kind;
    bool is_named;    /* declared by `type`, or predeclared; else written out, as []int is */
    bool is_variadic; /* of a func */
    uint64_t size;    /* bytes */
    uint8_t alignment;
    struct bytes name; /* as reflect.Type.String: "main.Point", "map[string]int"; UTF-8 */
    uint64_t element;  /* descriptor of an array's, channel's, map's, pointer's, slice's element */
    uint64_t key;      /* descriptor of a map's key */
    uint64_t count;    /* of an array's elements, a struct's fields, a func's parameters */
    uint64_t results;  /* of a func */
    uint64_t items;    /* where the fields, or the func's types, lie */
};

struct go_field {
    struct bytes name; /* "_" for a blank one; of an embedded one, its type's */
    uint64_t type;     /* descriptor */
    uint64_t offset;   /* bytes */
};

/* Reads the descriptor at an address; false, with the error set (PLUGIN_NOT_PLUGIN), if it is
 * damaged: of no kind, of an impossible size, alignment or count, or partly not there; or if
 * *types->left does not suffice. */
bool go_type_read(const struct go_types *types, uint64_t address, struct go_type *type,
                  struct error *error);

/* The same without its name, which types->start and types->end need not be known for. */
bool go_type_read_layout(const struct go_types *types, uint64_t address, struct go_type *type,
                         struct error *error);

/* Field number `index` of a struct. */
bool go_type_field(const struct go_types *types, const struct go_type *type, uint64_t index,
                   struct go_field *field, struct error *error);

/* The descriptor of parameter number `index` of a func; its results are numbered on after them. */
bool go_type_parameter(const struct go_types *types, const struct go_type *type, uint64_t index,
                       uint64_t *address, struct error *error);

/* The name at an offset from types->start (a nameOff of the run-time). */
bool go_type_name(const struct go_types *types, uint64_t offset, struct bytes *name,
                  struct error *error);

#endif
