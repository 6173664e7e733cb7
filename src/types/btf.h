/* A view of a `.BTF` section: bytes in, checked values out.
 *
 * The format is the kernel's (Documentation/bpf/btf.rst):
 *
 *     header | type records, numbered from 1 | strings
 *
 * Every type refers to others by number; 0 is void. Once btf_read has returned true, every record
 * lies within the section, every reference is to an existing type, every name ends, every cycle
 * passes through a struct, a union or a function, and every way between two of these is short. */
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

/* An alignment that the source asked for. */
struct btf_tag {
    uint32_t type;
    int32_t member; /* -1: of the type itself */
    uint32_t alignment;
};

struct btf {
    struct bytes types;
    struct bytes strings;
    uint32_t count;       /* types, with void */
    uint32_t *offsets;    /* of each type's record in types; [0] is unused. Owned. */
    struct btf_tag *tags; /* the alignments that the source asked for. Owned. */
    uint32_t tag_count;
    uint32_t pointer_size; /* bytes; BTF does not say, the module's ELF class does */
};

struct btf_type {
    enum btf_kind kind;
    bool flag;        /* kind_flag: bit-fields in a struct, a signed enum, a forward union */
    uint16_t length;  /* members, enumerators, parameters */
    const char *name; /* "" if it has none */
    uint32_t size;    /* bytes; INT, FLOAT, STRUCT, UNION, ENUM, ENUM64 */
    uint32_t type;    /* what PTR, CONST, TYPEDEF, FUNC, ... refer to; the result of a FUNC_PROTO;
                         the element of an ARRAY */
    const uint8_t *more; /* what follows the record: use the functions below */
};

static inline bool btf_is_enum(enum btf_kind kind)
{
    return kind == BTF_ENUM || kind == BTF_ENUM64;
}

/* Has the kind members? A forward declaration has not. */
static inline bool btf_has_members(enum btf_kind kind)
{
    return kind == BTF_STRUCT || kind == BTF_UNION;
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

/* Reads a `.BTF` section, which must live as long as the view. Free with btf_free. */
bool btf_read(struct btf *btf, struct bytes section, uint32_t pointer_size, struct error *error);
void btf_free(struct btf *btf);

struct btf_type btf_type(const struct btf *btf, uint32_t id);
struct btf_int btf_int(const struct btf_type *type);
uint32_t btf_array_count(const struct btf_type *type);
struct btf_member btf_member(const struct btf *btf, const struct btf_type *type, uint32_t index);
struct btf_parameter btf_parameter(const struct btf *btf, const struct btf_type *type,
                                   uint32_t index);
/* The enumerator's value; of an unsigned enum, to be read as unsigned. */
int64_t btf_enumerator(const struct btf *btf, const struct btf_type *type, uint32_t index,
                       const char **name);

/* The alignment in bytes that the source asked for, for a struct or union (member -1) or one of its
 * members; 0 if it did not. Recorded as a declaration tag "aligned=N". */
uint32_t btf_alignment(const struct btf *btf, uint32_t id, int32_t member);

/* Does the FUNC_PROTO end in an ellipsis? Was it declared without a prototype, as in `int f()`?
 * The latter is recorded as an ellipsis alone, which C11 6.7.6 does not allow. */
bool btf_is_variadic(const struct btf *btf, const struct btf_type *type);
bool btf_is_unprototyped(const struct btf *btf, const struct btf_type *type);

/* Does the TYPE_TAG stand for C's _Atomic? */
bool btf_is_atomic(const struct btf_type *type);

/* Does the FLOAT stand for a type that BTF cannot say (_Complex, vectors, _Decimal64, _Float128)?
 * Those are recorded by their spelling in C and their size. */
bool btf_is_opaque(const struct btf_type *type);

#endif
