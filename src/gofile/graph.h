/* Which Go types have a C form, and why the others have none: types and their parts, as a graph.
 *
 * A type needs a form of each of its parts, but for a pointer to a named struct, which may stay
 * incomplete in C. Types may be part of themselves; they have a form unless something denies it. */
#ifndef PLUGIN_GO_GRAPH_H
#define PLUGIN_GO_GRAPH_H

#include "gofile/types.h"

enum graph_fault {
    GRAPH_FINE,
    GRAPH_MAP,
    GRAPH_CHANNEL,
    GRAPH_INTERFACE,
    GRAPH_FUNC,
    GRAPH_LARGE,   /* larger than BTF can say */
    GRAPH_EMPTY,   /* an array of structs without a size */
    GRAPH_DEEP,    /* made of too many types, one of the other */
    GRAPH_TWISTED, /* C cannot declare it: it must be known whole before it is known */
    GRAPH_PART     /* a part of it has no form */
};

enum graph_link {
    GRAPH_HANDLE, /* no form is needed */
    GRAPH_TAGGED, /* a form is needed; in C its tag is known before the whole is */
    GRAPH_WHOLE   /* the whole must be known first */
};

/* One type as part of another: a member, an element, what a pointer points to. */
struct graph_part {
    uint32_t user, node;
    uint32_t field;  /* number of the struct's field */
    uint32_t next;   /* the next part that is of this node, plus 1 */
    uint64_t offset; /* bytes; of a member */
    enum graph_link link;
};

struct graph_node {
    struct go_type type;
    uint32_t part, part_count; /* its parts lie together; of a struct, the members that C has */
    uint32_t users;            /* the first part that is of this node, plus 1 */
    uint32_t waiting;          /* parts that it must know whole, and that are not judged yet */
    uint32_t cause;            /* the part that GRAPH_PART is about */
    enum graph_fault fault;
    uint8_t depth;
    uint8_t alignment; /* that C gives to its form */
    bool is_natural;   /* C lays the form out in memory as Go does the type, without help */
    bool is_declared;  /* its name is one that is declared: long ones are looked through once */
    uint32_t id;       /* BTF id of the form; 0: not written. For form.c, as is the next: */
    uint32_t slice_id; /* of a slice's form, of which this is the element */
};

struct graph {
    const struct go_types *types;
    struct graph_node *nodes;
    struct graph_part *parts;
    uint32_t *slots; /* nodes by descriptor: number plus 1; 0: empty. Open addressing. */
    uint32_t *work;  /* room for as many nodes as there are */
    size_t node_count, node_capacity, part_count, part_capacity, slot_count;
};

/* Adds the type with this descriptor, and all that it is made of, and judges them. A zeroed graph
 * with its types set is valid; free with graph_free. */
bool graph_add(struct graph *graph, uint64_t address, uint32_t *node, struct error *error);

/* Adds why the node has no form: "its member m, chan int, is a channel". `what` is what the node
 * is, "its parameter 1"; "": the symbol itself. */
bool graph_add_reason(struct text *text, const struct graph *graph, uint32_t node, const char *what,
                      struct error *error);

void graph_free(struct graph *graph);

#endif
