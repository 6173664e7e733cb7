/* SPDX-License-Identifier: MIT */
/* The C forms of a Go module's symbols: variables, and functions that pass parameters and results
 * by value. */
#include "gofile/forms_p.h"

#include "gofile/names_p.h"
#include "types/btf_tags.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A larger value is not passed to or returned by a function. */
enum { VALUE_MAX = 64 << 10 };

/* Stands for a result of type error, which has a form of its own: its text. */
#define ERROR_NODE UINT32_MAX

struct go_forms *go_forms_new(const struct go_types *types, size_t limit)
{
    struct go_forms *forms = calloc(1, sizeof *forms);
    if (!forms)
        return NULL;
    forms->graph.types = types;
    form_types_start(forms, limit);
    return forms;
}

void go_forms_free(struct go_forms *forms)
{
    if (!forms)
        return;
    graph_deinit(&forms->graph);
    btf_writer_deinit(&forms->writer);
    free(forms->queue);
    free(forms);
}

bool go_forms_write(const struct go_forms *forms, struct bytes *btf, struct error *error)
{
    return btf_writer_finish(&forms->writer, btf, error);
}

static bool form_add_variable(struct go_forms *forms, const char *name, uint64_t address,
                              uint32_t *id, struct text *reason, struct error *error)
{
    uint32_t node, type;
    if (!graph_add(&forms->graph, address, &node, error))
        return false;
    if (forms->graph.nodes[node].fault)
        return graph_add_reason(reason, &forms->graph, node, "", error);
    if (!form_types_id(forms, node, &type, error) || !form_types_write(forms, error))
        return false;
    *id = btf_writer_add_var(&forms->writer, name, type);
    forms->next_id++;
    return true;
}

/* Gives the node of a parameter; the results follow the parameters. */
static bool form_parameter_node(struct go_forms *forms, const struct go_type *type, uint64_t index,
                                uint32_t *node, struct error *error)
{
    uint64_t address;
    struct go_type own;
    if (!go_type_parameter(forms->graph.types, type, index, &address, error) ||
        !go_type_read(forms->graph.types, address, &own, error))
        return false;
    *node = ERROR_NODE;
    if (index >= type->count && own.kind == GO_INTERFACE && c_name_is(own.name, "error"))
        return true;
    return graph_add(&forms->graph, address, node, error);
}

/* Returns why a type with a form cannot be passed by value, NULL if it can. */
static const char *form_value_fault(const struct graph_node *node)
{
    if (node->type.kind == GO_ARRAY)
        return "is an array, which C cannot pass by value";
    if (node->type.kind != GO_STRUCT)
        return NULL;
    if (!node->type.size)
        return "has size zero, which C cannot pass by value";
    if (node->type.size > VALUE_MAX)
        return "is larger than 64 KiB, too large to pass by value";
    if (!node->is_natural)
        return "is laid out differently in C, so it cannot be passed by value";
    return NULL;
}

/* Adds the reason if the parameter or result cannot be passed. */
static bool form_judge_value(struct go_forms *forms, const struct go_type *type, uint64_t index,
                             struct text *reason, struct error *error)
{
    char what[48];
    uint32_t number;
    if (!form_parameter_node(forms, type, index, &number, error))
        return false;
    if (number == ERROR_NODE)
        return true;
    const struct graph_node *node = &forms->graph.nodes[number];
    if (index < type->count)
        snprintf(what, sizeof what, "its parameter %" PRIu64, index + 1);
    else if (type->results == 1)
        snprintf(what, sizeof what, "its result");
    else
        snprintf(what, sizeof what, "its result %" PRIu64, index - type->count + 1);
    if (node->fault)
        return graph_add_reason(reason, &forms->graph, number, what, error);
    const char *fault = form_value_fault(node);
    if (!fault)
        return true;
    text_add(reason, "%s, ", what);
    if (!go_type_write(reason, forms->graph.types, node->type.address, error))
        return false;
    text_add(reason, ", %s", fault);
    return true;
}

/* The C form of a parameter or result. */
struct form_value {
    uint32_t id;
    uint64_t size, alignment; /* bytes */
};

static bool form_read_value(struct go_forms *forms, const struct go_type *type, uint64_t index,
                            struct form_value *value, struct error *error)
{
    uint32_t number;
    *value = (struct form_value){ID_CONST_CHAR_POINTER, 8, 8};
    if (!form_parameter_node(forms, type, index, &number, error))
        return false;
    if (number == ERROR_NODE)
        return true;
    const struct graph_node *node = &forms->graph.nodes[number];
    value->size = node->type.size;
    value->alignment = node->alignment;
    return form_types_id(forms, number, &value->id, error);
}

/* Lays out the results of a func as the members of a struct, whose size is *size, and gives their
 * types ids. With is_written, writes the members. */
static bool form_lay_out_results(struct go_forms *forms, const struct go_type *type,
                                 bool is_written, uint64_t *size, struct error *error)
{
    uint64_t end = 0, alignment = 1;
    for (uint64_t i = 0; i < type->results; i++) {
        struct form_value value;
        char name[24];
        if (!form_read_value(forms, type, type->count + i, &value, error))
            return false;
        snprintf(name, sizeof name, "r%" PRIu64, i);
        end = align_up(end, value.alignment);
        if (is_written)
            btf_writer_member(&forms->writer, name, value.id, end);
        end += value.size;
        alignment = value.alignment > alignment ? value.alignment : alignment;
    }
    *size = align_up(end, alignment);
    return true;
}

/* Gives the id of what the func returns in C: of several results, a struct. */
static bool form_write_result(struct go_forms *forms, const char *name, const struct go_type *type,
                              uint32_t *id, struct error *error)
{
    TEXT_AUTO tag = {0};
    uint64_t size;
    struct form_value value = {0};
    if (type->results < 2) {
        bool done = !type->results || form_read_value(forms, type, type->count, &value, error);
        *id = value.id;
        return done && form_types_write(forms, error);
    }
    if (!form_lay_out_results(forms, type, false, &size, error) || !form_types_write(forms, error))
        return false;
    text_add(&tag, BTF_GO_RESULTS_TAG);
    c_name_add_part(&tag, (struct bytes){(const uint8_t *)name, strlen(name)});
    *id = btf_writer_add(&forms->writer, BTF_STRUCT, text_chars(&tag), (uint32_t)type->results,
                         (uint32_t)size);
    forms->next_id++;
    if (tag.failed)
        return error_set_no_memory(error);
    return form_lay_out_results(forms, type, true, &size, error);
}

/* Writes a function; its parameters and results were judged. */
static bool form_write_function(struct go_forms *forms, const char *name,
                                const struct go_type *type, uint32_t *id, struct error *error)
{
    struct form_value value;
    uint32_t result;
    for (uint64_t i = 0; i < type->count; i++)
        if (!form_read_value(forms, type, i, &value, error))
            return false;
    if (!form_write_result(forms, name, type, &result, error))
        return false;
    uint32_t prototype =
        btf_writer_add(&forms->writer, BTF_FUNC_PROTO, "", (uint32_t)type->count, result);
    for (uint64_t i = 0; i < type->count; i++) {
        if (!form_read_value(forms, type, i, &value, error))
            return false;
        btf_writer_parameter(&forms->writer, value.id);
    }
    *id = btf_writer_add_func(&forms->writer, name, prototype);
    forms->next_id += 2;
    return true;
}

static bool form_add_function(struct go_forms *forms, const char *name, uint64_t address,
                              uint32_t *id, struct text *reason, struct error *error)
{
    struct go_type type;
    uint64_t size;
    size_t before = reason->length;
    if (!go_type_read(forms->graph.types, address, &type, error))
        return false;
    if (type.kind != GO_FUNC)
        return error_set(error, PLUGIN_NOT_PLUGIN, "its Go function %s does not have a func type",
                         name);
    for (uint64_t i = 0; i < type.count + type.results; i++)
        if (!form_judge_value(forms, &type, i, reason, error))
            return false;
        else if (reason->failed || reason->length > before)
            return true;
    if (!form_lay_out_results(forms, &type, false, &size, error))
        return false;
    if (size > VALUE_MAX) {
        text_add(reason, "its results are larger than 64 KiB, too large to return by value");
        return true;
    }
    return form_write_function(forms, name, &type, id, error);
}

bool go_forms_add(struct go_forms *forms, const char *name, uint64_t type, bool is_function,
                  uint32_t *id, struct text *reason, struct error *error)
{
    *id = 0;
    bool is_added = is_function ? form_add_function(forms, name, type, id, reason, error)
                                : form_add_variable(forms, name, type, id, reason, error);
    return is_added && (!reason->failed || error_set_no_memory(error));
}
