/* SPDX-License-Identifier: MIT */
/* Text that grows as it is written: messages, C declarations, JSON. */
#ifndef PLUGIN_TEXT_H
#define PLUGIN_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A zeroed one is valid and empty. Without memory, or at the limit, `failed` is set and everything
 * after is dropped: writers check once, at the end. */
struct text {
    char *chars; /* NUL-terminated; NULL while empty */
    size_t length;
    size_t capacity;
    size_t limit; /* the maximum length; 0: none */
    bool failed;
    bool is_full; /* it failed at its limit, not without memory */
};

/* Adds formatted text. */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const char *bytes, size_t count);

/* Adds a string from outside (a path, a name in a file). Control characters, and bytes that are not
 * UTF-8, become \xNN. */
void text_add_escaped(struct text *text, const char *string);

/* The same, between two strings of the program's own. */
void text_add_between(struct text *text, const char *before, const char *string, const char *after);

/* Adds formatted text, escaped as a whole. */
void text_vadd_escaped(struct text *text, const char *format, va_list arguments);

/* Returns the length in bytes of the UTF-8 sequence (RFC 3629) at the start of a string; 0 if there
 * is none. */
size_t text_utf8_length(const unsigned char *s);

/* Returns the code point of a sequence of this length. */
unsigned text_character(const unsigned char *s, size_t length);

/* Does the code point change how others are shown? Control characters do, and those that end lines
 * or set the direction of writing. */
bool text_is_steering(unsigned character);

/* Returns the text, owned by it; "" if it is empty or has failed for want of memory. */
const char *text_chars(const struct text *text);

void text_free(struct text *text);

/* Replaces a text by another one, which becomes empty. */
void text_move(struct text *to, struct text *from);

#define TEXT_AUTO __attribute__((cleanup(text_free))) struct text

#endif
