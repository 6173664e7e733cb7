/* The records of Go's types. */
#include "gofile/form_types.h"

#include "format/format.h"
#include "gofile/c_name.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* No name is made of more types than this. A gap of more bytes is a member: print.c spells smaller
 * ones as bit-fields without a name, which are none. */
enum { NAME_STEPS_MAX = 64, GAP_MAX = 16 };

/* A type whose id is given out, and which is to be written: that of a node, or the slice of which
 * the node is the element. */
struct form_pending {
    uint32_t node;
    bool is_slice;
};

static void write_string(struct btf_writer *writer)
{
    btf_writer_add(writer, BTF_STRUCT, "plugin_go_string", 2, 16);
    btf_writer_member(writer, "data", ID_CONST_CHAR_POINTER, 0);
    btf_writer_member(writer, "len", ID_INT64, 8);
    btf_writer_add(writer, BTF_TYPEDEF, "plugin_go_string", 0, ID_STRING_STRUCT);
}

void form_types_start(struct go_forms *forms, size_t limit)
{
    struct btf_writer *writer = &forms->writer;
    btf_writer_start(writer, limit);
    btf_writer_add_int(writer, "_Bool", 1, BTF_BOOLEAN);
    btf_writer_add_int(writer, "signed char", 1, BTF_SIGNED);
    btf_writer_add_int(writer, "short", 2, BTF_SIGNED);
    btf_writer_add_int(writer, "int", 4, BTF_SIGNED);
    btf_writer_add_int(writer, "long", 8, BTF_SIGNED);
    btf_writer_add_int(writer, "unsigned char", 1, BTF_UNSIGNED);
    btf_writer_add_int(writer, "unsigned short", 2, BTF_UNSIGNED);
    btf_writer_add_int(writer, "unsigned int", 4, BTF_UNSIGNED);
    btf_writer_add_int(writer, "unsigned long", 8, BTF_UNSIGNED);
    btf_writer_add(writer, BTF_FLOAT, "float", 0, 4);
    btf_writer_add(writer, BTF_FLOAT, "double", 0, 8);
    btf_writer_add(writer, BTF_FLOAT, "_Complex float", 0, 8);
    btf_writer_add(writer, BTF_FLOAT, "_Complex double", 0, 16);
    /* As this machine has it: only its own plugins are compared with anything. */
    btf_writer_add_int(writer, "char", 1, CHAR_MIN < 0 ? BTF_SIGNED : BTF_UNSIGNED);
    btf_writer_add(writer, BTF_CONST, "", 0, ID_CHAR);
    btf_writer_add(writer, BTF_PTR, "", 0, ID_CONST_CHAR);
    btf_writer_add(writer, BTF_PTR, "", 0, 0);
    write_string(writer);
    forms->next_id = ID_END;
}

/* ---- ids, given out before the types are written, so that they may refer to each other ---- */

static const struct graph_node *node_at(const struct go_forms *forms, uint32_t node)
{
    return &forms->graph.nodes[node];
}

/* The node that an array, pointer or slice is made of. */
static uint32_t element_of(const struct go_forms *forms, const struct graph_node *node)
{
    return forms->graph.parts[node->part].node;
}

static uint32_t scalar_id(enum go_kind kind)
{
    static const uint8_t ids[GO_UNSAFE_POINTER + 1] = {
        [GO_BOOL] = ID_BOOL,           [GO_INT] = ID_INT64,
        [GO_INT8] = ID_INT8,           [GO_INT16] = ID_INT16,
        [GO_INT32] = ID_INT32,         [GO_INT64] = ID_INT64,
        [GO_UINT] = ID_UINT64,         [GO_UINT8] = ID_UINT8,
        [GO_UINT16] = ID_UINT16,       [GO_UINT32] = ID_UINT32,
        [GO_UINT64] = ID_UINT64,       [GO_UINTPTR] = ID_UINT64,
        [GO_FLOAT32] = ID_FLOAT32,     [GO_FLOAT64] = ID_FLOAT64,
        [GO_COMPLEX64] = ID_COMPLEX64, [GO_COMPLEX128] = ID_COMPLEX128,
        [GO_STRING] = ID_STRING,       [GO_UNSAFE_POINTER] = ID_VOID_POINTER,
    };
    return ids[kind];
}

/* Is it a typedef in C? */
static bool is_typedef(const struct graph_node *node)
{
    return node->type.kind != GO_STRUCT && node->is_declared;
}

static bool enqueue(struct go_forms *forms, struct form_pending pending, uint32_t types,
                    uint32_t *id, struct error *error)
{
    if (forms->queue_count == forms->queue_capacity) {
        size_t larger = forms->queue_capacity ? forms->queue_capacity * 2 : 64;
        struct form_pending *queue = reallocarray(forms->queue, larger, sizeof *queue);
        if (!queue)
            return error_set_no_memory(error);
        forms->queue = queue;
        forms->queue_capacity = larger;
    }
    forms->queue[forms->queue_count++] = pending;
    *id = forms->next_id;
    forms->next_id += types;
    return true;
}

/* The struct of a slice of such elements, and behind it the pointer in it. */
static bool slice_id(struct go_forms *forms, uint32_t element, uint32_t *id, struct error *error)
{
    struct graph_node *node = &forms->graph.nodes[element];
    if (!node->slice_id &&
        !enqueue(forms, (struct form_pending){element, true}, 2, &node->slice_id, error))
        return false;
    *id = node->slice_id;
    return true;
}

/* Nor has C a struct without a size. */
static bool is_incomplete(const struct graph_node *node)
{
    return node->fault || (node->type.is_named && !node->type.size);
}

/* The bytes in front of member number `index`, or of the end, that are no member's and too many for
 * C to leave them; else 0. */
static uint32_t gap_before(const struct go_forms *forms, const struct graph_node *node,
                           uint32_t index, uint64_t *from)
{
    const struct graph_part *parts = forms->graph.parts;
    uint32_t at = node->part + index;
    uint64_t to = index < node->part_count ? parts[at].offset : node->type.size;
    *from = index ? parts[at - 1].offset + node_at(forms, parts[at - 1].node)->type.size : 0;
    return to - *from > (node->part_count ? GAP_MAX : 0U) ? (uint32_t)(to - *from) : 0;
}

static uint32_t gap_count(const struct go_forms *forms, const struct graph_node *node)
{
    uint32_t count = 0;
    uint64_t from;
    for (uint32_t i = 0; i <= node->part_count; i++)
        count += gap_before(forms, node, i, &from) != 0;
    return count;
}

static void add_gap_member(struct btf_writer *writer, uint32_t id, uint64_t from)
{
    char name[40];
    snprintf(name, sizeof name, "padding_at_%" PRIu64 "_", from);
    btf_writer_member(writer, name, id, from);
}

bool form_types_id(struct go_forms *forms, uint32_t number, uint32_t *id, struct error *error)
{
    struct graph_node *node = &forms->graph.nodes[number];
    enum go_kind kind = node->type.kind;
    bool is_named = is_typedef(node);
    if (node->id) { /* many may refer to one struct of many gaps */
        *id = node->id;
        return true;
    }
    if (!is_named && scalar_id(kind)) {
        *id = scalar_id(kind);
        return true;
    }
    if (!is_named && kind == GO_SLICE)
        return slice_id(forms, element_of(forms, node), id, error);
    /* A name for an array or a pointer has that behind it, a struct the arrays in its gaps. */
    uint32_t types = is_named && (kind == GO_ARRAY || kind == GO_POINTER) ? 2 : 1;
    if (kind == GO_STRUCT && !is_incomplete(node))
        types += gap_count(forms, node);
    if (!enqueue(forms, (struct form_pending){number, false}, types, &node->id, error))
        return false;
    *id = node->id;
    return true;
}

/* ---- the types of the queue ---- */

/* Adds the name of a member. What C reserves has a '_' behind it, and more where another member is
 * called so. */
static bool add_member_name(struct text *name, const struct go_types *types,
                            const struct go_type *type, struct bytes own, struct error *error)
{
    c_name_add(name, own);
    if (c_name_is(own, text_chars(name)))
        return true;
    for (uint64_t i = 0; i < type->count; i++) {
        struct go_field other;
        if (!go_type_field(types, type, i, &other, error))
            return false;
        if (c_name_is(other.name, text_chars(name))) {
            text_add(name, "_");
            i = UINT64_MAX; /* from the first one again */
        }
    }
    return true;
}

static bool write_struct(struct go_forms *forms, const struct graph_node *node, struct error *error)
{
    struct btf_writer *writer = &forms->writer;
    TEXT_AUTO tag = {0};
    const struct go_type type = node->type;
    uint32_t gap_id = node->id;
    uint64_t from;
    if (type.is_named)
        c_name_add(&tag, type.name);
    if (is_incomplete(node)) {
        btf_writer_add(writer, BTF_FWD, text_chars(&tag), 0, 0);
        return !tag.failed || error_set_no_memory(error);
    }
    btf_writer_add(writer, BTF_STRUCT, text_chars(&tag), node->part_count + gap_count(forms, node),
                   (uint32_t)type.size);
    for (uint32_t i = 0; i < node->part_count; i++) {
        const struct graph_part *part = &forms->graph.parts[node->part + i];
        TEXT_AUTO name = {0};
        struct go_field field;
        uint32_t id;
        if (gap_before(forms, node, i, &from))
            add_gap_member(writer, ++gap_id, from);
        if (!go_type_field(forms->graph.types, &type, part->field, &field, error) ||
            !add_member_name(&name, forms->graph.types, &type, field.name, error) ||
            !form_types_id(forms, part->node, &id, error))
            return false;
        tag.failed |= name.failed;
        btf_writer_member(writer, text_chars(&name), id, part->offset);
    }
    if (gap_before(forms, node, node->part_count, &from))
        add_gap_member(writer, ++gap_id, from);
    for (uint32_t i = 0; i <= node->part_count; i++) {
        uint32_t size = gap_before(forms, node, i, &from);
        if (size)
            btf_writer_add_array(writer, ID_CHAR, ID_UINT32, size);
    }
    return !tag.failed || error_set_no_memory(error);
}

static bool write_node(struct go_forms *forms, uint32_t number, struct error *error)
{
    TEXT_AUTO name = {0};
    const struct graph_node *node = node_at(forms, number);
    const struct go_type *type = &node->type;
    if (type->kind == GO_STRUCT)
        return write_struct(forms, node, error);
    /* What a name is for has the next id, or is written elsewhere. */
    uint32_t below = scalar_id(type->kind) ? scalar_id(type->kind) : node->id + 1, element = 0;
    if (type->kind == GO_SLICE
            ? !slice_id(forms, element_of(forms, node), &below, error)
            : !scalar_id(type->kind) &&
                  !form_types_id(forms, element_of(forms, node), &element, error))
        return false;
    if (is_typedef(node)) {
        c_name_add(&name, type->name);
        btf_writer_add(&forms->writer, BTF_TYPEDEF, text_chars(&name), 0, below);
    }
    if (type->kind == GO_POINTER)
        btf_writer_add(&forms->writer, BTF_PTR, "", 0, element);
    else if (type->kind == GO_ARRAY)
        btf_writer_add_array(&forms->writer, element, ID_UINT32, (uint32_t)type->count);
    return !name.failed || error_set_no_memory(error);
}

/* Adds what stands for the element in a slice's tag: slice_int for []int. */
static void add_element_name(struct text *name, const struct go_forms *forms, uint32_t element)
{
    const struct graph_node *node = node_at(forms, element);
    for (unsigned steps = 0; !node->type.is_named && steps < NAME_STEPS_MAX; steps++) {
        if (node->type.kind == GO_ARRAY)
            text_add(name, "array%" PRIu64 "_", node->type.count);
        else if (node->type.kind == GO_POINTER || node->type.kind == GO_SLICE)
            text_add(name, node->type.kind == GO_POINTER ? "pointer_" : "slice_");
        else
            break;
        node = node_at(forms, element_of(forms, node));
    }
    c_name_add_part(name, node->type.name);
}

static bool write_slice(struct go_forms *forms, uint32_t element, struct error *error)
{
    TEXT_AUTO tag = {0};
    uint32_t target, pointer = node_at(forms, element)->slice_id + 1;
    text_add(&tag, FORMAT_GO_SLICE);
    add_element_name(&tag, forms, element);
    if (!form_types_id(forms, element, &target, error))
        return false;
    btf_writer_add(&forms->writer, BTF_STRUCT, text_chars(&tag), 3, 24);
    btf_writer_member(&forms->writer, "data", pointer, 0);
    btf_writer_member(&forms->writer, "len", ID_INT64, 8);
    btf_writer_member(&forms->writer, "cap", ID_INT64, 16);
    btf_writer_add(&forms->writer, BTF_PTR, "", 0, target);
    return !tag.failed || error_set_no_memory(error);
}

bool form_types_write(struct go_forms *forms, struct error *error)
{
    while (forms->next < forms->queue_count) {
        struct form_pending pending = forms->queue[forms->next++];
        if (!(pending.is_slice ? write_slice : write_node)(forms, pending.node, error))
            return false;
    }
    return true;
}
