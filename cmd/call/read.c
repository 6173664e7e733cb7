/* SPDX-License-Identifier: MIT */
/* Reads values as C writes initialisers. Braces are not left out, as C allows. */
#include "call/call_p.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Fails where something else is expected. */
static bool reader_expect(struct reader *reader, const char *what)
{
    if (*reader->at)
        return reader_fail(reader, reader->at, "%s is expected, not %.1s", what, reader->at);
    return reader_fail(reader, reader->at, "%s is expected", what);
}

/* ---- designators ---- */

/* Moves to the member of this name. */
static bool member_find(struct reader *reader, struct place *place)
{
    struct plugin_type_part part = {.size = sizeof part};
    enum plugin_type_kind kind = plugin_type_kind(place->type);
    const char *name;
    size_t length = reader_name(reader, &name);
    char copy[256];
    TEXT_AUTO type = {0};
    declaration_add(&type, place->type, NULL);
    if (!length)
        return reader_expect(reader, "the name of a member");
    snprintf(copy, sizeof copy, "%.*s", (int)length, name);
    if ((kind != PLUGIN_TYPE_STRUCT && kind != PLUGIN_TYPE_UNION) || length >= sizeof copy ||
        !plugin_type_find(place->type, copy, &part))
        return reader_fail(reader, name, "%s has no member %s", text_chars(&type), copy);
    *place = (struct place){part.type, place->at + part.offset, part.bit_size, part.bit_offset};
    return true;
}

/* Moves to the element of this index. */
static bool element_find(struct reader *reader, struct place *place, size_t *index)
{
    uint64_t number = 0;
    reader_skip_blanks(reader);
    const char *where = reader->at;
    struct place at = {.type = place->type, .at = (unsigned char *)&number};
    size_t count = plugin_type_count(place->type);
    if (plugin_type_kind(place->type) != PLUGIN_TYPE_ARRAY)
        return reader_fail(reader, where, "only an array has elements");
    while (*reader->at >= '0' && *reader->at <= '9' && number < UINT32_MAX)
        number = number * 10 + (uint64_t)(*reader->at++ - '0');
    if (reader->at == where)
        return reader_expect(reader, "an index");
    if (number >= count)
        return reader_fail(reader, where, "the array has %zu elements", count);
    if (!reader_take(reader, ']'))
        return reader_expect(reader, "]");
    at.type = plugin_type_target(place->type);
    *index = (size_t)number;
    *place = (struct place){.type = at.type, .at = place->at + number * plugin_type_size(at.type)};
    return true;
}

bool value_read_designators(struct reader *reader, struct place *place)
{
    size_t index;
    for (;;) {
        if (reader_take(reader, '.')) {
            if (!member_find(reader, place))
                return false;
        } else if (reader_take(reader, '[')) {
            if (!element_find(reader, place, &index))
                return false;
        } else {
            return true;
        }
    }
}

/* ---- braces ---- */

/* Returns the number of the member that has this offset and width; of one in an unnamed struct,
 * that of the latter. */
static size_t member_number(plugin_type type, size_t offset)
{
    struct plugin_type_part part = {.size = sizeof part};
    size_t found = 0;
    for (size_t i = 0; plugin_type_part(type, i, &part); i++)
        if (part.offset <= offset)
            found = i;
    return found;
}

/* Moves to member or element number `index`, of those that have no designator. */
static bool place_at(struct reader *reader, struct place *place, size_t index)
{
    struct plugin_type_part part = {.size = sizeof part};
    TEXT_AUTO type = {0};
    declaration_add(&type, place->type, NULL);
    if (plugin_type_kind(place->type) == PLUGIN_TYPE_ARRAY) {
        size_t count = plugin_type_count(place->type);
        plugin_type element = plugin_type_target(place->type);
        if (index >= count)
            return reader_fail(reader, reader->at, "too many: %s has %zu element%s",
                               text_chars(&type), count, count == 1 ? "" : "s");
        *place =
            (struct place){.type = element, .at = place->at + index * plugin_type_size(element)};
        return true;
    }
    size_t count = plugin_type_count(place->type);
    bool is_union = plugin_type_kind(place->type) == PLUGIN_TYPE_UNION;
    if ((is_union && index) || !plugin_type_part(place->type, index, &part))
        return reader_fail(reader, reader->at, "too many: %s has %zu member%s%s", text_chars(&type),
                           count, count == 1 ? "" : "s", is_union ? ", of which one is given" : "");
    *place = (struct place){part.type, place->at + part.offset, part.bit_size, part.bit_offset};
    return true;
}

/* Reads the designators in front of a value, and their `=`; moves the place and the index. */
static bool designation_read(struct reader *reader, struct place *place, size_t *index)
{
    const struct place whole = *place;
    if (*reader->at == '[') {
        reader->at++;
        if (!element_find(reader, place, index))
            return false;
    } else {
        reader->at++;
        if (!member_find(reader, place))
            return false;
        if (plugin_type_kind(whole.type) == PLUGIN_TYPE_STRUCT) {
            struct plugin_type_part part = {.size = sizeof part};
            for (*index = 0; plugin_type_part(whole.type, *index, &part); (*index)++)
                if (whole.at + part.offset == place->at && part.bit_size == place->bit_size &&
                    part.bit_offset == place->bit_offset)
                    break;
            if (*index == plugin_type_count(whole.type))
                *index = member_number(whole.type, (size_t)(place->at - whole.at));
        }
    }
    if (!value_read_designators(reader, place))
        return false;
    return reader_take(reader, '=') || reader_expect(reader, "=");
}

/* Reads what stands between braces, behind the first one. */
static bool braces_read(struct reader *reader, const struct place *whole)
{
    for (size_t index = 0;; index++) {
        struct place place = *whole;
        if (reader_take(reader, '}'))
            return true;
        reader_skip_blanks(reader);
        bool is_designated = *reader->at == '.' || *reader->at == '[';
        /* ".5" is a number. */
        is_designated =
            is_designated && !(*reader->at == '.' && reader->at[1] >= '0' && reader->at[1] <= '9');
        if (!(is_designated ? designation_read(reader, &place, &index)
                            : place_at(reader, &place, index)) ||
            !value_read(reader, &place))
            return false;
        if (!reader_take(reader, ',')) {
            reader_skip_blanks(reader);
            return reader_take(reader, '}') || reader_expect(reader, "',' or '}'");
        }
    }
}

static bool string_into_array(struct reader *reader, const struct place *place)
{
    TEXT_AUTO string = {0};
    const char *start = reader->at;
    size_t count = plugin_type_count(place->type);
    if (!string_read(reader, &string))
        return false;
    if (string.length > count)
        return reader_fail(reader, start, "the string is longer than the %zu bytes of the array",
                           count);
    memset(place->at, 0, count);
    memcpy(place->at, text_chars(&string), string.length);
    return true;
}

/* Reads a struct, a union or an array. */
static bool aggregate_read(struct reader *reader, const struct place *place)
{
    TEXT_AUTO type = {0};
    declaration_add(&type, place->type, NULL);
    reader_skip_blanks(reader);
    const char *start = reader->at;
    bool is_array = plugin_type_kind(place->type) == PLUGIN_TYPE_ARRAY;
    if (is_array && *start == '"' && plugin_type_is_character(plugin_type_target(place->type)))
        return string_into_array(reader, place);
    if (is_array && !plugin_type_count(place->type))
        return reader_fail(reader, start, "%s has no fixed number of elements", text_chars(&type));
    if (*start == '(' && !is_array) {
        const char *end = strchr(start, ')');
        if (!end || !type_is_spelled(place->type, start + 1, (size_t)(end - start - 1)))
            return reader_fail(reader, start + 1, "(%s) is expected", text_chars(&type));
        reader->at = end + 1;
    }
    if (!reader_take(reader, '{'))
        return reader_fail(reader, reader->at, "%s is expected, in braces", text_chars(&type));
    memset(place->at, 0, plugin_type_size(place->type));
    return braces_read(reader, place);
}

static bool float_read_value(struct reader *reader, const struct place *place)
{
    bool is_out_of_range = false;
    TEXT_AUTO type = {0};
    declaration_add(&type, place->type, NULL);
    reader_skip_blanks(reader);
    const char *start = reader->at;
    const char *end =
        float_is_known(place->type) ? float_read(place, start, &is_out_of_range) : NULL;
    if (!end)
        return reader_fail(reader, start, "a number is expected for %s", text_chars(&type));
    if (is_out_of_range)
        return reader_fail(reader, start, "out of range of %s", text_chars(&type));
    reader->at = end;
    return true;
}

bool value_read(struct reader *reader, const struct place *place)
{
    TEXT_AUTO type = {0};
    bool done;
    if (++reader->depth > VALUE_DEPTH_MAX)
        return reader_fail(reader, reader->at, "nested too deeply");
    switch (plugin_type_kind(place->type)) {
    case PLUGIN_TYPE_BOOL:
    case PLUGIN_TYPE_INTEGER:
    case PLUGIN_TYPE_ENUM:
        done = integer_read(reader, place);
        break;
    case PLUGIN_TYPE_FLOAT:
        done = float_read_value(reader, place);
        break;
    case PLUGIN_TYPE_POINTER:
        done = pointer_read(reader, place);
        break;
    case PLUGIN_TYPE_STRUCT:
    case PLUGIN_TYPE_UNION:
    case PLUGIN_TYPE_ARRAY:
        done = aggregate_read(reader, place);
        break;
    default:
        declaration_add(&type, place->type, NULL);
        done = reader_fail(reader, reader->at, "%s cannot be given", text_chars(&type));
    }
    reader->depth--;
    return done;
}
