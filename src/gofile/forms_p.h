/* SPDX-License-Identifier: MIT */
/* The C forms of a Go module's symbols and types, written as BTF. docs/go.md has the table of
 * forms; go-bridge/ makes C functions of the same forms. */
#ifndef PLUGIN_GO_FORMS_H
#define PLUGIN_GO_FORMS_H

#include "base/text.h"
#include "gofile/btf_writer_p.h"
#include "gofile/type_graph_p.h"

/* The types without a descriptor, which are written first, in this order. */
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

/* The forms of one module, while they are written. */
struct go_forms {
    struct graph graph;
    struct btf_writer writer;
    struct form_pending *queue; /* types that have an id, in the order of ids */
    size_t queue_count, queue_capacity;
    size_t next; /* the first in the queue that is not written yet */
    uint32_t next_id;
};

/* `limit` bounds the bytes of the records, and those of their names. Returns NULL without memory;
 * free with go_forms_free. */
struct go_forms *go_forms_new(const struct go_types *types, size_t limit);
void go_forms_free(struct go_forms *forms);

/* Writes a symbol of this name: a variable of the type with this descriptor, or a function of that
 * func type. *id is that of its VAR or FUNC, or 0 if it has no C form; `reason` says why then: "its
 * parameter 1, map[string]int, is a map". False without memory, if a descriptor is damaged, or if
 * there are too many types. */
bool go_forms_add(struct go_forms *forms, const char *name, uint64_t type, bool is_function,
                  uint32_t *id, struct text *reason, struct error *error);

/* Gives the whole as a `.BTF` section, newly allocated. */
bool go_forms_write(const struct go_forms *forms, struct bytes *btf, struct error *error);

/* ---- types (form_types.c) ---- */

/* Writes the types without a descriptor. */
void form_types_start(struct go_forms *forms, size_t limit);

/* Gives the id of the form of a node, which may still have to be written. */
bool form_types_id(struct go_forms *forms, uint32_t node, uint32_t *id, struct error *error);

/* Writes all types that have an id. Only then may other records be added, and next_id advanced. */
bool form_types_write(struct go_forms *forms, struct error *error);

#endif
