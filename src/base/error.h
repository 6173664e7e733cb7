/* The one way in which things fail.
 *
 * A function that can fail takes a struct error last, returns false (or NULL), and has then set it:
 * what was tried, on what, and why it failed. It never sets it otherwise. Only the public functions
 * move an error to where plugin_error() finds it. */
#ifndef PLUGIN_ERROR_H
#define PLUGIN_ERROR_H

#include "base/text.h"
#include <plugin.h>

/* A zeroed struct error is valid and says that nothing failed. */
struct error {
    enum plugin_code code;
    struct text text;
};

/* Starts the text afresh. What the format gives is escaped as a whole, so it may hold names from
 * outside; further lines are added to error->text by hand. Always returns false. */
bool error_set(struct error *error, enum plugin_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts this in front of the text, escaped as well: who learns of a failure knows on which file, and
 * in what attempt, it happened. Always returns false. */
bool error_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "out of memory". Always returns false. */
bool error_set_no_memory(struct error *error);

/* The whole text. Owned by error. */
const char *error_text(const struct error *error);

void error_free(struct error *error);

#define ERROR_AUTO __attribute__((cleanup(error_free))) struct error

/* Makes this the calling thread's last failure, and empties it. */
void error_publish(struct error *error);

#endif
