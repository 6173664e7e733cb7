/* SPDX-License-Identifier: MIT */
/* The C forms of Go types. */
#include "gofile/forms_p.h"

#include "base/array.h"
#include "gofile/names_p.h"
#include "types/btf_tags.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* A slice's tag names at most NAME_STEPS_MAX types. A gap of more than GAP_MAX bytes becomes a
 * member; src/types/print.c writes smaller ones as unnamed bit-fields (C11 6.7.2.1p12). */
enum { NAME_STEPS_MAX = 64, GAP_MAX = 16 };

/* A type that has an id and is to be written: the node's, or the slice with the node as element. */
struct form_pending {
    uint32_t node;
    bool is_slice;
};

void form_types_start(struct go_forms *forms, size_t limit)
{
    struct btf_writer *writer = &forms->writer;
    btf_writer_init(writer, limit);
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
    /* Signed as on this machine, for only plugins of this machine are compared. */
    btf_writer_add_int(writer, "char", 1, CHAR_MIN < 0 ? BTF_SIGNED : BTF_UNSIGNED);
    btf_writer_add(writer, BTF_CONST, "", 0, ID_CHAR);
    btf_writer_add(writer, BTF_PTR, "", 0, ID_CONST_CHAR);
    btf_writer_add(writer, BTF_PTR, "", 0, 0);
    btf_writer_add(writer, BTF_STRUCT, BTF_GO_STRING_TAG, 2, 16);
    btf_writer_member(writer, "data", ID_CONST_CHAR_POINTER, 0);
    btf_writer_member(writer, "len", ID_INT64, 8);
    btf_writer_add(writer, BTF_TYPEDEF, BTF_GO_STRING_TAG, 0, ID_STRING_STRUCT);
    forms->next_id = ID_END;
}

/* ---- ids: types have them before they are written, so that they may refer to each other ---- */

static const struct graph_node *form_node(const struct go_forms *forms, uint32_t node)
{
    return &forms->graph.nodes[node];
}

/* Returns the node of the element, or of a pointer's target. */
static uint32_t form_element(const struct go_forms *forms, const struct graph_node *node)
{
    return forms->graph.parts[node->part].node;
}

static uint32_t form_scalar_id(enum go_kind kind)
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

static bool form_is_typedef(const struct graph_node *node)
{
    return node->type.kind != GO_STRUCT && node->is_declared;
}

/* Queues a type, and gives it the next id, which is followed by those of `types` - 1 more records.
 */
static bool form_enqueue(struct go_forms *forms, struct form_pending pending, uint32_t types,
                         uint32_t *id, struct error *error)
{
    struct form_pending *added =
        array_add(NULL, forms->queue, forms->queue_count, forms->queue_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = pending;
    *id = forms->next_id;
    forms->next_id += types;
    return true;
}

/* Gives the id of the struct for a slice of this element; that of its data pointer follows. */
static bool form_slice_id(struct go_forms *forms, uint32_t element, uint32_t *id,
                          struct error *error)
{
    struct graph_node *node = &forms->graph.nodes[element];
    if (!node->slice_id &&
        !form_enqueue(forms, (struct form_pending){element, true}, 2, &node->slice_id, error))
        return false;
    *id = node->slice_id;
    return true;
}

/* C has no struct of size zero either. */
static bool form_is_incomplete(const struct graph_node *node)
{
    return node->fault || (node->type.is_named && !node->type.size);
}

/* Returns the size of the gap in front of a member, or of the end of the struct, if it is large
 * enough to become a member; else 0. */
static uint32_t form_gap_before(const struct go_forms *forms, const struct graph_node *node,
                                uint32_t index, uint64_t *from)
{
    const struct graph_part *parts = forms->graph.parts;
    uint32_t at = node->part + index;
    uint64_t to = index < node->part_count ? parts[at].offset : node->type.size;
    *from = index ? parts[at - 1].offset + form_node(forms, parts[at - 1].node)->type.size : 0;
    return to - *from > (node->part_count ? GAP_MAX : 0U) ? (uint32_t)(to - *from) : 0;
}

static uint32_t form_gap_count(const struct go_forms *forms, const struct graph_node *node)
{
    uint32_t count = 0;
    uint64_t from;
    for (uint32_t i = 0; i <= node->part_count; i++)
        count += form_gap_before(forms, node, i, &from) != 0;
    return count;
}

static void form_add_gap(struct btf_writer *writer, uint32_t id, uint64_t from)
{
    char name[40];
    snprintf(name, sizeof name, "padding_at_%" PRIu64 "_", from);
    btf_writer_member(writer, name, id, from);
}

bool form_types_id(struct go_forms *forms, uint32_t number, uint32_t *id, struct error *error)
{
    struct graph_node *node = &forms->graph.nodes[number];
    enum go_kind kind = node->type.kind;
    bool is_named = form_is_typedef(node);
    if (node->id) {
        *id = node->id;
        return true;
    }
    if (!is_named && form_scalar_id(kind)) {
        *id = form_scalar_id(kind);
        return true;
    }
    if (!is_named && kind == GO_SLICE)
        return form_slice_id(forms, form_element(forms, node), id, error);
    /* A typedef is followed by its array or pointer, a struct by the arrays in its gaps. */
    uint32_t types = is_named && (kind == GO_ARRAY || kind == GO_POINTER) ? 2 : 1;
    if (kind == GO_STRUCT && !form_is_incomplete(node))
        types += form_gap_count(forms, node);
    if (!form_enqueue(forms, (struct form_pending){number, false}, types, &node->id, error))
        return false;
    *id = node->id;
    return true;
}

/* ---- records ---- */

/* Adds the name of a member. Where c_name_add changes it, '_' is appended until no other member has
 * the name. */
static bool form_add_member_name(struct text *name, const struct go_types *types,
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
            i = UINT64_MAX; /* start again */
        }
    }
    return true;
}

static bool form_write_struct(struct go_forms *forms, const struct graph_node *node,
                              struct error *error)
{
    struct btf_writer *writer = &forms->writer;
    TEXT_AUTO tag = {0};
    const struct go_type type = node->type;
    uint32_t gap_id = node->id;
    uint64_t from;
    if (type.is_named)
        c_name_add(&tag, type.name);
    if (form_is_incomplete(node)) {
        btf_writer_add(writer, BTF_FWD, text_chars(&tag), 0, 0);
        return !tag.failed || error_set_no_memory(error);
    }
    btf_writer_add(writer, BTF_STRUCT, text_chars(&tag),
                   node->part_count + form_gap_count(forms, node), (uint32_t)type.size);
    for (uint32_t i = 0; i < node->part_count; i++) {
        const struct graph_part *part = &forms->graph.parts[node->part + i];
        TEXT_AUTO name = {0};
        struct go_field field;
        uint32_t id;
        if (form_gap_before(forms, node, i, &from))
            form_add_gap(writer, ++gap_id, from);
        if (!go_type_field(forms->graph.types, &type, part->field, &field, error) ||
            !form_add_member_name(&name, forms->graph.types, &type, field.name, error) ||
            !form_types_id(forms, part->node, &id, error))
            return false;
        tag.failed |= name.failed;
        btf_writer_member(writer, text_chars(&name), id, part->offset);
    }
    if (form_gap_before(forms, node, node->part_count, &from))
        form_add_gap(writer, ++gap_id, from);
    for (uint32_t i = 0; i <= node->part_count; i++) {
        uint32_t size = form_gap_before(forms, node, i, &from);
        if (size)
            btf_writer_add_array(writer, ID_CHAR, ID_UINT32, size);
    }
    return !tag.failed || error_set_no_memory(error);
}

static bool form_write_node(struct go_forms *forms, uint32_t number, struct error *error)
{
    TEXT_AUTO name = {0};
    const struct graph_node *node = form_node(forms, number);
    const struct go_type *type = &node->type;
    if (type->kind == GO_STRUCT)
        return form_write_struct(forms, node, error);
    /* The type of a typedef is a scalar, a slice's struct, or has the next id. */
    uint32_t below = form_scalar_id(type->kind), element = 0;
    if (type->kind == GO_SLICE) {
        if (!form_slice_id(forms, form_element(forms, node), &below, error))
            return false;
    } else if (!below) {
        below = node->id + 1;
        if (!form_types_id(forms, form_element(forms, node), &element, error))
            return false;
    }
    if (form_is_typedef(node)) {
        c_name_add(&name, type->name);
        btf_writer_add(&forms->writer, BTF_TYPEDEF, text_chars(&name), 0, below);
    }
    if (type->kind == GO_POINTER)
        btf_writer_add(&forms->writer, BTF_PTR, "", 0, element);
    else if (type->kind == GO_ARRAY)
        btf_writer_add_array(&forms->writer, element, ID_UINT32, (uint32_t)type->count);
    return !name.failed || error_set_no_memory(error);
}

/* Adds the name of the element in a slice's tag: "pointer_Point" for []*main.Point. */
static void form_add_element_name(struct text *name, const struct go_forms *forms, uint32_t element)
{
    const struct graph_node *node = form_node(forms, element);
    for (unsigned steps = 0; !node->type.is_named && steps < NAME_STEPS_MAX; steps++) {
        if (node->type.kind == GO_ARRAY)
            text_add(name, "array%" PRIu64 "_", node->type.count);
        else if (node->type.kind == GO_POINTER || node->type.kind == GO_SLICE)
            text_add(name, node->type.kind == GO_POINTER ? "pointer_" : "slice_");
        else
            break;
        node = form_node(forms, form_element(forms, node));
    }
    c_name_add_part(name, node->type.name);
}

static bool form_write_slice(struct go_forms *forms, uint32_t element, struct error *error)
{
    TEXT_AUTO tag = {0};
    uint32_t target, pointer = form_node(forms, element)->slice_id + 1;
    text_add(&tag, BTF_GO_SLICE_TAG);
    form_add_element_name(&tag, forms, element);
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
        bool is_written = pending.is_slice ? form_write_slice(forms, pending.node, error)
                                           : form_write_node(forms, pending.node, error);
        if (!is_written)
            return false;
    }
    return true;
}
