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

/* ---- pointers ---- */

bool pointed_read(struct pointed *pointed, const struct memory *memory, const struct place *place)
{
    const void *at;
    memcpy(&at, place->at, sizeof at);
    *pointed = (struct pointed){.at = at, .type = plugin_type_target(place->type), .count = 1};
    const struct made *made = memory_made(memory, at);
    if (made && plugin_type_agrees(made->type, pointed->type)) {
        pointed->count = made->count;
        pointed->is_made = true;
    }
    size_t size = plugin_type_size(pointed->type);
    if (!at || !size || size > MEMORY_SIZE / pointed->count ||
        !plugin_type_is_complete(pointed->type))
        return false;
    pointed->copy = malloc(size * pointed->count);
    if (pointed->copy && memory_peek(at, pointed->copy, size * pointed->count))
        return true;
    free(pointed->copy);
    pointed->copy = NULL;
    return false;
}

const plugin_symbol *pointed_function(const struct pointed *pointed, const struct memory *memory)
{
    if (!pointed->at || plugin_type_kind(pointed->type) != PLUGIN_TYPE_FUNCTION)
        return NULL;
    const plugin_symbol *symbol = plugin_symbol_at(memory->plugin, pointed->at);
    return symbol && plugin_address(symbol) == pointed->at ? symbol : NULL;
}

bool pointed_is_string(const struct pointed *pointed)
{
    if (strcmp(plugin_type_name(pointed->type), "char") != 0)
        return false;
    if (!pointed->copy || pointed->count == 1)
        return true;
    size_t i = strnlen((const char *)pointed->copy, pointed->count);
    if (i == pointed->count)
        return false;
    while (i < pointed->count && !pointed->copy[i])
        i++;
    return i == pointed->count;
}

bool pointed_string(struct text *string, const void *at, bool *is_cut)
{
    char bytes[256];
    *is_cut = false;
    for (const char *next = at; string->length < STRING_SHOWN_MAX;) {
        /* Not beyond the page, which may be the last one. */
        size_t size = sizeof bytes - (size_t)next % sizeof bytes;
        if (!memory_peek(next, bytes, size))
            return false;
        size_t length = strnlen(bytes, size);
        text_add_bytes(string, bytes, length);
        if (length < size)
            return true;
        next += size;
    }
    *is_cut = true;
    return true;
}

/* ---- values ---- */

struct writer {
    struct text *text;
    const struct memory *memory;
    const void
        *open[VALUE_DEPTH_MAX]; /* the objects around this one, which may lead back to them */
    unsigned depth;
};

static void write_value(struct writer *writer, const struct place *place);

static void write_address(struct writer *writer, plugin_type type, const void *at)
{
    text_add(writer->text, "(");
    declaration_add(writer->text, type, NULL);
    text_add(writer->text, ")%p", at);
}

static bool writer_is_inside(const struct writer *writer, const void *at)
{
    for (unsigned i = 0; i < writer->depth; i++)
        if (writer->open[i] == at)
            return true;
    return writer->depth >= VALUE_DEPTH_MAX;
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

static void write_pointer(struct writer *writer, const struct place *place)
{
    struct pointed pointed;
    TEXT_AUTO string = {0};
    bool is_cut;
    bool is_read = pointed_read(&pointed, writer->memory, place);
    const plugin_symbol *symbol = pointed_function(&pointed, writer->memory);
    if (!pointed.at) {
        text_add(writer->text, "NULL");
    } else if (symbol) {
        text_add_escaped(writer->text, plugin_symbol_name(symbol));
    } else if (pointed_is_string(&pointed) && pointed_string(&string, pointed.at, &is_cut)) {
        literal_add(writer->text, text_chars(&string), string.length, '"');
        text_add(writer->text, is_cut ? " /* and so on */" : "");
    } else if (!is_read || writer_is_inside(writer, pointed.at)) {
        write_address(writer, place->type, pointed.at);
    } else {
        writer->open[writer->depth++] = pointed.at;
        if (pointed.count > 1) {
            text_add(writer->text, "(");
            declaration_add(writer->text, pointed.type, NULL);
            text_add(writer->text, "[])");
            write_elements(writer, pointed.type, pointed.copy, pointed.count);
        } else {
            text_add(writer->text, "&");
            write_value(writer, &(struct place){.type = pointed.type, .at = pointed.copy});
        }
        writer->depth--;
    }
    free(pointed.copy);
}

/* Writes the members, those of unnamed ones too. */
static void write_members(struct writer *writer, const struct place *place, bool *is_first)
{
    struct plugin_type_part part = {.size = sizeof part}, widest = {.size = sizeof part};
    bool is_union = plugin_type_kind(place->type) == PLUGIN_TYPE_UNION;
    size_t most = 0;
    /* Of a union, the first of its largest members. */
    for (size_t i = 0; is_union && plugin_type_part(place->type, i, &part); i++)
        if (plugin_type_size(part.type) > most) {
            most = plugin_type_size(part.type);
            widest = part;
        }
    for (size_t i = 0; plugin_type_part(place->type, i, &part) && !writer->text->failed; i++) {
        if (is_union)
            part = widest;
        struct place member = {part.type, place->at + part.offset, part.bit_size, part.bit_offset};
        if (plugin_type_is_complete(part.type) && !*part.name) {
            write_members(writer, &member, is_first);
        } else if (plugin_type_is_complete(part.type) && plugin_type_size(part.type)) {
            text_add(writer->text, *is_first ? "." : ", .");
            text_add_escaped(writer->text, part.name);
            text_add(writer->text, " = ");
            write_value(writer, &member);
            *is_first = false;
        }
        if (is_union)
            break;
    }
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
    struct writer writer = {.text = text, .memory = memory};
    size_t limit = text->limit;
    text->limit = text->length + VALUE_TEXT_MAX;
    write_value(&writer, place);
    text->limit = limit;
}
