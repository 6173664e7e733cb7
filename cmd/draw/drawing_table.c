/* SPDX-License-Identifier: MIT */
/* Two types that differ, as a table. */
#include "draw/drawing_p.h"

#include "draw/markup.h"

#include <string.h>

enum { ROWS_MAX = 200, NAME_SHOWN = 200 };

void drawing_add_change(struct text *html, const struct pairing *pairing, int side, size_t number,
                        struct drawing_labels labels)
{
    const struct paired_part *part = &pairing->sides[side].parts[number];
    if (part->change == CHANGE_ALONE) {
        text_add(html, "only in the ");
        markup_add(html, labels.sides[side], NAME_SHOWN);
        return;
    }
    const struct paired_part *other = &pairing->sides[!side].parts[part->partner - 1];
    const struct paired_part *from = side ? other : part, *to = side ? part : other;
    if (part->change == CHANGE_NONE) {
        text_add(html, "the same");
    } else if (part->change == CHANGE_MOVED) {
        bool is_down = to->start > from->start;
        size_t by = is_down ? to->start - from->start : from->start - to->start;
        size_t unit = pairing->kind == PLUGIN_TYPE_STRUCT && by % 8 == 0 ? 8 : 1;
        text_add(html, "moved %s%zu%s", is_down ? "+" : "\u2212", by / unit,
                 unit == 8                             ? ""
                 : pairing->kind == PLUGIN_TYPE_STRUCT ? " bits"
                                                       : "");
    } else if (pairing->kind == PLUGIN_TYPE_ENUM) {
        text_add(html, "another value");
    } else if (strcmp(paired_name(part), paired_name(other)) != 0 &&
               !strcmp(text_chars(&part->type), text_chars(&other->type))) {
        text_add(html, "another name");
    } else {
        text_add(html,
                 part->part.bit_size != other->part.bit_size ? "another width" : "another type");
    }
}

/* Adds the two cells of a side; part NULL: it has no such part. */
static void add_cells(struct text *html, const struct pairing *pairing,
                      const struct paired_part *part)
{
    if (!part) {
        text_add(html, "<td>\u2013</td><td>\u2013</td>");
        return;
    }
    bool is_signed = plugin_type_is_signed(pairing->sides[0].type), is_bits;
    size_t size = paired_size(part, &is_bits);
    text_add(html, "<td>");
    if (pairing->kind == PLUGIN_TYPE_ENUM)
        text_add(html, is_signed ? "%lld" : "%llu", part->part.value);
    else if (pairing->kind == PLUGIN_TYPE_STRUCT && (is_bits || part->start % 8))
        text_add(html, "%zu.%zu, %zu bit%s", part->start / 8, part->start % 8, size,
                 size == 1 ? "" : "s");
    else if (pairing->kind == PLUGIN_TYPE_STRUCT)
        text_add(html, "%zu, %zu byte%s", part->start / 8, size, size == 1 ? "" : "s");
    else if (size)
        text_add(html, "%zu byte%s", size, size == 1 ? "" : "s");
    text_add(html, "</td><td><code>");
    markup_add(html, paired_name(part), NAME_SHOWN);
    if (part->type.length) {
        text_add(html, "</code> <code class=\"type\">");
        markup_add_cut(html, text_chars(&part->type), NAME_SHOWN);
    }
    text_add(html, "</code></td>");
}

static void add_row(struct text *html, const struct pairing *pairing, int side, size_t number,
                    struct drawing_labels labels)
{
    static const char *const classes[] = {"", " class=\"moved\"", " class=\"other\"",
                                          " class=\"alone\""};
    const struct paired_part *part = &pairing->sides[side].parts[number];
    const struct paired_part *other =
        part->partner ? &pairing->sides[!side].parts[part->partner - 1] : NULL;
    text_add(html, "<tr%s>", classes[part->change]);
    add_cells(html, pairing, side ? other : part);
    add_cells(html, pairing, side ? part : other);
    text_add(html, "<td>");
    drawing_add_change(html, pairing, side, number, labels);
    text_add(html, "</td></tr>\n");
}

void drawing_add_table(struct text *html, const struct pairing *pairing,
                       struct drawing_labels labels)
{
    const char *measure = pairing->kind == PLUGIN_TYPE_STRUCT ? "offset, size"
                          : pairing->kind == PLUGIN_TYPE_ENUM ? "value"
                                                              : "size";
    size_t rows = 0, count = 0;
    text_add(html, "<details><summary>The same as a table</summary>\n"
                   "<div class=\"scroll\" tabindex=\"0\"><table class=\"parts\"><thead><tr>");
    for (int side = 0; side < 2; side++) {
        text_add(html, "<th scope=\"col\">%s</th><th scope=\"col\">", measure);
        markup_add(html, labels.sides[side], NAME_SHOWN);
        text_add(html, "</th>");
    }
    text_add(html, "<th scope=\"col\">change</th></tr></thead>\n<tbody>\n");
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < pairing->sides[side].count; i++) {
            if (side && pairing->sides[side].parts[i].partner)
                continue;
            if (count++ < ROWS_MAX) {
                add_row(html, pairing, side, i, labels);
                rows++;
            }
        }
    text_add(html, "</tbody></table></div>\n");
    if (count > rows)
        text_add(html, "<p class=\"note\">and %zu more</p>\n", count - rows);
    text_add(html, "</details>\n");
}
