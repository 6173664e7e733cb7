/* Types and their parts, and the judgement of which have a form in C. */
#include "gofile/graph.h"

#include "gofile/c_name.h"
#include "gofile/form.h"

#include <inttypes.h>
#include <stdlib.h>

/* No program has more; and no type is made of so many, one of the other. A part larger than this,
 * or of more members, each with a gap that is a member as well, cannot be recorded in BTF. */
enum {
    NODES_MAX = 1 << 20,
    PARTS_MAX = 1 << 21,
    DEPTH_MAX = 64,
    SIZE_MAX_BYTES = 1 << 28,
    MEMBERS_MAX = 0x7FFF,
    STEPS_MAX = 16
};

static bool set_too_many(struct error *error)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its Go types are more than any program has");
}

static bool set_damaged(struct error *error, const struct go_type *type, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its Go type %.*s is damaged: %s",
                     type->name.size < 100 ? (int)type->name.size : 100,
                     (const char *)type->name.data, what);
}

/* ---- memory ---- */

static uint32_t *find_slot(const struct graph *graph, uint64_t address)
{
    uint64_t hash = address * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t at = (size_t)(hash >> 32);; at++) {
        uint32_t *slot = &graph->slots[at & (graph->slot_count - 1)];
        if (!*slot || graph->nodes[*slot - 1].type.address == address)
            return slot;
    }
}

static bool grow_slots(struct graph *graph)
{
    if (graph->node_count * 2 < graph->slot_count)
        return true;
    size_t larger = graph->slot_count ? graph->slot_count * 2 : 256;
    free(graph->slots);
    graph->slots = calloc(larger, sizeof *graph->slots);
    graph->slot_count = graph->slots ? larger : 0;
    if (!graph->slots)
        return false;
    for (size_t i = 0; i < graph->node_count; i++)
        *find_slot(graph, graph->nodes[i].type.address) = (uint32_t)i + 1;
    return true;
}

static bool grow_nodes(struct graph *graph)
{
    if (graph->node_count < graph->node_capacity)
        return true;
    size_t larger = graph->node_capacity ? graph->node_capacity * 2 : 64;
    struct graph_node *nodes = reallocarray(graph->nodes, larger, sizeof *nodes);
    if (!nodes)
        return false;
    graph->nodes = nodes;
    uint32_t *work = reallocarray(graph->work, larger, sizeof *work);
    if (!work)
        return false;
    graph->work = work;
    graph->node_capacity = larger;
    return true;
}

static bool grow_parts(struct graph *graph)
{
    if (graph->part_count < graph->part_capacity)
        return true;
    size_t larger = graph->part_capacity ? graph->part_capacity * 2 : 64;
    struct graph_part *parts = reallocarray(graph->parts, larger, sizeof *parts);
    if (!parts)
        return false;
    graph->parts = parts;
    graph->part_capacity = larger;
    return true;
}

void graph_free(struct graph *graph)
{
    free(graph->nodes);
    free(graph->parts);
    free(graph->slots);
    free(graph->work);
    *graph = (struct graph){0};
}

/* ---- nodes ---- */

/* What the type is by itself. */
static enum graph_fault own_fault(const struct go_type *type)
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

/* The node of this descriptor; a new one has no parts yet. */
static bool add_node(struct graph *graph, uint64_t address, uint32_t *number, struct error *error)
{
    if (!grow_slots(graph) || !grow_nodes(graph))
        return error_set_no_memory(error);
    uint32_t *slot = find_slot(graph, address);
    if (*slot) {
        *number = *slot - 1;
        return true;
    }
    if (graph->node_count == NODES_MAX)
        return set_too_many(error);
    struct graph_node *node = &graph->nodes[graph->node_count];
    *node = (struct graph_node){0};
    if (!go_type_read(graph->types, address, &node->type, error))
        return false;
    node->fault = own_fault(&node->type);
    node->is_declared = node->type.is_named && c_name_is_declared(node->type.name);
    *number = (uint32_t)graph->node_count++;
    *slot = *number + 1;
    return true;
}

/* ---- parts ---- */

static bool add_part(struct graph *graph, struct graph_part part, struct error *error)
{
    if (graph->part_count == PARTS_MAX)
        return set_too_many(error);
    if (!grow_parts(graph))
        return error_set_no_memory(error);
    struct graph_node *user = &graph->nodes[part.user], *node = &graph->nodes[part.node];
    part.next = node->users;
    graph->parts[graph->part_count++] = part;
    node->users = (uint32_t)graph->part_count;
    user->part_count++;
    return true;
}

/* What a pointer, or a slice's pointer, needs of what it points to. C knows a struct by its tag
 * before it knows its members; what it calls by another name, or writes out, must come first. */
static enum graph_link link_to(const struct go_type *target)
{
    if (target->kind == GO_STRUCT && target->is_named)
        return GRAPH_HANDLE;
    return target->kind == GO_SLICE ? GRAPH_TAGGED : GRAPH_WHOLE;
}

static bool add_element(struct graph *graph, uint32_t user, struct error *error)
{
    uint32_t node;
    const struct go_type type = graph->nodes[user].type;
    if (!add_node(graph, type.element, &node, error))
        return false;
    const struct go_type *element = &graph->nodes[node].type;
    bool is_array = type.kind == GO_ARRAY;
    uint64_t size;
    if (is_array && (__builtin_mul_overflow(element->size, type.count, &size) || size != type.size))
        return set_damaged(error, &type, "its size is not that of its elements");
    if (is_array && element->kind == GO_STRUCT && !element->size)
        graph->nodes[user].fault = GRAPH_EMPTY;
    enum graph_link link = is_array ? GRAPH_WHOLE : link_to(element);
    return add_part(graph, (struct graph_part){.user = user, .node = node, .link = link}, error);
}

/* The members that C has: what is blank or without a size only leaves padding. */
static bool add_members(struct graph *graph, uint32_t user, struct error *error)
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
        if (!add_node(graph, field.type, &node, error))
            return false;
        uint64_t size = graph->nodes[node].type.size;
        if (field.offset < end || !range_is_within(field.offset, 1, size, type.size))
            return set_damaged(error, &type, "its fields do not lie one after the other within it");
        end = field.offset + size;
        if (size && !add_part(graph,
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

static bool add_parts(struct graph *graph, uint32_t user, struct error *error)
{
    graph->nodes[user].part = (uint32_t)graph->part_count;
    if (graph->nodes[user].fault)
        return true;
    switch (graph->nodes[user].type.kind) {
    case GO_ARRAY:
    case GO_POINTER:
    case GO_SLICE:
        return add_element(graph, user, error);
    case GO_STRUCT:
        return add_members(graph, user, error);
    default:
        return true;
    }
}

/* ---- the judgement ---- */

static uint8_t scalar_alignment(const struct go_type *type)
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

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

/* Lays the form out as C does, and compares. What it must know whole has been judged. */
static void judge_layout(struct graph *graph, struct graph_node *node)
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
        node->alignment = scalar_alignment(&node->type);
    if (node->depth > DEPTH_MAX && !node->fault)
        node->fault = GRAPH_DEEP;
    if (node->depth > DEPTH_MAX)
        node->depth = DEPTH_MAX;
}

/* Judges the new nodes, from `first` on, each after those that it must know whole. Those that are
 * left over are in a circle, or lead into one. */
static void judge_wholes(struct graph *graph, uint32_t first)
{
    size_t count = 0;
    for (uint32_t i = first; i < graph->node_count; i++) {
        struct graph_node *node = &graph->nodes[i];
        for (uint32_t k = 0; k < node->part_count; k++) {
            const struct graph_part *part = &graph->parts[node->part + k];
            node->waiting += part->link == GRAPH_WHOLE && part->node >= first;
        }
        if (!node->waiting)
            graph->work[count++] = i;
    }
    while (count) {
        struct graph_node *node = &graph->nodes[graph->work[--count]];
        judge_layout(graph, node);
        for (uint32_t at = node->users; at; at = graph->parts[at - 1].next) {
            const struct graph_part *part = &graph->parts[at - 1];
            if (part->link == GRAPH_WHOLE && !--graph->nodes[part->user].waiting)
                graph->work[count++] = part->user;
        }
    }
    for (uint32_t i = first; i < graph->node_count; i++)
        if (graph->nodes[i].waiting && !graph->nodes[i].fault)
            graph->nodes[i].fault = GRAPH_TWISTED;
}

/* The faults of the new nodes are those of what they are part of. */
static void spread_faults(struct graph *graph, uint32_t first)
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
            graph->work[count++] = i;
    }
    while (next < count) {
        const struct graph_node *node = &graph->nodes[graph->work[next++]];
        for (uint32_t at = node->users; at; at = graph->parts[at - 1].next) {
            const struct graph_part *part = &graph->parts[at - 1];
            struct graph_node *user = &graph->nodes[part->user];
            if (part->link == GRAPH_HANDLE || user->fault)
                continue;
            user->fault = GRAPH_PART;
            user->cause = at - 1;
            graph->work[count++] = part->user;
        }
    }
}

bool graph_add(struct graph *graph, uint64_t address, uint32_t *node, struct error *error)
{
    uint32_t first = (uint32_t)graph->node_count;
    if (!add_node(graph, address, node, error))
        return false;
    for (uint32_t i = first; i < graph->node_count; i++)
        if (!add_parts(graph, i, error))
            return false;
    judge_wholes(graph, first);
    spread_faults(graph, first);
    return true;
}

/* ---- reasons ---- */

static const char *fault_words(enum graph_fault fault)
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
        return "is an array of structs without a size, which C does not have";
    case GRAPH_TWISTED:
        return "refers to itself as no type in C can";
    default:
        return "is made of too many types, one of the other";
    }
}

/* Puts one step in front of the way: "member m of its parameter 1". */
static bool add_step(const struct graph *graph, const struct graph_part *part, struct text *way,
                     struct error *error)
{
    struct text longer = {0};
    const struct go_type *user = &graph->nodes[part->user].type;
    struct go_field field = {0};
    if (user->kind == GO_STRUCT && !go_type_field(graph->types, user, part->field, &field, error))
        return false;
    if (!way->length)
        text_add(&longer, "its ");
    else if (user->kind != GO_STRUCT)
        text_add(&longer, "%s ", user->kind == GO_POINTER ? "the" : "an");
    text_add(&longer, "%s",
             user->kind == GO_STRUCT    ? "member "
             : user->kind == GO_POINTER ? "target"
                                        : "element");
    text_add_bytes(&longer, (const char *)field.name.data, field.name.size);
    if (way->length)
        text_add(&longer, " of %s", text_chars(way));
    longer.failed |= way->failed;
    text_free(way);
    *way = longer;
    return true;
}

bool graph_add_reason(struct text *text, const struct graph *graph, uint32_t node, const char *what,
                      struct error *error)
{
    TEXT_AUTO way = {0};
    text_add(&way, "%s", what);
    for (unsigned steps = 0; graph->nodes[node].fault == GRAPH_PART && steps < STEPS_MAX; steps++) {
        const struct graph_part *part = &graph->parts[graph->nodes[node].cause];
        if (!add_step(graph, part, &way, error))
            return false;
        node = part->node;
    }
    text->failed |= way.failed;
    text_add_escaped(text, way.length ? text_chars(&way) : "it");
    if (way.length) {
        text_add(text, ", ");
        if (!go_type_write(text, graph->types, graph->nodes[node].type.address, error))
            return false;
        text_add(text, ",");
    }
    text_add(text, " %s", fault_words(graph->nodes[node].fault));
    return true;
}
