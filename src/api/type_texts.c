/* SPDX-License-Identifier: MIT */
/* Types as C, compared, and all that one leads to: <plugin_types.h>. */
#include "api/types_p.h"

#include "types/compare.h"
#include "types/print.h"

#include <stdlib.h>
#include <string.h>

/* ---- C ---- */

static size_t refuse(struct error *error)
{
    error_publish(error);
    return 0;
}

/* Gives the text to the caller, and frees it. */
static size_t text_give(struct text *made, char *text, size_t size)
{
    struct error error = {0};
    bool is_written = !made->failed;
    size_t length = made->length, kept = length < size ? length : size - 1;
    if (is_written && size) {
        memcpy(text, text_chars(made), kept);
        text[kept] = '\0';
    }
    if (!is_written && made->is_full)
        error_set(&error, PLUGIN_UNSUPPORTED,
                  "cannot write a type as C: it is longer, or nested deeper, than that of any "
                  "program");
    else if (!is_written)
        error_set_no_memory(&error);
    text_free(made);
    return is_written ? length : refuse(&error);
}

size_t plugin_type_declare(plugin_type type, const char *name, char *text, size_t size)
{
    struct text made = {0};
    if (size)
        *text = '\0';
    if (!type.types_)
        return 0;
    print_declaration(&made, types_of(type), type.id_, name, NULL);
    return text_give(&made, text, size);
}

/* Returns the type without qualifiers: a typedef, or what has no name but its tag. */
static uint32_t without_qualifiers(const struct btf *types, uint32_t id)
{
    struct btf_type type = btf_type(types, id);
    for (; type.kind == BTF_CONST || type.kind == BTF_VOLATILE || type.kind == BTF_RESTRICT ||
           type.kind == BTF_TYPE_TAG;
         type = btf_type(types, id))
        id = type.type;
    return id;
}

static bool has_definition(const struct btf_type *type)
{
    bool is_complete_enum = btf_is_enum(type->kind) && type->length;
    return (type->kind == BTF_TYPEDEF || btf_has_members(type->kind) || is_complete_enum) &&
           !print_is_builtin(type);
}

size_t plugin_type_define(plugin_type type, char *text, size_t size)
{
    struct text made = {0};
    struct error error = {0};
    if (size)
        *text = '\0';
    if (!type.types_)
        return 0;
    uint32_t id = without_qualifiers(types_of(type), type.id_);
    struct btf_type own = btf_type(types_of(type), id);
    if (has_definition(&own)) {
        print_definition(&made, types_of(type), id, NULL);
        return text_give(&made, text, size);
    }
    print_shown(&made, types_of(type), id, NULL);
    error_set(&error, PLUGIN_WRONG_TYPE,
              "cannot define %s: only a typedef, and a complete struct, union or enum, has a "
              "definition",
              text_chars(&made));
    text_free(&made);
    return refuse(&error);
}

/* ---- comparing ---- */

bool plugin_type_agrees(plugin_type one, plugin_type other)
{
    struct error error = {0};
    struct type_difference difference = {0};
    struct type_side first = {types_of(one), one.id_}, second = {types_of(other), other.id_};
    bool agree = false;
    if (!first.btf || !second.btf)
        return false;
    bool is_compared = type_compare(first, second, TYPE_RULES, &agree, &difference, &error);
    type_difference_deinit(&difference);
    if (!is_compared)
        error_publish(&error);
    return is_compared && agree;
}

/* ---- walking ---- */

struct walk {
    const struct btf *types;
    uint8_t *is_queued; /* for each type */
    uint32_t *queue;
    size_t count;
};

static void walk_add(struct walk *walk, uint32_t id)
{
    uint32_t own = without_qualifiers(walk->types, id);
    if (walk->is_queued[own])
        return;
    walk->is_queued[own] = true;
    walk->queue[walk->count++] = own;
}

static void walk_add_parts(struct walk *walk, uint32_t id)
{
    struct btf_type type = btf_type(walk->types, id);
    if (type.kind == BTF_TYPEDEF || type.kind == BTF_PTR || type.kind == BTF_ARRAY ||
        type.kind == BTF_FUNC_PROTO)
        walk_add(walk, type.type);
    size_t count = btf_is_enum(type.kind) ? 0 : plugin_type_count((plugin_type){walk->types, id});
    for (uint32_t i = 0; btf_has_members(type.kind) && i < count; i++)
        walk_add(walk, btf_member(walk->types, &type, i).type);
    for (uint32_t i = 0; type.kind == BTF_FUNC_PROTO && i < count; i++)
        walk_add(walk, btf_parameter(walk->types, &type, i).type);
}

bool plugin_type_walk(plugin_type type, bool (*each)(void *context, plugin_type type),
                      void *context)
{
    struct error error = {0};
    bool goes_on = true;
    if (!type.types_)
        return false;
    struct walk walk = {.types = types_of(type)};
    walk.is_queued = calloc(walk.types->count, sizeof *walk.is_queued);
    walk.queue = malloc(walk.types->count * sizeof *walk.queue);
    if (walk.is_queued && walk.queue) {
        walk_add(&walk, type.id_);
        for (size_t i = 0; goes_on && i < walk.count; i++) {
            uint32_t id = walk.queue[i];
            goes_on = each(context, (plugin_type){walk.types, id});
            walk_add_parts(&walk, id);
        }
    } else {
        goes_on = error_set_no_memory(&error);
        error_publish(&error);
    }
    free(walk.is_queued);
    free(walk.queue);
    return goes_on;
}
