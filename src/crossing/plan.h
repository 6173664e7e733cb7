/* SPDX-License-Identifier: MIT */
/* How the calls of an isolated plugin cross to its process and back: flat tables that the host
 * makes from the types of the judged plugin, and that both processes read.
 *
 * A call crosses as its frame, an object: the arguments, each in a slot, and the result. What a
 * frame leads to by pointers are objects, too. An object is bytes that are copied as they are, but
 * for its parts. */
#ifndef PLUGIN_PLAN_H
#define PLUGIN_PLAN_H

#include "crossing/inits.h"

/* Of a function; hostile files have more, and are refused. */
enum { PLAN_PARAMETERS_MAX = 256 };

enum plan_kind {
    PLAN_PADDING,  /* bytes that belong to no member: zeroed */
    PLAN_EMBEDDED, /* `count` times `object`, held by value */
    PLAN_STRING,   /* a pointer to a string that ends with a NUL */
    PLAN_OBJECTS,  /* a pointer to `object`s, as many as `counted` says */
    PLAN_OPAQUE,   /* a pointer that the other process never follows: a handle or a token */
    PLAN_FUNCTION, /* a pointer to a function, which crosses calls as `object` says */
    PLAN_SAME /* the same as the bytes at count_offset: a slice of Go crosses with its length as
                 its capacity */
};

enum plan_counted {
    PLAN_ONE,
    PLAN_BY_COUNT, /* the integer at count_offset of the object that has the part */
    PLAN_BEHIND /* of a frame: that to which the pointer at count_offset leads, in an object of the
                   call. Such parts are behind all others */
};

/* Which way the objects behind a pointer are copied. */
enum plan_flow { PLAN_IN = 1, PLAN_BACK = 2 };

/* Without padding, in which memory of the host would reach the other process. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

struct plan_part {
    uint32_t offset;    /* in the object, in bytes */
    uint32_t size;      /* in bytes; of a pointer, 8 */
    uint8_t kind;       /* enum plan_kind */
    uint8_t counted;    /* enum plan_counted */
    uint8_t flow;       /* enum plan_flow, ored */
    uint8_t count_size; /* 1, 2, 4 or 8 bytes */
    bool count_is_signed;
    bool is_by_result; /* only as many objects come back as the result of the call says */
    bool is_by_count;  /* or as the count then says, of PLAN_BEHIND */
    bool is_kept;      /* of a frame: the callee keeps what it leads to. Such parts are first */
    bool is_of_go;     /* NULL only if there are none: Go's strings and slices */
    uint8_t reserved[3];
    uint32_t object; /* its number; of PLAN_OPAQUE, the type's name: an offset in `names`, in which
                        equal names have one; of PLAN_FUNCTION, the number of a function */
    uint32_t count;  /* PLAN_EMBEDDED; of PLAN_BEHIND, the object that is the count */
    uint32_t count_offset;
};

struct plan_object {
    uint32_t size;      /* in bytes */
    uint32_t alignment; /* a power of two */
    uint32_t first_part, part_count;
    uint32_t name; /* of its type in C, for messages: an offset in `names` */
    bool has_pointers;
    bool is_copied; /* also out of shared memory, although it has pointers: they lead there, too */
    uint8_t reserved[2];
};

/* An argument, or the result. */
struct plan_slot {
    uint32_t offset, size; /* in the frame, in bytes; of no result, size 0. Offsets are multiples
                              of 16, and no two slots share eight bytes */
    uint32_t name;         /* of the parameter, or ""; an offset in `names` */
};

struct plan_function {
    uint32_t name;      /* an offset in `names` */
    uint32_t signature; /* likewise: the result and the parameters for libffi, see plan_signature */
    uint32_t frame;     /* the number of its object */
    uint32_t first_slot, parameter_count; /* the result's slot follows those of the parameters */
    uint32_t result_offset, result_size;
    uint32_t freed_by; /* who frees the result: enum plan_freed_by, or above it the number of a
                          function, plus PLAN_FREED_BY */
    bool result_is_signed;
    bool frees; /* such results, of which who calls it has copies: the call does not cross */
    /* No function, but a variable: it is shared, at `address`, as linked, and nobody calls it. The
     * members above but `name` are those of a function without parameters and result. */
    bool is_variable;
    bool is_constant; /* it lies in memory that is never written, and is not shared */
    /* Neither: it has no form in C, and nobody can use it. */
    bool is_absent;
    uint8_t reserved[3];
    uint64_t address, size;
};

enum plan_freed_by {
    PLAN_BORROWED,   /* nobody: the result is that of the function */
    PLAN_FREED_BY_C, /* free(3), of either side */
    PLAN_FREED_BY
};

/* Memory of the plugin that is shared: a variable, or several that lie on each other. */
struct plan_variable {
    uint64_t address, size; /* as linked */
};

/* A block without pointers: the tables follow, at these distances from its start. */
struct plan {
    uint32_t size; /* of the block, in bytes */
    uint32_t functions, function_count;
    uint32_t symbol_count; /* functions of the plugin's symbols; those that it imports from the host
                              follow, then what pointers to functions lead to */
    uint32_t import_count;
    uint32_t objects, object_count;
    uint32_t parts, part_count;
    uint32_t slots, slot_count;
    uint32_t variables, variable_count; /* in the order of their addresses */
    uint32_t names, names_size;
    uint32_t has_kept; /* a part is_kept: not zero */
};

#pragma GCC diagnostic pop

static inline const struct plan_function *plan_function(const struct plan *plan, uint32_t number)
{
    return (const struct plan_function *)((const char *)plan + plan->functions) + number;
}

static inline const struct plan_object *plan_object(const struct plan *plan, uint32_t number)
{
    return (const struct plan_object *)((const char *)plan + plan->objects) + number;
}

static inline const struct plan_part *plan_part(const struct plan *plan, uint32_t number)
{
    return (const struct plan_part *)((const char *)plan + plan->parts) + number;
}

static inline const struct plan_slot *plan_slot(const struct plan *plan, uint32_t number)
{
    return (const struct plan_slot *)((const char *)plan + plan->slots) + number;
}

static inline const struct plan_variable *plan_variable(const struct plan *plan, uint32_t number)
{
    return (const struct plan_variable *)((const char *)plan + plan->variables) + number;
}

static inline const char *plan_name(const struct plan *plan, uint32_t offset)
{
    return (const char *)plan + plan->names + offset;
}

/* Signatures: the result, then each parameter. Signed and unsigned integers of 1, 2, 4 and 8 bytes
 * are b h i l and B H I L; f d g are float, double and long double; p is a pointer, v no result; a
 * struct is its members between braces, in which an array is its elements. */

/* May the plugin be handed functions of the host, by pointers or as imports? */
bool plan_has_calls_back(const struct plan *plan);

/* Makes the plan for all symbols of the plugin, the last of the modules, a block of the heap:
 * function number N is symbol number N. What cannot cross is told by misfits, all of it, each with
 * what to do; the result is NULL then, and if memory runs out, with the error set.
 *
 * `host` has the host's marks (PLUGIN_COUNTED and the like), which alone count: a plugin must not
 * decide what is copied of the host's memory. For the same reason, a struct that is not complete in
 * `host_types` is one that the host does not see into: a pointer to it is a handle.
 * Both are NULL of a host without types of its own, which takes the plugin's marks and types. */
struct plan *plan_make(const struct mapped_modules *modules, const struct meta *host,
                       const struct btf *host_types, struct misfits *misfits, struct error *error);

#endif
