/* SPDX-License-Identifier: MIT */
/* Reads what values consist of: names, integers, characters, strings. */
#include "call/call_p.h"

#include <ctype.h>
#include <string.h>

void reader_skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\n\r\f\v");
}

bool reader_fail(struct reader *reader, const char *where, const char *format, ...)
{
    TEXT_AUTO message = {0};
    va_list arguments;
    va_start(arguments, format);
    text_vadd_escaped(&message, format, arguments);
    va_end(arguments);
    reader->wrong = where;
    return error_set(reader->error, PLUGIN_WRONG_TYPE, "%s", text_chars(&message));
}

size_t reader_name(struct reader *reader, const char **name)
{
    reader_skip_blanks(reader);
    const char *at = *name = reader->at;
    if (!isalpha((unsigned char)*at) && *at != '_' && *at != '$' && (unsigned char)*at < 0x80)
        return 0;
    while (isalnum((unsigned char)*at) || *at == '_' || *at == '$' || (unsigned char)*at >= 0x80)
        at++;
    reader->at = at;
    return (size_t)(at - *name);
}

bool reader_take(struct reader *reader, char character)
{
    reader_skip_blanks(reader);
    if (*reader->at != character)
        return false;
    reader->at++;
    return true;
}

/* ---- characters and strings ---- */

static int digit_value(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    int letter = character | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 99;
}

/* Reads up to `most` digits; false if there is none. */
static bool digits_read(struct reader *reader, unsigned base, unsigned least, unsigned most,
                        unsigned *value)
{
    unsigned count = 0;
    for (*value = 0; count < most && digit_value(*reader->at) < (int)base; count++)
        *value = *value * base + (unsigned)digit_value(*reader->at++);
    return count >= least;
}

static void add_utf8(struct text *text, unsigned character)
{
    char bytes[4];
    size_t length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; character >>= 6)
        bytes[i] = (char)(0x80 | (character & 0x3f));
    bytes[0] = (char)(first[length] | character);
    text_add_bytes(text, bytes, length);
}

/* Reads what follows a backslash (C11 6.4.4.4). */
static bool escape_read(struct reader *reader, struct text *text)
{
    static const char letters[] = "abfnrtv\\'\"?", values[] = "\a\b\f\n\r\t\v\\'\"?";
    const char *where = reader->at - 1, *letter;
    unsigned value;
    char byte;
    if (*reader->at && (letter = strchr(letters, *reader->at))) {
        reader->at++;
        text_add_bytes(text, &values[letter - letters], 1);
        return true;
    }
    if (*reader->at == 'u' || *reader->at == 'U') {
        unsigned count = *reader->at++ == 'u' ? 4 : 8;
        if (!digits_read(reader, 16, count, count, &value) || value > 0x10ffff ||
            (value >= 0xd800 && value < 0xe000))
            return reader_fail(reader, where, "not a character's number");
        add_utf8(text, value);
        return true;
    }
    bool is_hexadecimal = *reader->at == 'x';
    reader->at += is_hexadecimal;
    if (!digits_read(reader, is_hexadecimal ? 16 : 8, 1, is_hexadecimal ? 8 : 3, &value) ||
        value > 0xff)
        return reader_fail(reader, where, "not an escape of C");
    byte = (char)value;
    text_add_bytes(text, &byte, 1);
    return true;
}

/* Reads up to the closing quote. */
static bool quoted_read(struct reader *reader, struct text *text, char quote)
{
    const char *start = reader->at++;
    while (*reader->at != quote) {
        if (!*reader->at)
            return reader_fail(reader, start, "%s is not closed",
                               quote == '"' ? "the string" : "the character");
        if (*reader->at++ != '\\')
            text_add_bytes(text, reader->at - 1, 1);
        else if (!escape_read(reader, text))
            return false;
    }
    reader->at++;
    return !text->failed || error_set_no_memory(reader->error);
}

bool string_read(struct reader *reader, struct text *string)
{
    for (reader_skip_blanks(reader); *reader->at == '"'; reader_skip_blanks(reader))
        if (!quoted_read(reader, string, '"'))
            return false;
    return true;
}

/* ---- integers ---- */

static bool character_read(struct reader *reader, value_integer *value)
{
    TEXT_AUTO text = {0};
    const char *start = reader->at;
    if (!quoted_read(reader, &text, '\''))
        return false;
    if (text.length != 1)
        return reader_fail(reader, start, "a character constant is one byte");
    *value = text.chars[0];
    return true;
}

/* Reads digits, in any base of C, and their suffix. */
static bool number_read(struct reader *reader, value_integer *value)
{
    const char *start = reader->at;
    unsigned base = 10;
    if (*start == '0' && (start[1] | 0x20) == 'x')
        base = 16;
    else if (*start == '0' && (start[1] | 0x20) == 'b')
        base = 2;
    else if (*start == '0')
        base = 8;
    reader->at += base == 16 || base == 2 ? 2 : 0;
    const char *digits = reader->at;
    unsigned __int128 sum = 0;
    for (; digit_value(*reader->at) < (int)base; reader->at++) {
        sum = sum * base + (unsigned)digit_value(*reader->at);
        if (sum >> 126)
            return reader_fail(reader, start, "the number is too large");
    }
    bool has_digits = reader->at > digits;
    reader->at += strspn(reader->at, "uUlL");
    if (!has_digits || isalnum((unsigned char)*reader->at) || *reader->at == '_' ||
        *reader->at == '.')
        return reader_fail(reader, start, "not an integer");
    *value = (value_integer)sum;
    return true;
}

/* Reads an enumerator of the type, or true or false. */
static bool constant_read(struct reader *reader, plugin_type type, value_integer *value)
{
    struct plugin_type_part part = {.size = sizeof part};
    const char *name;
    size_t length = reader_name(reader, &name);
    bool is_enum = plugin_type_kind(type) == PLUGIN_TYPE_ENUM;
    for (size_t i = 0; is_enum && plugin_type_part(type, i, &part); i++)
        if (strlen(part.name) == length && !strncmp(part.name, name, length)) {
            *value = enumerator_value(type, &part);
            return true;
        }
    *value = length == 4 && !strncmp(name, "true", length);
    if (*value || (length == 5 && !strncmp(name, "false", length)))
        return true;
    TEXT_AUTO declaration = {0};
    declaration_add(&declaration, type, NULL);
    reader->at = name;
    if (is_enum)
        return reader_fail(reader, name, "%s has no enumerator %.*s", text_chars(&declaration),
                           (int)length, name);
    if (!*name)
        return reader_fail(reader, name, "%s is expected", text_chars(&declaration));
    return reader_fail(reader, name, "%s is expected, not %.*s", text_chars(&declaration),
                       length ? (int)length : 1, name);
}

/* Reads one operand of `|`. */
static bool operand_read(struct reader *reader, plugin_type type, value_integer *value)
{
    reader_skip_blanks(reader);
    char sign = *reader->at;
    if (sign == '-' || sign == '+' || sign == '~') {
        if (++reader->depth > VALUE_DEPTH_MAX)
            return reader_fail(reader, reader->at, "nested too deeply");
        reader->at++;
        if (!operand_read(reader, type, value))
            return false;
        reader->depth--;
        *value = sign == '-' ? -*value : sign == '~' ? ~*value : *value;
        return true;
    }
    if (*reader->at == '\'')
        return character_read(reader, value);
    return isdigit((unsigned char)*reader->at) ? number_read(reader, value)
                                               : constant_read(reader, type, value);
}

bool integer_read(struct reader *reader, const struct place *place)
{
    value_integer least, most, value = 0, operand;
    reader_skip_blanks(reader);
    const char *start = reader->at;
    TEXT_AUTO type = {0}, first = {0}, last = {0};
    declaration_add(&type, place->type, NULL);
    if (!integer_limits(place, &least, &most))
        return reader_fail(reader, start, "%s cannot be given", text_chars(&type));
    do {
        if (!operand_read(reader, place->type, &operand))
            return false;
        value |= operand;
    } while (reader_take(reader, '|'));
    /* `~` of an unsigned number has its bits only. */
    if (value < 0 && *start == '~' && !least && most > 0)
        value &= most;
    integer_add(&first, least);
    integer_add(&last, most);
    if (value < least || value > most)
        return reader_fail(reader, start, "out of range: %s%s has %s to %s", text_chars(&type),
                           place->bit_size ? ", a bit-field," : "", text_chars(&first),
                           text_chars(&last));
    integer_store(place, value);
    return true;
}
