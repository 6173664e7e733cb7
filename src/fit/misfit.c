/* SPDX-License-Identifier: MIT */
/* The reasons why a plugin does not fit. */
#include "fit/misfit.h"

#include "base/array.h"
#include "types/compare.h"

#include <assert.h>
#include <stdlib.h>

/* Wider sides are not aligned: a terminal breaks their lines. A misfit names USES_SHOWN of the
 * symbols that lead to it. */
enum { COLUMNS_MAX = 100, USES_SHOWN = 3, USES_LENGTH_MAX = 1 << 13 };

static void misfit_deinit(struct misfit *misfit)
{
    text_free(&misfit->path);
    text_free(&misfit->host);
    text_free(&misfit->plugin);
    text_free(&misfit->text);
    text_free(&misfit->line);
    text_free(&misfit->uses);
    free(misfit->symbols);
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
    return misfit->path.length + misfit->host.length + misfit->plugin.length + misfit->text.length +
           misfit->line.length + misfit->uses.length;
}

bool misfits_are_too_many(const struct misfits *misfits)
{
    return misfits->cost >= MISFITS_COST_MAX;
}

/* Only a hostile file makes a text reach its limit: keeps the start. */
static void text_cut(struct text *text)
{
    if (!text->is_full)
        return;
    text->failed = text->is_full = false;
    text->limit = 0;
    text_add(text, "...");
}

void misfits_end(struct misfits *misfits)
{
    struct misfit *current = &misfits->current;
    const struct misfit *last = misfits->count > misfits->kept ? &misfits->surplus
                                : misfits->kept                ? &misfits->items[misfits->kept - 1]
                                                               : NULL;
    text_cut(&current->text);
    misfits->cost += MISFITS_COST + misfit_length(current);
    if (current->text.failed || current->path.failed || current->host.failed ||
        current->plugin.failed || current->line.failed || current->uses.failed)
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

/* ---- one cause, and the symbols that lead to it ---- */

/* Adds a symbol to a misfit, and tells of it in the last line of the text. */
static bool misfit_add_use(struct misfit *misfit, const char *symbol, const char *where)
{
    struct text *text = &misfit->text, *uses = &misfit->uses;
    const char **added =
        array_add(NULL, misfit->symbols, misfit->symbol_count, misfit->symbol_capacity);
    if (!added)
        return false;
    *added = symbol;
    if (misfit->symbol_count <= USES_SHOWN) {
        uses->limit = USES_LENGTH_MAX;
        text_add_between(uses, misfit->symbol_count > 1 ? ", " : "", symbol, "");
        if (*where)
            text_add(uses, " (%s)", where);
        text_cut(uses);
    }
    if (text->length > misfit->uses_start)
        text->chars[text->length = misfit->uses_start] = '\0';
    text->limit = 0;
    text_add(text, "\n    used by %s", text_chars(uses));
    size_t others = misfit->symbol_count - USES_SHOWN;
    if (misfit->symbol_count > USES_SHOWN)
        text_add(text, " and %zu other%s", others, others == 1 ? "" : "s");
    return !text->failed && !uses->failed;
}

/* Is this symbol the last one that was added? Several files of a plugin may declare it. */
static bool misfit_has_use(const struct misfit *misfit, const char *symbol)
{
    return misfit->symbol_count && !strcmp(misfit->symbols[misfit->symbol_count - 1], symbol);
}

static bool misfits_tell_the_same(const struct misfit *a, const struct misfit *b)
{
    return a->uses_start && a->uses_start == b->uses_start &&
           !memcmp(text_chars(&a->text), text_chars(&b->text), a->uses_start) &&
           (a->package ? b->package && !strcmp(a->package, b->package) : !b->package);
}

/* Finds a misfit that tells what the current one does; NULL: there is none. */
static struct misfit *misfits_find_same(struct misfits *misfits)
{
    for (size_t i = 0; i < misfits->kept; i++)
        if (misfits_tell_the_same(&misfits->items[i], &misfits->current))
            return &misfits->items[i];
    bool is_surplus = misfits->count > misfits->kept &&
                      misfits_tell_the_same(&misfits->surplus, &misfits->current);
    return is_surplus ? &misfits->surplus : NULL;
}

void misfits_end_use(struct misfits *misfits, const char *where)
{
    struct misfit *current = &misfits->current;
    text_cut(&current->text);
    current->uses_start = current->text.length;
    struct misfit *same = current->text.failed ? NULL : misfits_find_same(misfits);
    bool is_known = same && misfit_has_use(same, current->symbol);
    if (!is_known && !misfit_add_use(same ? same : current, current->symbol, where))
        misfits->failed = true;
    if (!same) {
        misfits_end(misfits);
        return;
    }
    misfits->cost += MISFITS_COST + misfit_length(current);
    misfit_deinit(current);
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

void misfits_add_lines(struct misfits *misfits, struct text *to, const struct text *lines)
{
    const char *line = text_chars(lines);
    misfits->failed |= lines->failed;
    while (*line) {
        size_t length = strcspn(line, "\n") + 1;
        TEXT_AUTO whole = {0};
        text_add_bytes(&whole, line, length);
        if (!strstr(text_chars(to), text_chars(&whole)))
            text_add_bytes(to, line, length);
        misfits->failed |= whole.failed || to->failed;
        line += length;
    }
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

/* Writes the misfit in one line: its text so far and, unless that is explained, both sides. */
static void misfit_write_line(struct misfit *misfit, const char *host_name, const char *own_name,
                              bool is_explained)
{
    struct text *line = &misfit->line;
    text_free(line);
    text_add_bytes(line, text_chars(&misfit->text), misfit->text.length);
    if (is_explained)
        return;
    text_add(line, ": ");
    side_add_to_sentence(line, &misfit->host, &misfit->plugin);
    text_add_between(line, " in ", host_name, ", ");
    side_add_to_sentence(line, &misfit->plugin, &misfit->host);
    text_add_between(line, " in ", own_name, "");
}

void misfit_add_sides(struct misfit *misfit, struct misfit_side host, struct misfit_side own,
                      bool is_explained)
{
    struct side_parts first = side_parts_of(&misfit->host), second = side_parts_of(&misfit->plugin);
    TEXT_AUTO label = {0}, other_label = {0};
    misfit_write_line(misfit, host.name, own.name, is_explained);
    text_add_escaped(&label, host.label);
    text_add_escaped(&other_label, own.label);
    size_t label_width = larger_of(count_columns(text_chars(&label), label.length),
                                   count_columns(text_chars(&other_label), other_label.length));
    misfit->text.failed |= label.failed || other_label.failed;
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

void uses_add_count(struct text *text, const struct uses_counted *uses)
{
    text_add(text, "%zu use%s compared, %zu not%s", uses->compared, uses->compared == 1 ? "" : "s",
             uses->unchecked, uses->is_cut ? ", because there are too many misfits" : "");
}

/* Adds the first misfit in one line, and how many more there are. */
static void misfits_add_line(const struct misfits *misfits, struct text *line)
{
    const struct misfit *first = misfits->kept ? &misfits->items[0] : &misfits->surplus;
    const char *text = text_chars(first->line.length ? &first->line : &first->text);
    size_t more = misfits->count - 1;
    text_add_bytes(line, text, strcspn(text, "\n"));
    if (more)
        text_add(line, " (and %s%zu more misfit%s)",
                 misfits_are_too_many(misfits) ? "at least " : "", more, more == 1 ? "" : "s");
}

bool misfits_refuse(const struct misfits *misfits, const char *path, const char *host_path,
                    struct error *error)
{
    assert(misfits->count);
    if (misfits->failed || misfits->remark.failed)
        return error_set_no_memory(error);
    error_set(error, PLUGIN_MISFIT, "%s does not fit %s", path, host_path);
    text_add_bytes(&error->line, text_chars(&error->text), error->text.length);
    text_add(&error->line, ": ");
    misfits_add_line(misfits, &error->line);
    text_add(&error->text, " (%zu misfit%s):", misfits->count, misfits->count == 1 ? "" : "s");
    for (size_t i = 0; i < misfits->kept; i++)
        add_indented(&error->text, text_chars(&misfits->items[i].text));
    if (misfits->count > misfits->kept)
        text_add(&error->text, "\n  ... and %s%zu more",
                 misfits_are_too_many(misfits) ? "at least " : "", misfits->count - misfits->kept);
    add_indented(&error->text, text_chars(&misfits->remark));
    if (misfits->uses.is_counted) {
        text_add(&error->text, "\n  ");
        uses_add_count(&error->text, &misfits->uses);
    }
    return false;
}

void misfits_deinit(struct misfits *misfits)
{
    for (size_t i = 0; i < misfits->kept; i++)
        misfit_deinit(&misfits->items[i]);
    free(misfits->items);
    misfit_deinit(&misfits->current);
    misfit_deinit(&misfits->surplus);
    text_free(&misfits->growth);
    text_free(&misfits->waived);
    text_free(&misfits->waivable);
    text_free(&misfits->remark);
    *misfits = (struct misfits){0};
}
