/* SPDX-License-Identifier: MIT */
/* The graph of Go types and their parts, which tells which types have a C form, and why others do
 * not.
 *
 * A type needs a form of each of its parts. Only what a pointer to a named struct points to may
 * lack one: it stays incomplete in C. Cycles are fine: a type has a form unless something denies
 * it. */
#ifndef PLUGIN_GO_TYPE_GRAPH_H
#define PLUGIN_GO_TYPE_GRAPH_H

#include "base/table.h"
#include "gofile/type_descriptor_p.h"

enum graph_fault {
    GRAPH_FINE,
    GRAPH_MAP,
    GRAPH_CHANNEL,
    GRAPH_INTERFACE,
    GRAPH_FUNC,
    GRAPH_LARGE,   /* larger than BTF can say */
    GRAPH_EMPTY,   /* an array of structs of size zero */
    GRAPH_DEEP,    /* nested too deeply */
    GRAPH_TWISTED, /* needs its own complete declaration, as no C declaration can */
    GRAPH_PART     /* a part has no form */
};

enum graph_link {
    GRAPH_HANDLE, /* needs no form: a tag is enough */
    GRAPH_TAGGED, /* needs a form, but C knows its tag before it is complete */
    GRAPH_WHOLE   /* must be complete first */
};

/* One type as part of another: a member, an element, the target of a pointer. */
struct graph_part {
    uint32_t user, node;
    uint32_t field;  /* index of the struct's field */
    uint32_t next;   /* the next part with this node, plus 1 */
    uint64_t offset; /* of a member, in bytes */
    enum graph_link link;
};

struct graph_node {
    struct go_type type;
    uint32_t part, part_count; /* consecutive; of a struct, those fields that are members in C */
    uint32_t users;            /* the first part with this node, plus 1 */
    uint32_t waiting;          /* its GRAPH_WHOLE parts that are not judged yet */
    uint32_t cause;            /* for GRAPH_PART: the part without a form */
    enum graph_fault fault;
    uint8_t depth;
    uint8_t alignment; /* of its form in C */
    bool is_natural;   /* C's layout of the form is Go's, without padding members or attributes */
    bool is_declared;  /* its name is a declared one; cached, for names may be long */
    uint32_t id;       /* BTF id of the form; 0: not written. Used by form_types.c, as is: */
    uint32_t slice_id; /* id of the form of a slice of this type */
};

/* A zeroed one with `types` set is valid. */
struct graph {
    const struct go_types *types;
    struct graph_node *nodes;
    size_t node_count, node_capacity;
    struct table by_address; /* nodes by the address of the descriptor */
    struct graph_part *parts;
    size_t part_count, part_capacity;
};

/* Adds the type with this descriptor, with all its parts, and judges them. */
bool graph_add(struct graph *graph, uint64_t address, uint32_t *node, struct error *error);

/* Adds why the node has no form: "its member m, chan int, is a channel". `what` names the node, as
 * in "its parameter 1"; "": it is the symbol itself. */
bool graph_add_reason(struct text *text, const struct graph *graph, uint32_t node, const char *what,
                      struct error *error);

void graph_deinit(struct graph *graph);

#endif
