/* The reasons why a plugin does not fit, and how they are told. */
#include "fit/misfit.h"

#include <stdlib.h>

/* Sides that are wider than this are not brought into columns: a terminal breaks their lines. */
enum { COLUMNS_MAX = 100 };

static void free_misfit(struct misfit *misfit)
{
    text_free(&misfit->path);
    text_free(&misfit->host);
    text_free(&misfit->plugin);
    text_free(&misfit->text);
    *misfit = (struct misfit){0};
}

struct misfit *misfits_start(struct misfits *misfits, const char *symbol, const char *package)
{
    free_misfit(&misfits->current);
    misfits->current.symbol = symbol;
    misfits->current.package = package;
    misfits->current.text.limit = MISFITS_LENGTH_MAX;
    return &misfits->current;
}

static const struct misfit *last_misfit(const struct misfits *misfits)
{
    if (misfits->count > misfits->kept)
        return &misfits->surplus;
    return misfits->kept ? &misfits->items[misfits->kept - 1] : NULL;
}

static bool grow(struct misfits *misfits)
{
    if (misfits->kept < misfits->capacity)
        return true;
    size_t larger = misfits->capacity ? misfits->capacity * 2 : 4;
    struct misfit *items = reallocarray(misfits->items, larger, sizeof *items);
    if (!items)
        return false;
    misfits->items = items;
    misfits->capacity = larger;
    return true;
}

static size_t length_of(const struct misfit *misfit)
{
    return misfit->path.length + misfit->host.length + misfit->plugin.length + misfit->text.length;
}

bool misfits_are_too_many(const struct misfits *misfits)
{
    return misfits->cost >= MISFITS_COST_MAX;
}

/* Of a text that reached its limit, as only that of a hostile file does, the start stays. */
static void cut(struct text *text)
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
    const struct misfit *last = last_misfit(misfits);
    cut(&current->text);
    misfits->cost += MISFITS_COST + length_of(current);
    if (current->text.failed || current->path.failed || current->host.failed ||
        current->plugin.failed)
        misfits->failed = true;
    if (last && !strcmp(text_chars(&last->text), text_chars(&current->text)))
        return;
    bool has_room = misfits->kept < MISFITS_MAX || misfits->length < MISFITS_LENGTH_MAX;
    if (has_room && grow(misfits)) {
        misfits->length += length_of(current);
        misfits->items[misfits->kept++] = *current;
    } else {
        misfits->failed |= has_room;
        free_misfit(&misfits->surplus);
        misfits->surplus = *current;
    }
    *current = (struct misfit){0};
    misfits->count++;
}

/* ---- sides in columns ---- */

/* How wide these bytes of UTF-8 are, if every character takes one column. */
static size_t width(const char *chars, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)chars[i] & 0xC0) != 0x80;
    return columns;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Adds blanks up to a column, of which `from` are taken. */
static void pad(struct text *text, size_t from, size_t to)
{
    if (to > from && to <= COLUMNS_MAX)
        text_add(text, "%*s", (int)(to - from), "");
}

/* A side's declaration, up to its comment, and the comment, which starts with blanks. */
struct parts {
    const char *declaration, *comment;
    size_t declaration_length, declaration_width, comment_width;
};

static struct parts split(const struct text *side)
{
    const char *chars = text_chars(side), *comment = strstr(chars, "   /* ");
    if (!comment)
        comment = chars + strlen(chars);
    size_t length = (size_t)(comment - chars);
    return (struct parts){chars, comment, length, width(chars, length),
                          width(comment, strlen(comment))};
}

static void add_side(struct text *text, struct misfit_side side, size_t label_width,
                     const struct parts *own, const struct parts *other)
{
    text_add(text, "\n    ");
    size_t start = text->length;
    text_add_escaped(text, side.label);
    pad(text, width(text_chars(text) + start, text->length - start), label_width);
    text_add(text, "  ");
    text_add_bytes(text, own->declaration, own->declaration_length);
    size_t column = larger(own->declaration_width, other->declaration_width);
    pad(text, own->declaration_width, column);
    text_add(text, "%s", own->comment);
    pad(text, own->comment_width, larger(own->comment_width, other->comment_width));
    text_add(text, "     ");
    if (side.module)
        module_add_build(text, side.module);
}

void misfit_add_sides(struct misfit *misfit, struct misfit_side host, struct misfit_side own)
{
    struct parts first = split(&misfit->host), second = split(&misfit->plugin);
    TEXT_AUTO label = {0}, other_label = {0};
    text_add_escaped(&label, host.label);
    text_add_escaped(&other_label, own.label);
    size_t label_width = larger(width(text_chars(&label), label.length),
                                width(text_chars(&other_label), other_label.length));
    add_side(&misfit->text, host, label_width, &first, &second);
    add_side(&misfit->text, own, label_width, &second, &first);
}

/* ---- the refusal ---- */

/* Adds a misfit's lines, each indented. */
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
    if (misfits->failed)
        return error_set_no_memory(error);
    error_set(error, PLUGIN_MISFIT, "%s does not fit %s (%zu misfit%s):", path, host_path,
              misfits->count, misfits->count == 1 ? "" : "s");
    for (size_t i = 0; i < misfits->kept; i++)
        add_indented(&error->text, text_chars(&misfits->items[i].text));
    if (misfits->count > misfits->kept)
        text_add(&error->text, "\n  ... and %zu more%s", misfits->count - misfits->kept,
                 misfits_are_too_many(misfits) ? ", at least" : "");
    return false;
}

void misfits_free(struct misfits *misfits)
{
    for (size_t i = 0; i < misfits->kept; i++)
        free_misfit(&misfits->items[i]);
    free(misfits->items);
    free_misfit(&misfits->current);
    free_misfit(&misfits->surplus);
    *misfits = (struct misfits){0};
}
