/* The forms of one module while they are written: Go types in, BTF records out. */
#ifndef PLUGIN_GO_FORM_TYPES_H
#define PLUGIN_GO_FORM_TYPES_H

#include "gofile/btf_writer.h"
#include "gofile/graph.h"

/* The types that need no descriptor are written first, in this order. */
enum {
    ID_BOOL = 1,
    ID_INT8,
    ID_INT16,
    ID_INT32,
    ID_INT64,
    ID_UINT8,
    ID_UINT16,
    ID_UINT32,
    ID_UINT64,
    ID_FLOAT32,
    ID_FLOAT64,
    ID_COMPLEX64,
    ID_COMPLEX128,
    ID_CHAR,
    ID_CONST_CHAR,
    ID_CONST_CHAR_POINTER,
    ID_VOID_POINTER,
    ID_STRING_STRUCT,
    ID_STRING,
    ID_END
};

struct go_forms {
    struct graph graph;
    struct btf_writer writer;
    struct form_pending *queue; /* what has an id, in the order of the ids */
    size_t queue_count, queue_capacity, next;
    uint32_t next_id;
};

/* Writes the first types. */
void form_types_start(struct go_forms *forms, size_t limit);

/* The id that the form of a node has, or will have once the queue is written. */
bool form_types_id(struct go_forms *forms, uint32_t node, uint32_t *id, struct error *error);

/* Writes all that has an id. Then other records may be added, and counted in next_id. */
bool form_types_write(struct go_forms *forms, struct error *error);

#endif
