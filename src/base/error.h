/* SPDX-License-Identifier: MIT */
/* Errors: the one way in which functions fail.
 *
 * A function that can fail takes a struct error last. If it fails, it sets the error to what was
 * tried, on what, and why it failed, and returns false or NULL. If not, it does not touch the
 * error. Only the public functions move an error to where plugin_error() finds it. */
#ifndef PLUGIN_ERROR_H
#define PLUGIN_ERROR_H

#include "base/text.h"
#include <plugin.h>

/* A zeroed one is valid: nothing failed. */
struct error {
    enum plugin_code code;
    struct text text;
    struct text line; /* the text in one line that stands alone; "": its first line does */
};

/* Sets the error. The formatted text is escaped as a whole, so it may contain names from outside;
 * further lines are added to error->text. Always returns false. */
bool error_set(struct error *error, enum plugin_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts this, escaped, in front of the text, and of the line: callers know which file it is about,
 * and what was tried. Always returns false. */
bool error_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Sets "out of memory". Always returns false. */
bool error_set_no_memory(struct error *error);

/* Returns the text, owned by the error. */
const char *error_text(const struct error *error);

void error_free(struct error *error);

/* Makes the zeroed error `copy` a copy. */
void error_copy(struct error *copy, const struct error *error);

#define ERROR_AUTO __attribute__((cleanup(error_free))) struct error

/* Makes this the calling thread's last failure; the error is empty then. */
void error_publish(struct error *error);

#endif
