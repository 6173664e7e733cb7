/* SPDX-License-Identifier: MIT */
/* Writes values as JSON. */
#include "call/call_p.h"

#include <string.h>

struct json_writer {
    struct json *json;
    struct pointing pointing;
};

static void json_value(struct json_writer *writer, const char *key, const struct place *place);

static void json_elements(struct json_writer *writer, const char *key, plugin_type type,
                          unsigned char *at, size_t count)
{
    size_t size = plugin_type_size(type);
    json_open_array(writer->json, key);
    for (size_t i = 0; i < count && !writer->json->text.failed; i++)
        json_value(writer, NULL, &(struct place){.type = type, .at = at + i * size});
    json_close_array(writer->json);
}

static void json_address(struct json_writer *writer, const char *key, const void *at)
{
    TEXT_AUTO text = {0};
    text_add(&text, "%p", at);
    json_add_text(writer->json, key, &text);
}

static void json_pointer(struct json_writer *writer, const char *key, const struct place *place)
{
    struct pointed pointed;
    switch (pointed_enter(&pointed, &writer->pointing, place)) {
    case POINTED_NULL:
        json_add_string(writer->json, key, NULL);
        break;
    case POINTED_FUNCTION:
        json_add_string(writer->json, key, plugin_symbol_name(pointed.function));
        break;
    case POINTED_STRING:
        json_add_text(writer->json, key, &pointed.string);
        break;
    case POINTED_OBJECTS:
        if (pointed.count > 1)
            json_elements(writer, key, pointed.type, pointed.copy, pointed.count);
        else
            json_value(writer, key, &(struct place){.type = pointed.type, .at = pointed.copy});
        break;
    case POINTED_ADDRESS:
        json_address(writer, key, pointed.at);
    }
    pointed_leave(&pointed, &writer->pointing);
}

/* Adds all members: of a union, as what each of them would be. */
static void json_members(struct json_writer *writer, const struct place *place)
{
    struct plugin_type_part part = {.size = sizeof part};
    for (size_t i = 0; plugin_type_part(place->type, i, &part) && !writer->json->text.failed; i++) {
        struct place member = {part.type, place->at + part.offset, part.bit_size, part.bit_offset};
        TEXT_AUTO name = {0};
        text_add_escaped(&name, part.name);
        if (!plugin_type_is_complete(part.type))
            continue;
        if (!*part.name)
            json_members(writer, &member);
        else
            json_value(writer, text_chars(&name), &member);
    }
}

static void json_integer(struct json_writer *writer, const char *key, const struct place *place)
{
    TEXT_AUTO text = {0};
    value_integer value = integer_load(place);
    enum plugin_type_kind kind = plugin_type_kind(place->type);
    if (kind == PLUGIN_TYPE_BOOL) {
        json_add_bool(writer->json, key, value != 0);
    } else if (kind == PLUGIN_TYPE_ENUM && enumerators_add(&text, place->type, value)) {
        json_add_text(writer->json, key, &text);
    } else {
        text_free(&text);
        integer_add(&text, value);
        json_add_literal(writer->json, key, text_chars(&text));
    }
}

static void json_float(struct json_writer *writer, const char *key, const struct place *place)
{
    TEXT_AUTO text = {0};
    float_add(&text, place);
    const char *chars = text_chars(&text);
    /* JSON has no infinity. */
    if (strpbrk(chars, "NI"))
        json_add_text(writer->json, key, &text);
    else
        json_add_literal(writer->json, key, chars);
}

static void json_value(struct json_writer *writer, const char *key, const struct place *place)
{
    TEXT_AUTO text = {0};
    if (writer->json->text.failed)
        return;
    plugin_type target = plugin_type_target(place->type);
    size_t count = plugin_type_count(place->type);
    switch (plugin_type_kind(place->type)) {
    case PLUGIN_TYPE_BOOL:
    case PLUGIN_TYPE_INTEGER:
    case PLUGIN_TYPE_ENUM:
        json_integer(writer, key, place);
        break;
    case PLUGIN_TYPE_FLOAT:
        if (float_is_known(place->type))
            json_float(writer, key, place);
        else
            json_add_string(writer->json, key, NULL);
        break;
    case PLUGIN_TYPE_POINTER:
        json_pointer(writer, key, place);
        break;
    case PLUGIN_TYPE_STRUCT:
    case PLUGIN_TYPE_UNION:
        json_open_object(writer->json, key);
        json_members(writer, place);
        json_close_object(writer->json);
        break;
    case PLUGIN_TYPE_ARRAY:
        if (!strcmp(plugin_type_name(target), "char") && memchr(place->at, 0, count)) {
            text_add_bytes(&text, (const char *)place->at, strlen((const char *)place->at));
            json_add_text(writer->json, key, &text);
        } else {
            json_elements(writer, key, target, place->at, count);
        }
        break;
    default:
        json_add_string(writer->json, key, NULL);
    }
}

void value_add_json(struct json *json, const char *key, const struct memory *memory,
                    const struct place *place)
{
    struct json_writer writer = {.json = json, .pointing = {.memory = memory}};
    size_t limit = json->text.limit;
    json->text.limit = json->text.length + VALUE_TEXT_MAX;
    json_value(&writer, key, place);
    json->text.limit = limit;
}
