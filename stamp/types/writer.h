/* The types while they are written: which DIEs become which ids. */
#ifndef PLUGIN_STAMP_WRITER_H
#define PLUGIN_STAMP_WRITER_H

#include "model/model.h"

#include <bpf/btf.h>

/* A DIE that becomes one type, or, as an array, one for each dimension. */
struct node {
    Dwarf_Die die;
    uint32_t id;   /* of the (outermost) type */
    bool is_index; /* no DIE: the type of array indices, which BTF wants to be said */
};

/* An alignment that the source asked for, to be recorded once all types are there. */
struct alignment {
    uint32_t id;
    int32_t member; /* -1: the type itself */
    uint64_t value;
};

struct writer {
    struct stamp *stamp;
    struct btf *btf;
    struct node *nodes;
    size_t node_count, node_capacity, next;
    size_t *slots; /* nodes by DIE: number plus 1; 0: empty. Open addressing. */
    size_t slot_count;
    uint32_t next_id, index_id;
    struct alignment *alignments;
    size_t alignment_count, alignment_capacity;
    struct error *error;
};

/* Starts a set of types of its own. writer_end comes after it in any case. */
bool writer_begin(struct writer *writer, struct stamp *stamp, struct error *error);
void writer_end(struct writer *writer);

/* Adds the types of the queue, and those that they reach. */
bool writer_write_queue(struct writer *writer);

/* Renumbers the types so that equal ones are one; VARs keep their order. */
bool writer_deduplicate(struct writer *writer);

/* use_types.c: adds the types of the uses behind the others, and gives the uses their ids. */
bool stamp_add_use_types(struct stamp *stamp, struct btf *btf, struct error *error);

/* Fails because of what this type is; the error names it. */
bool writer_fail(struct writer *writer, Dwarf_Die *die, const char *why);

/* Did libbpf, which returns ids and negative errnos, add what was wanted? expected may be 0. */
bool writer_added(struct writer *writer, int result, uint32_t expected);

/* The id that the DIE has or will have; it enters the queue if it is new. */
bool writer_id(struct writer *writer, Dwarf_Die *die, uint32_t *id);

/* The id of what DW_AT_type refers to; void, 0, without one. */
bool writer_type_id(struct writer *writer, Dwarf_Die *die, uint32_t *id);

/* The id of the type of array indices. */
bool writer_index_id(struct writer *writer, uint32_t *id);

/* kinds.c: adds the type, or types, of one node. */
bool writer_add_node(struct writer *writer, struct node node);

/* kinds.c: how many types an array becomes: one for each dimension, and one for a vector. */
uint32_t writer_dimensions(Dwarf_Die *die);

#endif
