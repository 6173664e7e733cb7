/* SPDX-License-Identifier: MIT */
/* The BTF reader: a validated view of a `.BTF` section.
 *
 * The format is the kernel's (Documentation/bpf/btf.rst):
 *
 *     header | type records, numbered from 1 | strings
 *
 * Types refer to each other by id; id 0 is void. After btf_read every record lies within the
 * section, every id and name is valid, every cycle passes through a struct, a union or a function,
 * and a chain of pointers, arrays, qualifiers and typedefs has at most 1,023 types. */
#ifndef PLUGIN_BTF_H
#define PLUGIN_BTF_H

#include "base/bytes.h"
#include "base/error.h"

enum btf_kind {
    BTF_VOID = 0,
    BTF_INT = 1,
    BTF_PTR = 2,
    BTF_ARRAY = 3,
    BTF_STRUCT = 4,
    BTF_UNION = 5,
    BTF_ENUM = 6,
    BTF_FWD = 7,
    BTF_TYPEDEF = 8,
    BTF_VOLATILE = 9,
    BTF_CONST = 10,
    BTF_RESTRICT = 11,
    BTF_FUNC = 12,
    BTF_FUNC_PROTO = 13,
    BTF_VAR = 14,
    BTF_DATASEC = 15,
    BTF_FLOAT = 16,
    BTF_DECL_TAG = 17,
    BTF_TYPE_TAG = 18,
    BTF_ENUM64 = 19,
    BTF_KIND_COUNT
};

enum { BTF_MAGIC = 0xEB9F, BTF_VERSION = 1 };

struct btf_header {
    uint16_t magic;
    uint8_t version;
    uint8_t flags;
    uint32_t header_size;
    uint32_t types_offset, types_size; /* offsets count from the end of the header */
    uint32_t strings_offset, strings_size;
};

/* A declaration tag. */
struct btf_decl_tag {
    uint32_t type;
    int32_t member; /* -1: of the type itself */
    const char *text;
};

struct btf {
    struct bytes types;
    struct bytes strings;
    uint32_t count;            /* of types, including void */
    uint32_t *offsets;         /* of each record in types; [0] is unused. Owned. */
    struct btf_decl_tag *tags; /* sorted by type, then member. Owned. */
    uint32_t tag_count;
    bool records_objects;  /* the module's stamp records of which structs it has objects */
    unsigned char nesting; /* enum btf_nesting, which nesting.h knows; atomic */
    uint32_t pointer_size; /* in bytes, from the ELF class: BTF does not record it */
};

struct btf_type {
    enum btf_kind kind;
    bool flag;           /* kind_flag: bit-fields in a struct, a signed enum, a forward union */
    uint16_t length;     /* members, enumerators, parameters */
    const char *name;    /* "": unnamed */
    uint32_t size;       /* in bytes, of INT, FLOAT, STRUCT, UNION, ENUM, ENUM64 */
    uint32_t type;       /* the target of PTR, CONST, TYPEDEF, FUNC, ...; the result of a
                            FUNC_PROTO; the element of an ARRAY */
    const uint8_t *more; /* the data after the record, for the functions below */
};

/* A type without its typedefs, qualifiers and type tags. */
struct btf_unqualified {
    uint32_t id;
    unsigned qualifiers; /* enum btf_qualifier, ored */
    bool is_atomic;
    const char *tag;          /* of the innermost type tag but _Atomic; "": none */
    const char *typedef_name; /* of the innermost typedef; "": none */
    const char *outer_name;   /* of the outermost typedef; "": none */
    unsigned links;           /* modifiers that were skipped */
    struct btf_type type;
};

enum btf_qualifier { BTF_IS_CONST = 1, BTF_IS_VOLATILE = 2, BTF_IS_RESTRICT = 4 };

static inline bool btf_is_enum(enum btf_kind kind)
{
    return kind == BTF_ENUM || kind == BTF_ENUM64;
}

/* False for FWD, an incomplete struct or union. */
static inline bool btf_has_members(enum btf_kind kind)
{
    return kind == BTF_STRUCT || kind == BTF_UNION;
}

/* Does the last word of its record hold a size, not a type? */
static inline bool btf_kind_has_size(enum btf_kind kind)
{
    return kind == BTF_INT || kind == BTF_FLOAT || btf_has_members(kind) || btf_is_enum(kind) ||
           kind == BTF_DATASEC;
}

/* Is it a struct or union, complete or not? */
static inline bool btf_is_record(enum btf_kind kind)
{
    return btf_has_members(kind) || kind == BTF_FWD;
}

static inline bool btf_is_union(const struct btf_type *type)
{
    return type->kind == BTF_UNION || (type->kind == BTF_FWD && type->flag);
}

struct btf_int {
    bool is_signed, is_bool;
    uint8_t bits;
};

struct btf_member {
    const char *name;
    uint32_t type;
    uint32_t bit_offset;
    uint8_t bit_size; /* 0: not a bit-field */
};

struct btf_parameter {
    const char *name;
    uint32_t type; /* 0 with no name: the ellipsis */
};

/* Reads a `.BTF` section, which must outlive the view. Free with btf_deinit. */
bool btf_read(struct btf *btf, struct bytes section, uint32_t pointer_size, struct error *error);
void btf_deinit(struct btf *btf);

struct btf_type btf_type(const struct btf *btf, uint32_t id);
struct btf_int btf_int(const struct btf_type *type);
uint32_t btf_array_count(const struct btf_type *type);
struct btf_member btf_member(const struct btf *btf, const struct btf_type *type, uint32_t index);
struct btf_parameter btf_parameter(const struct btf *btf, const struct btf_type *type,
                                   uint32_t index);

/* Returns the enumerator's value, to be cast to uint64_t for an unsigned enum. */
int64_t btf_enumerator(const struct btf *btf, const struct btf_type *type, uint32_t index,
                       const char **name);

struct btf_unqualified btf_unqualified(const struct btf *btf, uint32_t id);

/* Returns the qualifiers of a type; of an array, those of its elements (C11 6.7.3p9). Adds to
 * *links the modifiers and arrays that were passed. */
unsigned btf_qualifiers(const struct btf *btf, uint32_t id, unsigned *links);
unsigned btf_qualifiers_of(const struct btf *btf, const struct btf_unqualified *type,
                           unsigned *links);

/* Returns the first declaration tag of a type (member -1) or one of its members whose text starts
 * with `start`, without that start; NULL if there is none. */
const char *btf_tagged(const struct btf *btf, uint32_t id, int32_t member, const char *start);

/* Likewise, of the type itself, the one behind `after`, which this function returned; NULL: the
 * first. */
const char *btf_tagged_next(const struct btf *btf, uint32_t id, const char *start,
                            const char *after);

/* Has the type itself a declaration tag that consists of these two texts? */
bool btf_is_tagged(const struct btf *btf, uint32_t id, const char *start, const char *rest);

/* Returns the alignment in bytes that the source requests for a type (member -1) or one of its
 * members, 0 if none. It is recorded as a declaration tag "aligned=N". */
uint32_t btf_alignment(const struct btf *btf, uint32_t id, int32_t member);

/* Does the FUNC_PROTO end in an ellipsis? */
bool btf_is_variadic(const struct btf *btf, const struct btf_type *type);

/* Does the function lack a prototype, as in `int f()`? It is recorded as an ellipsis alone, which
 * C11 6.7.6 does not allow. */
bool btf_is_unprototyped(const struct btf *btf, const struct btf_type *type);

/* Returns the function's calling convention, an attribute of gcc or clang; "": the usual one. It is
 * recorded as a TYPE_TAG of the result. */
const char *btf_convention(const struct btf *btf, const struct btf_type *type);

/* Is this the TYPE_TAG of C's _Atomic? */
bool btf_is_atomic(const struct btf_type *type);

/* Does the FLOAT stand for a type that BTF cannot express (_Complex, vectors, _Decimal64,
 * __float128)? Its name is the spelling in C. */
bool btf_is_opaque(const struct btf_type *type);

/* Does it stand for a type that the stamp could not read? */
bool btf_is_unknown(const struct btf_type *type);

#endif
