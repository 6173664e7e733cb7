/* Text that grows while it is written: messages, C declarations, JSON. */
#ifndef PLUGIN_TEXT_H
#define PLUGIN_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A zeroed struct text is empty and valid. When memory runs out or the limit is reached, failed is
 * set and whatever follows is dropped, so that writers need to look once, at the end. */
struct text {
    char *chars; /* NUL-terminated; NULL while empty */
    size_t length;
    size_t capacity;
    size_t limit; /* length that is never exceeded; 0: none */
    bool failed;
    bool is_full; /* it failed for its limit, not for want of memory */
};

/* Adds as printf does. */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const char *bytes, size_t count);

/* Adds a string from outside (a path, a name in a file): characters that steer, and bytes that are
 * not UTF-8, appear as \xNN. */
void text_add_escaped(struct text *text, const char *string);

/* Adds as vprintf does, and escapes the whole. */
void text_vadd_escaped(struct text *text, const char *format, va_list arguments);

/* The length in bytes of the UTF-8 sequence (RFC 3629) that starts a NUL-terminated string; 0 if
 * its first byte starts none. */
size_t text_utf8_length(const unsigned char *s);

/* The character of a sequence of this length, as a number. */
unsigned text_character(const unsigned char *s, size_t length);

/* Can the character change how others are shown? Control characters do, as terminals obey them, and
 * those that end a line or turn its direction. */
bool text_is_steering(unsigned character);

/* The text, "" while empty or after a failure to allocate. Owned by text. */
const char *text_chars(const struct text *text);

void text_free(struct text *text);

#define TEXT_AUTO __attribute__((cleanup(text_free))) struct text

#endif
