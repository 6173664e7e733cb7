/* SPDX-License-Identifier: MIT */
/* Writes a set of types, each a DIE, as BTF, by libbpf.
 *
 * The writer assigns an id to a DIE when it enters the queue, so that types may refer to each other
 * in any order, and nesting needs no stack. */
#ifndef PLUGIN_STAMP_WRITER_H
#define PLUGIN_STAMP_WRITER_H

#include "model/model.h"
#include "src/base/table.h"

#include <bpf/btf.h>

/* A DIE that becomes one type, an array one for each dimension; or a type without a DIE. */
struct node {
    enum {
        NODE_DIE,
        NODE_INDEX,   /* the type of array indices, which BTF requires */
        NODE_POINTER, /* to `target` */
        NODE_CONST,   /* a const `target` */
        NODE_TAG,     /* the type tag `text` on `target` */
        NODE_UNKNOWN, /* `text` says what is not known; of `target` bytes */
        NODE_VTABLE   /* the virtual functions of the class `die` */
    } kind;
    Dwarf_Die die;
    uint32_t id; /* of the (outermost) type */
    uint32_t target;
    const char *text;
};

/* A DW_AT_alignment, to be recorded once all types are written. */
struct alignment {
    uint32_t id;
    int32_t member; /* -1: the type itself */
    uint64_t value;
};

struct writer {
    struct stamp *stamp;
    struct btf *btf;
    struct node *nodes; /* the queue; in the stamp's arena, like the tables below */
    size_t node_count, node_capacity, next;
    struct table node_table; /* by DIE */
    uint32_t next_id, index_id;
    const struct completions *completions; /* of incomplete structs; NULL: none */
    struct alignment *alignments;
    size_t alignment_count, alignment_capacity;
    struct error *error;
};

struct completions;

bool writer_init(struct writer *writer, struct stamp *stamp, struct error *error);
void writer_deinit(struct writer *writer);

/* "cannot record type NAME: WHY". Always returns false. */
bool writer_fail(struct writer *writer, Dwarf_Die *die, const char *why);

/* Checks that libbpf, which returns an id or a negative errno, added a type with the expected id
 * (0: any). */
bool writer_added(struct writer *writer, int result, uint32_t expected);

/* Sets *id to the id that the DIE has or will have. A new one enters the queue. */
bool writer_id(struct writer *writer, Dwarf_Die *die, uint32_t *id);

/* The same for the target of the DIE's DW_AT_type; 0 (void) if it has none. */
bool writer_type_id(struct writer *writer, Dwarf_Die *die, uint32_t *id);

/* The same for the type of array indices. */
bool writer_index_id(struct writer *writer, uint32_t *id);

/* Adds a type without a DIE. A text must outlive the writer, or be NULL. */
bool writer_made_id(struct writer *writer, struct node node, uint32_t *id);

/* The same for a type of `size` bytes of which something is not known; copies the words. */
bool writer_unknown_id(struct writer *writer, uint64_t size, const char *what, uint32_t *id);

/* Writes a type that BTF does not have as a FLOAT, whose name every tool prints unchanged. */
bool writer_add_opaque(struct writer *writer, const char *name, uint64_t size, uint32_t id);

/* Writes a type of which something is not known. */
bool writer_add_unknown(struct writer *writer, const char *what, uint64_t size, uint32_t id);

/* Notes the DIE's own DW_AT_alignment, if it has one. */
bool writer_add_alignment(struct writer *writer, Dwarf_Die *die, uint32_t id, int32_t member);

/* Returns how many types an array becomes: one for each dimension, but one for a vector. */
uint32_t writer_dimensions(Dwarf_Die *die);

/* Merges equal types, and so renumbers them. FUNCs and VARs keep their order. Incomplete structs of
 * the tags that `completions` lists stay so. */
bool writer_deduplicate(struct writer *writer, const struct completions *completions);

/* Drops the last types, to which none refers. */
bool writer_drop_last(struct writer *writer, size_t count);

/* merge.c: merges types that are the same with all that they reach, and renumbers what the stamp
 * has of them. FUNCs and VARs keep their order. */
bool writer_merge(struct writer *writer);

/* kinds.c: writes the types of the queue, and those that they refer to. */
bool kinds_write_queue(struct writer *writer);

/* use_types.c: appends the types of the uses to *btf, and sets the ids of the uses. */
bool use_types_add(struct stamp *stamp, const struct completions *completions, struct btf *btf,
                   struct error *error);

#endif
