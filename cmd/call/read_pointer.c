/* SPDX-License-Identifier: MIT */
/* Reads pointers: NULL, strings, &VALUE, (TYPE[]){VALUES}, and the names of symbols. */
#include "call/call_p.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- spelled types ---- */

/* Skips blanks and qualifiers. */
static const char *type_skip(const char *at, const char *end)
{
    static const char *const qualifiers[] = {"const", "volatile", "restrict"};
    for (size_t i = 0; at < end && i < sizeof qualifiers / sizeof *qualifiers; i++) {
        while (at < end && isspace((unsigned char)*at))
            at++;
        size_t length = strlen(qualifiers[i]);
        if ((size_t)(end - at) >= length && !strncmp(at, qualifiers[i], length) &&
            (at + length == end || !(isalnum((unsigned char)at[length]) || at[length] == '_'))) {
            at += length;
            i = (size_t)-1;
        }
    }
    while (at < end && isspace((unsigned char)*at))
        at++;
    return at;
}

/* Are the two texts the same, but for blanks and qualifiers? */
static bool type_texts_agree(const char *a, const char *a_end, const char *b, const char *b_end)
{
    for (;;) {
        a = type_skip(a, a_end);
        b = type_skip(b, b_end);
        if (a == a_end || b == b_end)
            return a == a_end && b == b_end;
        bool is_word = isalnum((unsigned char)*a) || *a == '_';
        do
            if (*a++ != *b++)
                return false;
        while (is_word && a < a_end && b < b_end && (isalnum((unsigned char)*a) || *a == '_'));
        if (is_word && b < b_end && (isalnum((unsigned char)*b) || *b == '_'))
            return false;
    }
}

bool type_is_spelled(plugin_type type, const char *text, size_t length)
{
    static const char *const keywords[] = {[PLUGIN_TYPE_STRUCT] = "struct",
                                           [PLUGIN_TYPE_UNION] = "union",
                                           [PLUGIN_TYPE_ENUM] = "enum",
                                           [PLUGIN_TYPE_OTHER] = NULL};
    TEXT_AUTO declared = {0}, tagged = {0};
    enum plugin_type_kind kind = plugin_type_kind(type);
    const char *name = plugin_type_name(type);
    declaration_add(&declared, type, NULL);
    if (*name)
        text_add(&tagged, "%s %s", keywords[kind] ? keywords[kind] : "", name);
    const char *first = text_chars(&declared), *second = text_chars(&tagged);
    return type_texts_agree(text, text + length, first, first + declared.length) ||
           (tagged.length && type_texts_agree(text, text + length, second, second + tagged.length));
}

/* ---- objects ---- */

static void pointer_store(const struct place *place, const void *value)
{
    memcpy(place->at, &value, sizeof value);
}

/* Makes objects behind the pointer, and reads them. */
static bool objects_read(struct reader *reader, const struct place *place, plugin_type type)
{
    void *at = memory_make(reader->memory, type, 1, reader->error);
    if (!at) {
        reader->wrong = reader->at;
        return false;
    }
    pointer_store(place, at);
    return value_read(reader, &(struct place){.type = type, .at = at});
}

/* Counts the values between braces: commas outside inner ones and quotes. Designators may name a
 * higher index. */
static size_t values_count(const char *at)
{
    size_t count = 0, most = 0;
    unsigned depth = 0;
    bool is_empty = true;
    for (; *at && (depth || *at != '}'); at++) {
        if (*at == '"' || *at == '\'') {
            char quote = *at;
            for (at++; *at && *at != quote; at++)
                at += *at == '\\' && at[1];
            if (!*at)
                break;
        }
        depth += *at == '{' || *at == '(';
        depth -= depth && (*at == '}' || *at == ')');
        if (!depth && is_empty && *at == '[') {
            unsigned long index = 0;
            for (const char *digit = at + 1; isdigit((unsigned char)*digit) && index < MEMORY_SIZE;
                 digit++)
                index = index * 10 + (unsigned long)(*digit - '0');
            count = index;
        }
        if (!depth && *at == ',') {
            count++;
            is_empty = true;
        } else if (!isspace((unsigned char)*at)) {
            is_empty = false;
        }
        if (count + !is_empty > most)
            most = count + !is_empty;
    }
    return most;
}

/* Reads elements in braces, which follow, into new memory for `count` of them. */
static bool elements_read(struct reader *reader, const struct place *place, plugin_type type,
                          size_t count)
{
    size_t size = plugin_type_size(type);
    if (!reader_take(reader, '{'))
        return reader_fail(reader, reader->at, "{ is expected");
    size_t given = values_count(reader->at);
    if (!count)
        count = given ? given : 1;
    if (given > count)
        return reader_fail(reader, reader->at, "more than %zu elements", count);
    unsigned char *at = memory_make(reader->memory, type, count, reader->error);
    if (!at) {
        reader->wrong = reader->at;
        return false;
    }
    pointer_store(place, at);
    for (size_t index = 0; !reader_take(reader, '}'); index++) {
        reader_skip_blanks(reader);
        if (*reader->at == '[') {
            reader->at++;
            for (index = 0; isdigit((unsigned char)*reader->at) && index < count; reader->at++)
                index = index * 10 + (size_t)(*reader->at - '0');
            if (!reader_take(reader, ']') || !reader_take(reader, '='))
                return reader_fail(reader, reader->at, "[INDEX] = is expected");
        }
        if (index >= count)
            return reader_fail(reader, reader->at, "more than %zu elements", count);
        if (!value_read(reader, &(struct place){.type = type, .at = at + index * size}))
            return false;
        if (!reader_take(reader, ',') && (reader_skip_blanks(reader), *reader->at != '}'))
            return reader_fail(reader, reader->at, "',' or '}' is expected");
    }
    return true;
}

/* Reads (TYPE[N]){...} or (TYPE[]){...}. */
static bool literal_read(struct reader *reader, const struct place *place, plugin_type target)
{
    TEXT_AUTO type = {0};
    const char *start = reader->at + 1, *end = strchr(start, ')'), *bracket;
    size_t count = 0;
    declaration_add(&type, target, NULL);
    const char *plain = text_chars(&type);
    plain += !strncmp(plain, "const ", 6) ? 6 : 0;
    bracket = end ? memchr(start, '[', (size_t)(end - start)) : NULL;
    if (!bracket || !type_is_spelled(target, start, (size_t)(bracket - start)))
        return reader_fail(reader, start, "(%s[]){...} or &(%s){...} is expected",
                           text_chars(&type), text_chars(&type));
    const char *digit = bracket + 1;
    for (; isdigit((unsigned char)*digit) && count < MEMORY_SIZE; digit++)
        count = count * 10 + (size_t)(*digit - '0');
    if (*digit != ']' || digit + 1 != end)
        return reader_fail(reader, digit, "] is expected");
    reader->at = end + 1;
    return elements_read(reader, place, target, count);
}

static bool string_into_memory(struct reader *reader, const struct place *place, plugin_type target)
{
    TEXT_AUTO string = {0};
    if (!string_read(reader, &string))
        return false;
    void *at = plugin_type_kind(target) == PLUGIN_TYPE_VOID
                   ? memory_alloc(reader->memory, string.length + 1, reader->error)
                   : memory_make(reader->memory, target, string.length + 1, reader->error);
    if (!at) {
        reader->wrong = reader->at;
        return false;
    }
    memcpy(at, text_chars(&string), string.length);
    pointer_store(place, at);
    return true;
}

/* Reads the name of a function or variable of the plugin. */
static bool symbol_read(struct reader *reader, const struct place *place, plugin_type target,
                        bool has_ampersand)
{
    char copy[256];
    const char *name;
    TEXT_AUTO type = {0};
    size_t length = reader_name(reader, &name);
    declaration_add(&type, place->type, NULL);
    if (length == 4 && !strncmp(name, "NULL", length) && !has_ampersand) {
        pointer_store(place, NULL);
        return true;
    }
    snprintf(copy, sizeof copy, "%.*s", (int)length, name);
    const plugin_symbol *symbol =
        length && length < sizeof copy ? plugin_find_symbol(reader->memory->plugin, copy) : NULL;
    if (!symbol)
        return reader_fail(
            reader, name,
            plugin_type_is_character(target)
                ? "%s is expected: a string in quotes, NULL, or a symbol of the plugin"
                : "%s is expected: NULL, &VALUE, {VALUE}, or a symbol of the plugin",
            text_chars(&type));
    plugin_type own = plugin_symbol_type(symbol);
    if (plugin_type_kind(own) == PLUGIN_TYPE_ARRAY && !has_ampersand)
        own = plugin_type_target(own);
    if (plugin_type_kind(target) != PLUGIN_TYPE_VOID && !plugin_type_agrees(own, target))
        return reader_fail(reader, name, "%s has another type than what %s leads to", copy,
                           text_chars(&type));
    pointer_store(place, plugin_address(symbol));
    return true;
}

/* Reads behind an `&`. */
static bool address_read(struct reader *reader, const struct place *place, plugin_type target)
{
    TEXT_AUTO type = {0};
    declaration_add(&type, place->type, NULL);
    reader_skip_blanks(reader);
    bool is_name = isalpha((unsigned char)*reader->at) || *reader->at == '_';
    bool is_number = plugin_type_kind(target) == PLUGIN_TYPE_FLOAT ||
                     plugin_type_kind(target) == PLUGIN_TYPE_ENUM ||
                     plugin_type_kind(target) == PLUGIN_TYPE_BOOL;
    if (is_name) {
        const char *name;
        struct reader ahead = *reader;
        char copy[256];
        size_t length = reader_name(&ahead, &name);
        snprintf(copy, sizeof copy, "%.*s", (int)length, name);
        if (!is_number || plugin_find_symbol(reader->memory->plugin, copy))
            return symbol_read(reader, place, target, true);
    }
    if (!plugin_type_is_complete(target))
        return reader_fail(reader, reader->at, "nobody but the plugin can make what %s leads to",
                           text_chars(&type));
    const char *end = *reader->at == '(' ? strchr(reader->at, ')') : NULL;
    enum plugin_type_kind kind = plugin_type_kind(target);
    bool is_aggregate = kind == PLUGIN_TYPE_STRUCT || kind == PLUGIN_TYPE_UNION;
    if (!end || is_aggregate)
        return objects_read(reader, place, target);
    /* &(int){5}: one object, in braces. */
    if (!type_is_spelled(target, reader->at + 1, (size_t)(end - reader->at - 1)))
        return reader_fail(reader, reader->at + 1, "%s is another type", text_chars(&type));
    reader->at = end + 1;
    return kind == PLUGIN_TYPE_ARRAY ? objects_read(reader, place, target)
                                     : elements_read(reader, place, target, 1);
}

bool pointer_read(struct reader *reader, const struct place *place)
{
    plugin_type target = plugin_type_target(place->type);
    enum plugin_type_kind kind = plugin_type_kind(target);
    bool is_aggregate =
        kind == PLUGIN_TYPE_STRUCT || kind == PLUGIN_TYPE_UNION || kind == PLUGIN_TYPE_ARRAY;
    bool is_complete = plugin_type_is_complete(target);
    reader_skip_blanks(reader);
    if (*reader->at == '"' && (plugin_type_is_character(target) || kind == PLUGIN_TYPE_VOID))
        return string_into_memory(reader, place, target);
    if (*reader->at == '0' && !isalnum((unsigned char)reader->at[1])) {
        reader->at++;
        pointer_store(place, NULL);
        return true;
    }
    if (reader_take(reader, '&'))
        return address_read(reader, place, target);
    if (*reader->at == '(' && is_complete)
        return literal_read(reader, place, target);
    if (*reader->at == '{' && is_complete)
        return is_aggregate ? objects_read(reader, place, target)
                            : elements_read(reader, place, target, 0);
    return symbol_read(reader, place, target, false);
}
