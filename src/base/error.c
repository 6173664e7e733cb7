/* Errors, and each thread's last failure. */
#include "base/error.h"
#include <plugin_types.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char out_of_memory[] = "out of memory";

/* The thread's last failure, and its code, which remains without memory for the text. */
static _Thread_local struct error *last;
static _Thread_local enum plugin_code last_code;

/* Frees a thread's last failure when the thread ends. */
static pthread_key_t at_thread_end;
static pthread_once_t at_thread_end_once = PTHREAD_ONCE_INIT;
static bool at_thread_end_made;

bool error_set(struct error *error, enum plugin_code code, const char *format, ...)
{
    struct text text = {0};
    va_list arguments;
    va_start(arguments, format);
    text_vadd_escaped(&text, format, arguments);
    va_end(arguments);
    text_free(&error->text);
    text_free(&error->line);
    *error = (struct error){.code = code, .text = text};
    return false;
}

/* Puts the front before the text. */
static void error_prefix_text(struct text *text, const struct text *front)
{
    struct text whole = {0};
    text_add_bytes(&whole, text_chars(front), front->length);
    text_add_bytes(&whole, text_chars(text), text->length);
    whole.failed |= front->failed || text->failed;
    text_free(text);
    *text = whole;
}

bool error_prefix(struct error *error, const char *format, ...)
{
    TEXT_AUTO front = {0};
    va_list arguments;
    va_start(arguments, format);
    text_vadd_escaped(&front, format, arguments);
    va_end(arguments);
    error_prefix_text(&error->text, &front);
    if (error->line.length)
        error_prefix_text(&error->line, &front);
    return false;
}

bool error_set_no_memory(struct error *error)
{
    text_free(&error->text);
    text_free(&error->line);
    error->code = PLUGIN_NO_MEMORY;
    error->text.failed = true;
    return false;
}

void error_free(struct error *error)
{
    text_free(&error->text);
    text_free(&error->line);
    error->code = PLUGIN_OK;
}

void error_copy(struct error *copy, const struct error *error)
{
    copy->code = error->code;
    text_add_bytes(&copy->text, text_chars(&error->text), error->text.length);
    text_add_bytes(&copy->line, text_chars(&error->line), error->line.length);
    copy->text.failed |= error->text.failed;
}

const char *error_text(const struct error *error)
{
    return error->text.failed ? out_of_memory : text_chars(&error->text);
}

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
    return last ? error_text(last) : out_of_memory;
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
