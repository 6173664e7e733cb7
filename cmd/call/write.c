/* SPDX-License-Identifier: MIT */
/* Writes values as C, so that they can be read back. */
#include "call/call_p.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

void declaration_add(struct text *text, plugin_type type, const char *name)
{
    char short_text[512];
    size_t length = plugin_type_declare(type, name, short_text, sizeof short_text);
    char *whole = length >= sizeof short_text ? malloc(length + 1) : NULL;
    if (whole)
        plugin_type_declare(type, name, whole, length + 1);
    text_add_escaped(text, whole ? whole : length ? short_text : "a type too large to show");
    free(whole);
}

value_integer enumerator_value(plugin_type type, const struct plugin_type_part *part)
{
    unsigned long long bits = (unsigned long long)part->value;
    return plugin_type_is_signed(type) ? (value_integer)part->value : (value_integer)bits;
}

bool enumerators_add(struct text *text, plugin_type type, value_integer value)
{
    struct plugin_type_part part = {.size = sizeof part};
    bool is_first = true;
    for (size_t i = 0; plugin_type_part(type, i, &part); i++)
        if (enumerator_value(type, &part) == value) {
            text_add_escaped(text, part.name);
            return true;
        }
    /* Flags: enumerators of one bit each, that make up the value. */
    value_integer left = value;
    for (size_t i = 0; left > 0 && plugin_type_part(type, i, &part); i++) {
        value_integer bit = enumerator_value(type, &part);
        if (bit > 0 && !(bit & (bit - 1)))
            left &= ~bit;
    }
    if (left || value <= 0)
        return false;
    left = value;
    for (size_t i = 0; left && plugin_type_part(type, i, &part); i++) {
        value_integer bit = enumerator_value(type, &part);
        if (bit <= 0 || bit & (bit - 1) || !(left & bit))
            continue;
        text_add(text, is_first ? "" : " | ");
        text_add_escaped(text, part.name);
        left &= ~bit;
        is_first = false;
    }
    return true;
}

void literal_add(struct text *text, const char *bytes, size_t length, char quote)
{
    static const char letters[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
    text_add(text, "%c", quote);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        const char *value = byte ? strchr(values, bytes[i]) : NULL;
        if (value)
            text_add(text, "\\%c", letters[value - values]);
        else if (bytes[i] == quote)
            text_add(text, "\\%c", quote);
        else if (byte < ' ' || byte >= 0x7f)
            text_add(text, "\\%03o", byte);
        else
            text_add_bytes(text, &bytes[i], 1);
    }
    text_add(text, "%c", quote);
}

/* ---- values ---- */

struct writer {
    struct text *text;
    struct pointing pointing;
};

static void write_value(struct writer *writer, const struct place *place);
static void write_members(struct writer *writer, const struct place *place, bool *is_first);

static void write_address(struct writer *writer, plugin_type type, const void *at)
{
    text_add(writer->text, "(");
    declaration_add(writer->text, type, NULL);
    text_add(writer->text, ")%p", at);
}

static void write_elements(struct writer *writer, plugin_type type, unsigned char *at, size_t count)
{
    size_t size = plugin_type_size(type);
    text_add(writer->text, "{");
    for (size_t i = 0; i < count && !writer->text->failed; i++) {
        text_add(writer->text, i ? ", " : "");
        write_value(writer, &(struct place){.type = type, .at = at + i * size});
    }
    text_add(writer->text, "}");
}

static void write_objects(struct writer *writer, const struct pointed *pointed)
{
    if (pointed->count > 1) {
        text_add(writer->text, "(");
        declaration_add(writer->text, pointed->type, NULL);
        text_add(writer->text, "[])");
        write_elements(writer, pointed->type, pointed->copy, pointed->count);
    } else {
        text_add(writer->text, "&");
        write_value(writer, &(struct place){.type = pointed->type, .at = pointed->copy});
    }
}

static void write_pointer(struct writer *writer, const struct place *place)
{
    struct pointed pointed;
    switch (pointed_enter(&pointed, &writer->pointing, place)) {
    case POINTED_NULL:
        text_add(writer->text, "NULL");
        break;
    case POINTED_FUNCTION:
        text_add_escaped(writer->text, plugin_symbol_name(pointed.function));
        break;
    case POINTED_STRING:
        literal_add(writer->text, text_chars(&pointed.string), pointed.string.length, '"');
        text_add(writer->text, pointed.is_cut ? " /* and so on */" : "");
        break;
    case POINTED_OBJECTS:
        write_objects(writer, &pointed);
        break;
    case POINTED_ADDRESS:
        write_address(writer, place->type, pointed.at);
    }
    pointed_leave(&pointed, &writer->pointing);
}

/* Writes the member, if it has a value: of an unnamed one, its members. */
static void write_member(struct writer *writer, const struct place *place,
                         const struct plugin_type_part *part, bool *is_first)
{
    struct place member = {part->type, place->at + part->offset, part->bit_size, part->bit_offset};
    if (!plugin_type_is_complete(part->type))
        return;
    if (!*part->name) {
        write_members(writer, &member, is_first);
    } else if (plugin_type_size(part->type)) {
        text_add(writer->text, *is_first ? "." : ", .");
        text_add_escaped(writer->text, part->name);
        text_add(writer->text, " = ");
        write_value(writer, &member);
        *is_first = false;
    }
}

/* Writes all members; of a union, the first of the largest ones. */
static void write_members(struct writer *writer, const struct place *place, bool *is_first)
{
    struct plugin_type_part part = {.size = sizeof part}, largest = {.size = sizeof part};
    bool is_union = plugin_type_kind(place->type) == PLUGIN_TYPE_UNION;
    for (size_t i = 0; plugin_type_part(place->type, i, &part) && !writer->text->failed; i++) {
        if (!is_union)
            write_member(writer, place, &part, is_first);
        else if (plugin_type_size(part.type) > plugin_type_size(largest.type))
            largest = part;
    }
    if (is_union)
        write_member(writer, place, &largest, is_first);
}

/* Writes an array of char as a string, if that is all that is in it. */
static bool write_characters(struct writer *writer, const struct place *place)
{
    size_t count = plugin_type_count(place->type);
    size_t length = strnlen((const char *)place->at, count);
    if (strcmp(plugin_type_name(plugin_type_target(place->type)), "char") != 0)
        return false;
    for (size_t i = length; i < count; i++)
        if (place->at[i])
            return false;
    literal_add(writer->text, (const char *)place->at, length, '"');
    return true;
}

static void write_integer(struct writer *writer, const struct place *place)
{
    value_integer value = integer_load(place), least, most;
    enum plugin_type_kind kind = plugin_type_kind(place->type);
    char byte = (char)value;
    if (!integer_limits(place, &least, &most))
        text_add(writer->text, "/* not known */");
    else if (kind == PLUGIN_TYPE_BOOL)
        text_add(writer->text, value ? "true" : "false");
    else if (kind == PLUGIN_TYPE_INTEGER && !strcmp(plugin_type_name(place->type), "char") &&
             !place->bit_size)
        literal_add(writer->text, &byte, 1, '\'');
    else if (kind != PLUGIN_TYPE_ENUM || !enumerators_add(writer->text, place->type, value))
        integer_add(writer->text, value);
}

static void write_value(struct writer *writer, const struct place *place)
{
    bool is_first = true;
    if (writer->text->failed)
        return;
    switch (plugin_type_kind(place->type)) {
    case PLUGIN_TYPE_BOOL:
    case PLUGIN_TYPE_INTEGER:
    case PLUGIN_TYPE_ENUM:
        write_integer(writer, place);
        break;
    case PLUGIN_TYPE_FLOAT:
        if (float_is_known(place->type))
            float_add(writer->text, place);
        else
            text_add(writer->text, "/* %s */", plugin_type_name(place->type));
        break;
    case PLUGIN_TYPE_POINTER:
        write_pointer(writer, place);
        break;
    case PLUGIN_TYPE_STRUCT:
    case PLUGIN_TYPE_UNION:
        text_add(writer->text, "{");
        write_members(writer, place, &is_first);
        text_add(writer->text, "}");
        break;
    case PLUGIN_TYPE_ARRAY:
        if (!write_characters(writer, place))
            write_elements(writer, plugin_type_target(place->type), place->at,
                           plugin_type_count(place->type));
        break;
    default:
        text_add(writer->text, "/* ");
        declaration_add(writer->text, place->type, NULL);
        text_add(writer->text, " */");
    }
}

void value_add(struct text *text, const struct memory *memory, const struct place *place)
{
    struct writer writer = {.text = text, .pointing = {.memory = memory}};
    size_t limit = text->limit;
    text->limit = text->length + VALUE_TEXT_MAX;
    write_value(&writer, place);
    text->limit = limit;
}
