/* The symbols of a Go module as C has them: variables, and functions whose parameters and results
 * are passed by value. */
#include "gofile/form.h"

#include "format/format.h"
#include "gofile/c_name.h"
#include "gofile/form_types.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Nothing larger than this is passed by value. */
enum { VALUE_MAX = 64 << 10 };

/* A result of the type error, which is no node. */
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
    graph_free(&forms->graph);
    btf_writer_free(&forms->writer);
    free(forms->queue);
    free(forms);
}

bool go_forms_write(const struct go_forms *forms, struct bytes *btf, struct error *error)
{
    return btf_writer_finish(&forms->writer, btf, error);
}

bool go_type_write(struct text *text, const struct go_types *types, uint64_t type,
                   struct error *error)
{
    struct go_type own;
    TEXT_AUTO name = {0};
    if (!go_type_read(types, type, &own, error))
        return false;
    text_add_bytes(&name, (const char *)own.name.data, own.name.size);
    text->failed |= name.failed;
    text_add_escaped(text, text_chars(&name));
    return true;
}

/* ---- symbols ---- */

static bool add_variable(struct go_forms *forms, const char *name, uint64_t address, uint32_t *id,
                         struct text *reason, struct error *error)
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

/* Parameter number `index`, the results after the others: its node. */
static bool parameter_node(struct go_forms *forms, const struct go_type *type, uint64_t index,
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

/* Why a type that has a form cannot be passed by value; NULL: it can. */
static const char *value_fault(const struct graph_node *node)
{
    if (node->type.kind == GO_ARRAY)
        return "is an array, and C cannot pass an array by value";
    if (node->type.kind != GO_STRUCT)
        return NULL;
    if (!node->type.size)
        return "has no size, so C cannot pass it by value";
    if (node->type.size > VALUE_MAX)
        return "is larger than 64 KiB, too large to be passed by value";
    if (!node->is_natural)
        return "is not laid out in memory as C lays out its members, so it cannot be passed by "
               "value";
    return NULL;
}

/* Can the parameter or result be passed? If not, the reason is added. */
static bool judge_value(struct go_forms *forms, const struct go_type *type, uint64_t index,
                        struct text *reason, struct error *error)
{
    char what[48];
    uint32_t number;
    if (!parameter_node(forms, type, index, &number, error))
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
    const char *fault = value_fault(node);
    if (!fault)
        return true;
    text_add(reason, "%s, ", what);
    if (!go_type_write(reason, forms->graph.types, node->type.address, error))
        return false;
    text_add(reason, ", %s", fault);
    return true;
}

/* A parameter or result as C has it. */
struct value {
    uint32_t id;
    uint64_t size, alignment; /* bytes */
};

static bool read_value(struct go_forms *forms, const struct go_type *type, uint64_t index,
                       struct value *value, struct error *error)
{
    uint32_t number;
    *value = (struct value){ID_CONST_CHAR_POINTER, 8, 8};
    if (!parameter_node(forms, type, index, &number, error))
        return false;
    if (number == ERROR_NODE)
        return true;
    const struct graph_node *node = &forms->graph.nodes[number];
    value->size = node->type.size;
    value->alignment = node->alignment;
    return form_types_id(forms, number, &value->id, error);
}

static uint64_t align_up(uint64_t offset, uint64_t alignment)
{
    return (offset + alignment - 1) / alignment * alignment;
}

/* Goes through the results of a func that has several, as the members of a struct. The types of all
 * have ids then; *size is the struct's. With is_written, adds the members. */
static bool lay_out_results(struct go_forms *forms, const struct go_type *type, bool is_written,
                            uint64_t *size, struct error *error)
{
    uint64_t end = 0, alignment = 1;
    for (uint64_t i = 0; i < type->results; i++) {
        struct value value;
        char name[24];
        if (!read_value(forms, type, type->count + i, &value, error))
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

/* The id of what the func returns in C. */
static bool write_result(struct go_forms *forms, const char *name, const struct go_type *type,
                         uint32_t *id, struct error *error)
{
    TEXT_AUTO tag = {0};
    uint64_t size;
    struct value value = {0};
    if (type->results < 2) {
        bool done = !type->results || read_value(forms, type, type->count, &value, error);
        *id = value.id;
        return done && form_types_write(forms, error);
    }
    if (!lay_out_results(forms, type, false, &size, error) || !form_types_write(forms, error))
        return false;
    text_add(&tag, FORMAT_GO_RESULTS);
    c_name_add_part(&tag, (struct bytes){(const uint8_t *)name, strlen(name)});
    *id = btf_writer_add(&forms->writer, BTF_STRUCT, text_chars(&tag), (uint32_t)type->results,
                         (uint32_t)size);
    forms->next_id++;
    if (tag.failed)
        return error_set_no_memory(error);
    return lay_out_results(forms, type, true, &size, error);
}

/* Writes a function all of whose parameters and results can be passed. */
static bool write_function(struct go_forms *forms, const char *name, const struct go_type *type,
                           uint32_t *id, struct error *error)
{
    struct value value;
    uint32_t result;
    for (uint64_t i = 0; i < type->count; i++)
        if (!read_value(forms, type, i, &value, error))
            return false;
    if (!write_result(forms, name, type, &result, error))
        return false;
    uint32_t prototype =
        btf_writer_add(&forms->writer, BTF_FUNC_PROTO, "", (uint32_t)type->count, result);
    for (uint64_t i = 0; i < type->count; i++) {
        if (!read_value(forms, type, i, &value, error))
            return false;
        btf_writer_parameter(&forms->writer, value.id);
    }
    *id = btf_writer_add_func(&forms->writer, name, prototype);
    forms->next_id += 2;
    return true;
}

static bool add_function(struct go_forms *forms, const char *name, uint64_t address, uint32_t *id,
                         struct text *reason, struct error *error)
{
    struct go_type type;
    uint64_t size;
    size_t before = reason->length;
    if (!go_type_read(forms->graph.types, address, &type, error))
        return false;
    if (type.kind != GO_FUNC)
        return error_set(error, PLUGIN_NOT_PLUGIN, "its Go function %s is not of a func type",
                         name);
    for (uint64_t i = 0; i < type.count + type.results; i++)
        if (!judge_value(forms, &type, i, reason, error))
            return false;
        else if (reason->failed || reason->length > before)
            return true;
    if (!lay_out_results(forms, &type, false, &size, error))
        return false;
    if (size > VALUE_MAX) {
        text_add(reason, "its results are larger than 64 KiB, too large to be returned by value");
        return true;
    }
    return write_function(forms, name, &type, id, error);
}

bool go_forms_add(struct go_forms *forms, const char *name, uint64_t type, bool is_function,
                  uint32_t *id, struct text *reason, struct error *error)
{
    *id = 0;
    return (is_function ? add_function : add_variable)(forms, name, type, id, reason, error) &&
           (!reason->failed || error_set_no_memory(error));
}
