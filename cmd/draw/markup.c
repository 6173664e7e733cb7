/* SPDX-License-Identifier: MIT */
/* Text within HTML, SVG, and Graphviz's labels. */
#include "draw/markup.h"

#include <string.h>

static bool is_start_of_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

size_t markup_width(const char *string, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++)
        width += is_start_of_character(string[i]);
    return width;
}

void markup_add_part(struct text *text, const char *part, size_t length)
{
    for (size_t i = 0; i < length && !text->failed; i++)
        switch (part[i]) {
        case '&':
            text_add(text, "&amp;");
            break;
        case '<':
            text_add(text, "&lt;");
            break;
        case '>':
            text_add(text, "&gt;");
            break;
        case '"':
            text_add(text, "&quot;");
            break;
        case '\'':
            text_add(text, "&#39;");
            break;
        case '\\': /* Graphviz's escapes start with it */
            text_add(text, "&#92;");
            break;
        default:
            text_add_bytes(text, part + i, 1);
        }
}

void markup_add_cut(struct text *text, const char *escaped, size_t limit)
{
    size_t length = strlen(escaped), width = 0;
    if (!limit || markup_width(escaped, length) <= limit) {
        markup_add_part(text, escaped, length);
        return;
    }
    for (length = 0; escaped[length]; length++)
        if (is_start_of_character(escaped[length]) && width++ == limit - 1)
            break;
    markup_add_part(text, escaped, length);
    text_add(text, "\u2026");
}

void markup_add(struct text *text, const char *string, size_t limit)
{
    TEXT_AUTO escaped = {0};
    text_add_escaped(&escaped, string);
    text->failed |= escaped.failed;
    markup_add_cut(text, text_chars(&escaped), limit);
}
