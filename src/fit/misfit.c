/* The reasons why a plugin does not fit. */
#include "fit/misfit.h"

#include "base/array.h"

#include <assert.h>
#include <stdlib.h>

/* Wider sides are not aligned: a terminal breaks their lines. */
enum { COLUMNS_MAX = 100 };

static void misfit_deinit(struct misfit *misfit)
{
    text_free(&misfit->path);
    text_free(&misfit->host);
    text_free(&misfit->plugin);
    text_free(&misfit->text);
    *misfit = (struct misfit){0};
}

struct misfit *misfits_start(struct misfits *misfits, const char *symbol, const char *package)
{
    misfit_deinit(&misfits->current);
    misfits->current =
        (struct misfit){.symbol = symbol, .package = package, .text.limit = MISFITS_LENGTH_MAX};
    return &misfits->current;
}

void misfit_add(struct misfit *misfit, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_vadd_escaped(&misfit->text, format, arguments);
    va_end(arguments);
}

static size_t misfit_length(const struct misfit *misfit)
{
    return misfit->path.length + misfit->host.length + misfit->plugin.length + misfit->text.length;
}

bool misfits_are_too_many(const struct misfits *misfits)
{
    return misfits->cost >= MISFITS_COST_MAX;
}

void misfits_end(struct misfits *misfits)
{
    struct misfit *current = &misfits->current;
    const struct misfit *last = misfits->count > misfits->kept ? &misfits->surplus
                                : misfits->kept                ? &misfits->items[misfits->kept - 1]
                                                               : NULL;
    /* Only a hostile file makes a text reach its limit: keep the start. */
    if (current->text.is_full) {
        current->text.failed = current->text.is_full = false;
        current->text.limit = 0;
        text_add(&current->text, "...");
    }
    misfits->cost += MISFITS_COST + misfit_length(current);
    if (current->text.failed || current->path.failed || current->host.failed ||
        current->plugin.failed)
        misfits->failed = true;
    if (last && !strcmp(text_chars(&last->text), text_chars(&current->text)))
        return;
    bool has_room = misfits->kept < MISFITS_MAX || misfits->length < MISFITS_LENGTH_MAX;
    struct misfit *added =
        has_room ? array_add(NULL, misfits->items, misfits->kept, misfits->capacity) : NULL;
    if (added) {
        misfits->length += misfit_length(current);
        *added = *current;
    } else {
        misfits->failed |= has_room;
        misfit_deinit(&misfits->surplus);
        misfits->surplus = *current;
    }
    *current = (struct misfit){0};
    misfits->count++;
}

void misfits_add(struct misfits *misfits, const char *symbol, const char *package,
                 const char *format, ...)
{
    va_list arguments;
    struct misfit *misfit = misfits_start(misfits, symbol, package);
    va_start(arguments, format);
    text_vadd_escaped(&misfit->text, format, arguments);
    va_end(arguments);
    misfits_end(misfits);
}

/* ---- sides in columns ---- */

/* Returns the columns of UTF-8 text, if each character takes one. */
static size_t count_columns(const char *chars, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)chars[i] & 0xC0) != 0x80;
    return columns;
}

static size_t larger_of(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Adds blanks from one column to another. */
static void add_blanks(struct text *text, size_t from, size_t to)
{
    if (to > from && to <= COLUMNS_MAX)
        text_add(text, "%*s", (int)(to - from), "");
}

/* A side: its declaration, and the comment, which starts with blanks. */
struct side_parts {
    const char *declaration, *comment;
    size_t declaration_length, declaration_width, comment_width;
};

static struct side_parts side_parts_of(const struct text *side)
{
    const char *chars = text_chars(side), *comment = strstr(chars, "   /* ");
    if (!comment)
        comment = chars + strlen(chars);
    size_t length = (size_t)(comment - chars);
    return (struct side_parts){chars, comment, length, count_columns(chars, length),
                               count_columns(comment, strlen(comment))};
}

static void add_side_line(struct text *text, struct misfit_side side, size_t label_width,
                          const struct side_parts *own, const struct side_parts *other)
{
    text_add(text, "\n    ");
    size_t start = text->length;
    text_add_escaped(text, side.label);
    add_blanks(text, count_columns(text_chars(text) + start, text->length - start), label_width);
    text_add(text, "  ");
    text_add_bytes(text, own->declaration, own->declaration_length);
    size_t column = larger_of(own->declaration_width, other->declaration_width);
    add_blanks(text, own->declaration_width, column);
    text_add(text, "%s", own->comment);
    add_blanks(text, own->comment_width, larger_of(own->comment_width, other->comment_width));
    text_add(text, "     ");
    if (side.module)
        module_add_build(text, side.module);
}

void misfit_add_sides(struct misfit *misfit, struct misfit_side host, struct misfit_side own)
{
    struct side_parts first = side_parts_of(&misfit->host), second = side_parts_of(&misfit->plugin);
    TEXT_AUTO label = {0}, other_label = {0};
    text_add_escaped(&label, host.label);
    text_add_escaped(&other_label, own.label);
    size_t label_width = larger_of(count_columns(text_chars(&label), label.length),
                                   count_columns(text_chars(&other_label), other_label.length));
    add_side_line(&misfit->text, host, label_width, &first, &second);
    add_side_line(&misfit->text, own, label_width, &second, &first);
}

/* ---- the refusal ---- */

/* Adds lines, each indented. */
static void add_indented(struct text *text, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        text_add(text, "\n  ");
        text_add_bytes(text, lines, length);
        lines += length + (lines[length] == '\n');
    }
}

bool misfits_refuse(const struct misfits *misfits, const char *path, const char *host_path,
                    struct error *error)
{
    assert(misfits->count);
    if (misfits->failed)
        return error_set_no_memory(error);
    error_set(error, PLUGIN_MISFIT, "%s does not fit %s (%zu misfit%s):", path, host_path,
              misfits->count, misfits->count == 1 ? "" : "s");
    for (size_t i = 0; i < misfits->kept; i++)
        add_indented(&error->text, text_chars(&misfits->items[i].text));
    if (misfits->count > misfits->kept)
        text_add(&error->text, "\n  ... and %s%zu more",
                 misfits_are_too_many(misfits) ? "at least " : "", misfits->count - misfits->kept);
    return false;
}

void misfits_deinit(struct misfits *misfits)
{
    for (size_t i = 0; i < misfits->kept; i++)
        misfit_deinit(&misfits->items[i]);
    free(misfits->items);
    misfit_deinit(&misfits->current);
    misfit_deinit(&misfits->surplus);
    *misfits = (struct misfits){0};
}
