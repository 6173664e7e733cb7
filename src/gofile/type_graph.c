/* SPDX-License-Identifier: MIT */
/* The graph of Go types, and the judgement which have a C form. */
#include "gofile/type_graph_p.h"

#include "base/array.h"
#include "gofile/names_p.h"

#include <stdlib.h>

/* BTF limits SIZE_MAX_BYTES (a member's offset is 32 bits, in bits) and MEMBERS_MAX (16 bits; each
 * member may need another for the padding before it). The others are far above any real program. */
enum {
    NODES_MAX = 1 << 20,
    PARTS_MAX = 1 << 21,
    DEPTH_MAX = 64,
    SIZE_MAX_BYTES = 1 << 28,
    MEMBERS_MAX = 0x7FFF,
    STEPS_MAX = 16
};

static bool graph_set_too_many(struct error *error)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "it has too many Go types");
}

static bool graph_set_damaged(struct error *error, const struct go_type *type, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its Go type %.*s is damaged: %s",
                     type->name.size < 100 ? (int)type->name.size : 100,
                     (const char *)type->name.data, what);
}

void graph_deinit(struct graph *graph)
{
    free(graph->nodes);
    free(graph->parts);
    table_deinit(&graph->by_address);
    *graph = (struct graph){0};
}

/* ---- nodes ---- */

/* Returns what denies the type a form, whatever its parts are. */
static enum graph_fault graph_own_fault(const struct go_type *type)
{
    switch (type->kind) {
    case GO_MAP:
        return GRAPH_MAP;
    case GO_CHAN:
        return GRAPH_CHANNEL;
    case GO_INTERFACE:
        return GRAPH_INTERFACE;
    case GO_FUNC:
        return GRAPH_FUNC;
    case GO_STRUCT:
        return type->size > SIZE_MAX_BYTES ? GRAPH_LARGE : GRAPH_FINE;
    case GO_ARRAY:
        return type->count > UINT32_MAX ? GRAPH_LARGE : GRAPH_FINE;
    default:
        return GRAPH_FINE;
    }
}

/* Gives the node of this descriptor. A new one has no parts yet. */
static bool graph_add_node(struct graph *graph, uint64_t address, uint32_t *number,
                           struct error *error)
{
    uint32_t hash = (uint32_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> 32);
    struct table_probe probe = {.hash = hash};
    for (uint32_t item; table_next(&graph->by_address, &probe, &item);)
        if (graph->nodes[item].type.address == address) {
            *number = item;
            return true;
        }
    if (graph->node_count == NODES_MAX)
        return graph_set_too_many(error);
    struct graph_node node = {0};
    if (!go_type_read(graph->types, address, &node.type, error))
        return false;
    node.fault = graph_own_fault(&node.type);
    node.is_declared = node.type.is_named && c_name_is_declared(node.type.name);
    struct graph_node *added = NULL;
    if (table_reserve(&graph->by_address, NULL, graph->node_count + 1))
        added = array_add(NULL, graph->nodes, graph->node_count, graph->node_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = node;
    *number = (uint32_t)graph->node_count - 1;
    table_add(&graph->by_address, hash, *number);
    return true;
}

/* ---- parts ---- */

static bool graph_add_part(struct graph *graph, struct graph_part part, struct error *error)
{
    if (graph->part_count == PARTS_MAX)
        return graph_set_too_many(error);
    struct graph_part *added =
        array_add(NULL, graph->parts, graph->part_count, graph->part_capacity);
    if (!added)
        return error_set_no_memory(error);
    struct graph_node *user = &graph->nodes[part.user], *node = &graph->nodes[part.node];
    part.next = node->users;
    *added = part;
    node->users = (uint32_t)graph->part_count;
    user->part_count++;
    return true;
}

/* Returns what a pointer needs of its target: C can refer to a struct by its tag before it is
 * complete, but typedefs and types without a name must come first. */
static enum graph_link graph_link_to(const struct go_type *target)
{
    if (target->kind == GO_STRUCT && target->is_named)
        return GRAPH_HANDLE;
    return target->kind == GO_SLICE ? GRAPH_TAGGED : GRAPH_WHOLE;
}

static bool graph_add_element(struct graph *graph, uint32_t user, struct error *error)
{
    uint32_t node;
    const struct go_type type = graph->nodes[user].type;
    if (!graph_add_node(graph, type.element, &node, error))
        return false;
    const struct go_type *element = &graph->nodes[node].type;
    bool is_array = type.kind == GO_ARRAY;
    uint64_t size;
    if (is_array && (__builtin_mul_overflow(element->size, type.count, &size) || size != type.size))
        return graph_set_damaged(error, &type, "size does not match its elements");
    if (is_array && element->kind == GO_STRUCT && !element->size)
        graph->nodes[user].fault = GRAPH_EMPTY;
    enum graph_link link = is_array ? GRAPH_WHOLE : graph_link_to(element);
    return graph_add_part(graph, (struct graph_part){.user = user, .node = node, .link = link},
                          error);
}

/* Adds those fields that are members in C: blank ones, and those of size zero, are padding. */
static bool graph_add_members(struct graph *graph, uint32_t user, struct error *error)
{
    uint64_t end = 0;
    const struct go_type type = graph->nodes[user].type;
    for (uint64_t i = 0; i < type.count; i++) {
        struct go_field field;
        uint32_t node;
        if (!go_type_field(graph->types, &type, i, &field, error))
            return false;
        if (c_name_is(field.name, "_"))
            continue;
        if (!graph_add_node(graph, field.type, &node, error))
            return false;
        uint64_t size = graph->nodes[node].type.size;
        if (field.offset < end || !range_is_within(field.offset, 1, size, type.size))
            return graph_set_damaged(error, &type, "fields overlap or exceed the struct");
        end = field.offset + size;
        if (size && !graph_add_part(graph,
                                    (struct graph_part){.user = user,
                                                        .node = node,
                                                        .field = (uint32_t)i,
                                                        .offset = field.offset,
                                                        .link = GRAPH_WHOLE},
                                    error))
            return false;
    }
    if (graph->nodes[user].part_count > MEMBERS_MAX)
        graph->nodes[user].fault = GRAPH_LARGE;
    return true;
}

static bool graph_add_parts(struct graph *graph, uint32_t user, struct error *error)
{
    graph->nodes[user].part = (uint32_t)graph->part_count;
    if (graph->nodes[user].fault)
        return true;
    switch (graph->nodes[user].type.kind) {
    case GO_ARRAY:
    case GO_POINTER:
    case GO_SLICE:
        return graph_add_element(graph, user, error);
    case GO_STRUCT:
        return graph_add_members(graph, user, error);
    default:
        return true;
    }
}

/* ---- the judgement ---- */

static uint8_t graph_scalar_alignment(const struct go_type *type)
{
    switch (type->kind) {
    case GO_COMPLEX64:
        return 4;
    case GO_COMPLEX128:
    case GO_SLICE:
    case GO_STRING:
        return 8;
    default:
        return (uint8_t)type->size;
    }
}

/* Lays the form out as C does, and compares. Its GRAPH_WHOLE parts are judged already. */
static void graph_judge_layout(struct graph *graph, struct graph_node *node)
{
    uint64_t end = 0;
    node->is_natural = true;
    node->alignment = 1;
    for (uint32_t i = 0; i < node->part_count; i++) {
        const struct graph_part *part = &graph->parts[node->part + i];
        const struct graph_node *whole = &graph->nodes[part->node];
        if (part->link == GRAPH_WHOLE && whole->depth >= node->depth)
            node->depth = (uint8_t)(whole->depth + 1);
        if (node->type.kind != GO_ARRAY && node->type.kind != GO_STRUCT)
            continue;
        if (whole->alignment > node->alignment)
            node->alignment = whole->alignment;
        end = align_up(end, whole->alignment);
        node->is_natural &= whole->is_natural && end == part->offset;
        end += whole->type.size;
    }
    if (node->type.kind == GO_STRUCT)
        node->is_natural &= align_up(end, node->alignment) == node->type.size;
    else if (node->type.kind != GO_ARRAY)
        node->alignment = graph_scalar_alignment(&node->type);
    if (node->depth > DEPTH_MAX && !node->fault)
        node->fault = GRAPH_DEEP;
    if (node->depth > DEPTH_MAX)
        node->depth = DEPTH_MAX;
}

/* Judges the nodes from `first` on in topological order, by GRAPH_WHOLE parts. Those that remain
 * are in a cycle, or lead into one. */
static void graph_judge_wholes(struct graph *graph, uint32_t first, uint32_t *work)
{
    size_t count = 0;
    for (uint32_t i = first; i < graph->node_count; i++) {
        struct graph_node *node = &graph->nodes[i];
        for (uint32_t k = 0; k < node->part_count; k++) {
            const struct graph_part *part = &graph->parts[node->part + k];
            node->waiting += part->link == GRAPH_WHOLE && part->node >= first;
        }
        if (!node->waiting)
            work[count++] = i;
    }
    while (count) {
        struct graph_node *node = &graph->nodes[work[--count]];
        graph_judge_layout(graph, node);
        for (uint32_t at = node->users; at; at = graph->parts[at - 1].next) {
            const struct graph_part *part = &graph->parts[at - 1];
            if (part->link == GRAPH_WHOLE && !--graph->nodes[part->user].waiting)
                work[count++] = part->user;
        }
    }
    for (uint32_t i = first; i < graph->node_count; i++)
        if (graph->nodes[i].waiting && !graph->nodes[i].fault)
            graph->nodes[i].fault = GRAPH_TWISTED;
}

/* Passes the faults of the nodes from `first` on to their users. Users of new nodes are new. */
static void graph_spread_faults(struct graph *graph, uint32_t first, uint32_t *work)
{
    size_t count = 0, next = 0;
    for (uint32_t i = first; i < graph->node_count; i++) {
        struct graph_node *node = &graph->nodes[i];
        for (uint32_t k = node->part; k < node->part + node->part_count && !node->fault; k++) {
            const struct graph_part *part = &graph->parts[k];
            if (part->link != GRAPH_HANDLE && part->node < first &&
                graph->nodes[part->node].fault) {
                node->fault = GRAPH_PART;
                node->cause = k;
            }
        }
        if (node->fault)
            work[count++] = i;
    }
    while (next < count) {
        const struct graph_node *node = &graph->nodes[work[next++]];
        for (uint32_t at = node->users; at; at = graph->parts[at - 1].next) {
            const struct graph_part *part = &graph->parts[at - 1];
            struct graph_node *user = &graph->nodes[part->user];
            if (part->link == GRAPH_HANDLE || user->fault)
                continue;
            user->fault = GRAPH_PART;
            user->cause = at - 1;
            work[count++] = part->user;
        }
    }
}

bool graph_add(struct graph *graph, uint64_t address, uint32_t *node, struct error *error)
{
    uint32_t first = (uint32_t)graph->node_count;
    if (!graph_add_node(graph, address, node, error))
        return false;
    if (graph->node_count == first)
        return true;
    for (uint32_t i = first; i < graph->node_count; i++)
        if (!graph_add_parts(graph, i, error))
            return false;
    uint32_t *work = calloc(graph->node_count - first, sizeof *work);
    if (!work)
        return error_set_no_memory(error);
    graph_judge_wholes(graph, first, work);
    graph_spread_faults(graph, first, work);
    free(work);
    return true;
}

/* ---- reasons ---- */

static const char *graph_fault_words(enum graph_fault fault)
{
    switch (fault) {
    case GRAPH_MAP:
        return "is a map";
    case GRAPH_CHANNEL:
        return "is a channel";
    case GRAPH_INTERFACE:
        return "is an interface";
    case GRAPH_FUNC:
        return "is a func value";
    case GRAPH_LARGE:
        return "is too large";
    case GRAPH_EMPTY:
        return "is an array of structs of size zero, which C does not have";
    case GRAPH_TWISTED:
        return "refers to itself in a way that C cannot declare";
    default:
        return "is nested too deeply";
    }
}

/* Puts a part in front of the path: "member m of its parameter 1". */
static bool graph_add_step(const struct graph *graph, const struct graph_part *part,
                           struct text *path, struct error *error)
{
    struct text longer = {0};
    const struct go_type *user = &graph->nodes[part->user].type;
    struct go_field field = {0};
    if (user->kind == GO_STRUCT && !go_type_field(graph->types, user, part->field, &field, error))
        return false;
    if (!path->length)
        text_add(&longer, "its ");
    else if (user->kind != GO_STRUCT)
        text_add(&longer, "%s ", user->kind == GO_POINTER ? "the" : "an");
    if (user->kind == GO_STRUCT)
        text_add(&longer, "member ");
    else
        text_add(&longer, user->kind == GO_POINTER ? "target" : "element");
    text_add_bytes(&longer, (const char *)field.name.data, field.name.size);
    if (path->length)
        text_add(&longer, " of %s", text_chars(path));
    longer.failed |= path->failed;
    text_free(path);
    *path = longer;
    return true;
}

bool graph_add_reason(struct text *text, const struct graph *graph, uint32_t node, const char *what,
                      struct error *error)
{
    TEXT_AUTO path = {0};
    text_add(&path, "%s", what);
    for (unsigned steps = 0; graph->nodes[node].fault == GRAPH_PART && steps < STEPS_MAX; steps++) {
        const struct graph_part *part = &graph->parts[graph->nodes[node].cause];
        if (!graph_add_step(graph, part, &path, error))
            return false;
        node = part->node;
    }
    text->failed |= path.failed;
    text_add_escaped(text, path.length ? text_chars(&path) : "it");
    if (path.length) {
        text_add(text, ", ");
        if (!go_type_write(text, graph->types, graph->nodes[node].type.address, error))
            return false;
        text_add(text, ",");
    }
    text_add(text, " %s", graph_fault_words(graph->nodes[node].fault));
    return true;
}
