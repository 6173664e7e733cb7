/* SPDX-License-Identifier: MIT */
/* Errors. */
#include "base/error.h"

static const char out_of_memory[] = "out of memory";

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
