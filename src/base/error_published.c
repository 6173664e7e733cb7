/* SPDX-License-Identifier: MIT */
/* Each thread's last failure, which plugin_error returns. It is apart from errors, so that a
 * program that has these and is linked with libplugin has the library's. */
#include "base/error.h"
#include <plugin_types.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The thread's last failure, and its code, which remains without memory for the text. */
static _Thread_local struct error *last;
static _Thread_local enum plugin_code last_code;

/* Frees a thread's last failure when the thread ends. */
static pthread_key_t at_thread_end;
static pthread_once_t at_thread_end_once = PTHREAD_ONCE_INIT;
static bool at_thread_end_made;

static void free_last(void *error)
{
    error_free(error);
    free(error);
}

static void make_key(void)
{
    at_thread_end_made = pthread_key_create(&at_thread_end, free_last) == 0;
}

/* Writes the line of a text that has several, unless it is written. */
static void error_end_line(struct error *error)
{
    const char *chars = text_chars(&error->text), *end = strchr(chars, '\n');
    if (end && !error->line.length)
        text_add_bytes(&error->line, chars, (size_t)(end - chars));
    error->text.failed |= error->line.failed;
}

void error_publish(struct error *error)
{
    pthread_once(&at_thread_end_once, make_key);
    if (!last && at_thread_end_made) {
        last = calloc(1, sizeof *last);
        if (last && pthread_setspecific(at_thread_end, last) != 0) {
            free(last);
            last = NULL;
        }
    }
    error_end_line(error);
    last_code = error->text.failed ? PLUGIN_NO_MEMORY : error->code;
    if (!last) {
        error_free(error);
        return;
    }
    error_free(last);
    *last = *error;
    *error = (struct error){0};
}

const char *plugin_error(void)
{
    if (last_code == PLUGIN_OK)
        return "";
    return last ? error_text(last) : "out of memory";
}

const char *plugin_error_line(void)
{
    const char *text = plugin_error();
    return last_code != PLUGIN_OK && last && last->line.length ? text_chars(&last->line) : text;
}

enum plugin_code plugin_error_code(void)
{
    return last_code;
}

void plugin_error_clear(void)
{
    last_code = PLUGIN_OK;
    if (last)
        error_free(last);
}

void plugin_error_set_(enum plugin_code code, const char *text)
{
    struct error error = {0};
    error_set(&error, code, "%s", text);
    error_publish(&error);
}
