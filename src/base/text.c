/* SPDX-License-Identifier: MIT */
/* Text that grows as it is written. */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for `count` more characters and the NUL. */
static bool reserve(struct text *text, size_t count)
{
    if (text->failed)
        return false;
    if (text->limit && count > text->limit - text->length) {
        text->failed = text->is_full = true;
        return false;
    }
    if (count < text->capacity - text->length)
        return true;
    size_t capacity = text->capacity ? text->capacity : 64;
    while (capacity - text->length <= count) {
        if (capacity > SIZE_MAX / 2) {
            text->failed = true;
            return false;
        }
        capacity *= 2;
    }
    char *chars = realloc(text->chars, capacity);
    if (!chars) {
        text->failed = true;
        return false;
    }
    text->chars = chars;
    text->capacity = capacity;
    return true;
}

void text_add_bytes(struct text *text, const char *bytes, size_t count)
{
    if (!reserve(text, count))
        return;
    if (count)
        memcpy(text->chars + text->length, bytes, count);
    text->length += count;
    text->chars[text->length] = '\0';
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    if (text->failed)
        return;
    va_start(arguments, format);
    int count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (count < 0) {
        text->failed = true;
        return;
    }
    if (!reserve(text, (size_t)count))
        return;
    va_start(arguments, format);
    vsnprintf(text->chars + text->length, (size_t)count + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)count;
}

size_t text_utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC2 ? 2 : 0;
    if (!length || s[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xED && s[1] >= 0xA0;
    bool too_large = s[0] == 0xF4 && s[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : length;
}

unsigned text_character(const unsigned char *s, size_t length)
{
    unsigned character = length == 1 ? s[0] : s[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++)
        character = character << 6 | (s[i] & 0x3F);
    return character;
}

bool text_is_steering(unsigned character)
{
    /* Terminals obey the C1 control characters, U+0080 to U+009F, as they obey ESC. */
    bool is_control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    /* Unicode's Bidi_Control, and the line and paragraph separators among them. */
    bool turns = character == 0x61C || character == 0x200E || character == 0x200F ||
                 (character >= 0x2028 && character <= 0x202E) ||
                 (character >= 0x2066 && character <= 0x2069);
    return is_control || turns;
}

void text_add_escaped(struct text *text, const char *string)
{
    const unsigned char *s = (const unsigned char *)string;
    while (*s && !text->failed) {
        size_t length = text_utf8_length(s);
        if (!length || text_is_steering(text_character(s, length))) {
            static const char digits[] = "0123456789abcdef";
            const char escape[] = {'\\', 'x', digits[*s >> 4], digits[*s & 15]};
            text_add_bytes(text, escape, sizeof escape);
            s++;
        } else {
            text_add_bytes(text, (const char *)s, length);
            s += length;
        }
    }
}

void text_add_between(struct text *text, const char *before, const char *string, const char *after)
{
    text_add_bytes(text, before, strlen(before));
    text_add_escaped(text, string);
    text_add_bytes(text, after, strlen(after));
}

void text_vadd_escaped(struct text *text, const char *format, va_list arguments)
{
    char *formatted;
    if (vasprintf(&formatted, format, arguments) < 0) {
        text->failed = true;
        return;
    }
    text_add_escaped(text, formatted);
    free(formatted);
}

const char *text_chars(const struct text *text)
{
    return text->chars ? text->chars : "";
}

void text_free(struct text *text)
{
    free(text->chars);
    *text = (struct text){0};
}

void text_move(struct text *to, struct text *from)
{
    text_free(to);
    *to = *from;
    *from = (struct text){0};
}
