/* SPDX-License-Identifier: MIT */
/* The graph of a host and its plugins: what is judged, before it is drawn. */
#ifndef PLUGIN_PICTURE_P_H
#define PLUGIN_PICTURE_P_H

#include "judge/verdict.h"

enum node_kind { NODE_HOST, NODE_PLUGIN, NODE_LIBRARY, NODE_MISSING };

/* How an opened plugin was judged. */
enum node_state { NODE_FITS, NODE_REFUSED, NODE_NOT_JUDGED };

/* A package that a module carries. */
struct node_package {
    const char *path;
    bool is_live;     /* the others are bound to this copy */
    bool is_not_used; /* another module has the live copy */
};

/* Why a plugin does not fit. */
struct node_reason {
    const char *text;
};

/* A module. */
struct node {
    enum node_kind kind;
    enum node_state state;
    const char *path;  /* it is known by: absolute, if it was found */
    const char *given; /* as the user gave it; of a library, its path */
    struct node_package *packages;
    size_t package_count, package_capacity;
    struct node_reason *reasons;
    size_t reason_count, reason_capacity;
    size_t more_reasons; /* that are not kept */
};

/* What the plugin `from` uses of the module or package. */
struct edge {
    size_t from, to, package; /* the package plus 1; 0: none */
    const char **names;
    size_t name_count, name_capacity;
    size_t unchecked; /* how many of them could not be compared */
    bool is_wrong;    /* a reason why the plugin does not fit is about them */
};

/* The host opens a plugin. */
struct opening {
    size_t plugin;
    const char *interfaces; /* that it meets, "struct filter"; "": none */
};

/* All strings are copies in the arena. */
struct picture {
    struct arena arena;
    bool is_full;       /* also what is left out of a readable picture: the C implementation */
    struct node *nodes; /* the first one is the host */
    size_t node_count, node_capacity;
    struct edge *edges;
    size_t edge_count, edge_capacity;
    struct opening *openings;
    size_t opening_count, opening_capacity;
    bool failed; /* without memory */
};

/* Adds the host of a process. */
void picture_add_host(struct picture *picture, const struct host_process *process);

/* Adds a plugin after its verdict, with what it uses. */
void picture_add_plugin(struct picture *picture, struct host_process *process,
                        const struct verdict *verdict);

void picture_deinit(struct picture *picture);

/* Adds the graph in Graphviz's language. */
void picture_add_dot(struct text *text, const struct picture *picture);

#endif
