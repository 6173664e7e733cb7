/* SPDX-License-Identifier: MIT */
/* Two types that differ, side by side, as SVG. Equal offsets are at equal heights on both sides:
 * each stretch between two offsets at which something starts or ends has a height, which grows with
 * its bytes. What is the same over a long stretch is one box. */
#include "draw/drawing_p.h"

#include "draw/markup.h"

#include <stdlib.h>
#include <string.h>

/* Boxes of a side; parts in a row that become one box, all but the first and the last. */
enum { BOXES_MAX = 64, GROUP_MIN = 5 };

/* In pixels, before the page scales them. */
enum {
    WIDTH = 980,
    TOP = 40,
    BOTTOM = 18,
    BOX_WIDTH = 360,
    HEIGHT_MIN = 24,
    HEIGHT_MAX = 60,
    HEIGHT_OF_BYTE = 5,
    MARGIN = 8,
    LABEL_HEIGHT = 13,
    BASELINE = 16,  /* of a box's text, from its top */
    CHARACTERS = 45 /* that fit in a box */
};
static const int box_x[2] = {52, 568}, axis_x[2] = {44, 936};

/* A part, several, or the padding between two. */
struct box {
    size_t first, count; /* parts; count 0: padding */
    size_t start, end;   /* in bits */
    enum change change;
};

struct drawing {
    const struct pairing *pairing;
    bool is_struct;
    struct box boxes[2][BOXES_MAX];
    size_t box_count[2];
    size_t left_out[2];               /* parts that have no box */
    size_t places[4 * BOXES_MAX + 2]; /* offsets at which something starts or ends, in order */
    size_t place_count;
    int label_end; /* height of the last label between the sides */
};

/* ---- boxes ---- */

static const struct paired_part *part_of(const struct drawing *drawing, int side, size_t number)
{
    return &drawing->pairing->sides[side].parts[number];
}

/* Does the part continue the row of alike ones of the part before it? */
static bool continues(const struct drawing *drawing, int side, size_t number)
{
    const struct paired_part *part = part_of(drawing, side, number), *before = part - 1;
    if (part->change != before->change || part->change == CHANGE_OTHER)
        return false;
    if (part->change == CHANGE_ALONE)
        return true;
    const struct paired_part *partner = part_of(drawing, !side, part->partner - 1);
    return part->partner == before->partner + 1 &&
           partner->start - part->start == (partner - 1)->start - before->start;
}

static void add_box(struct drawing *drawing, int side, struct box box)
{
    if (drawing->box_count[side] == BOXES_MAX) {
        drawing->left_out[side] += box.count;
        return;
    }
    if (!drawing->is_struct) {
        box.start = drawing->box_count[side] * 8;
        box.end = box.start + 8;
    }
    drawing->boxes[side][drawing->box_count[side]++] = box;
}

/* Adds parts as one box, after the padding in front of them. What overlaps has no box; nor has a
 * member without a size, unless it is the last one. */
static void add_parts(struct drawing *drawing, int side, size_t first, size_t count, size_t *end)
{
    const struct paired_part *part = part_of(drawing, side, first);
    struct box box = {.first = first,
                      .count = count,
                      .start = part->start,
                      .end = part_of(drawing, side, first + count - 1)->end,
                      .change = part->change};
    bool is_last = first + count == drawing->pairing->sides[side].count;
    if (drawing->is_struct && is_last && box.start == box.end)
        box.end++;
    if (drawing->is_struct && (box.start < *end || box.end <= box.start)) {
        drawing->left_out[side] += count;
        return;
    }
    if (drawing->is_struct && box.start > *end)
        add_box(drawing, side, (struct box){.start = *end, .end = box.start});
    add_box(drawing, side, box);
    *end = box.end;
}

static void add_side(struct drawing *drawing, int side)
{
    const struct paired_side *own = &drawing->pairing->sides[side];
    size_t end = 0, bits = plugin_type_size(own->type) * 8;
    for (size_t i = 0, last; i < own->count; i = last + 1) {
        for (last = i; last + 1 < own->count && continues(drawing, side, last + 1);)
            last++;
        if (last - i + 1 < GROUP_MIN) {
            for (size_t k = i; k <= last; k++)
                add_parts(drawing, side, k, 1, &end);
            continue;
        }
        add_parts(drawing, side, i, 1, &end);
        add_parts(drawing, side, i + 1, last - i - 1, &end);
        add_parts(drawing, side, last, 1, &end);
    }
    if (drawing->is_struct && bits > end && !drawing->left_out[side])
        add_box(drawing, side, (struct box){.start = end, .end = bits});
}

/* ---- heights ---- */

static int compare_places(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void find_places(struct drawing *drawing)
{
    size_t count = 0, *places = drawing->places;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < drawing->box_count[side]; i++) {
            places[count++] = drawing->boxes[side][i].start;
            places[count++] = drawing->boxes[side][i].end;
        }
    qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 0; i < count; i++)
        if (!drawing->place_count || places[drawing->place_count - 1] != places[i])
            places[drawing->place_count++] = places[i];
}

/* Returns the height of an offset in the drawing. */
static int height_of(const struct drawing *drawing, size_t place)
{
    int y = TOP;
    for (size_t i = 1; i < drawing->place_count && drawing->places[i] <= place; i++) {
        size_t bytes = (drawing->places[i] - drawing->places[i - 1]) / 8;
        int height = bytes < HEIGHT_MAX ? (int)bytes * HEIGHT_OF_BYTE : HEIGHT_MAX;
        y += height < HEIGHT_MIN ? HEIGHT_MIN : height > HEIGHT_MAX ? HEIGHT_MAX : height;
    }
    return y;
}

/* ---- SVG ---- */

static const char *const change_classes[] = {[CHANGE_NONE] = "same",
                                             [CHANGE_MOVED] = "moved",
                                             [CHANGE_OTHER] = "other",
                                             [CHANGE_ALONE] = "alone"};

/* Writes what stands at the right end of a box. */
static void write_measure(struct text *text, const struct drawing *drawing, const struct box *box,
                          const struct paired_part *part)
{
    enum plugin_type_kind kind = drawing->pairing->kind;
    const char *separator = box->change == CHANGE_ALONE ? ", " : "";
    bool is_bits = false;
    size_t size = box->end - box->start;
    if (box->change == CHANGE_ALONE)
        text_add(text, "only here");
    if (box->count == 1)
        size = paired_size(part, &is_bits);
    else if (size % 8)
        is_bits = true;
    else
        size /= 8;
    if (kind == PLUGIN_TYPE_ENUM && box->count == 1) {
        bool is_signed = plugin_type_is_signed(drawing->pairing->sides[0].type);
        text_add(text, is_signed ? "%s%lld" : "%s%llu", separator, part->part.value);
    } else if (kind == PLUGIN_TYPE_STRUCT || (kind == PLUGIN_TYPE_UNION && box->count == 1)) {
        text_add(text, "%s%zu %s%s", separator, size, is_bits ? "bit" : "byte",
                 size == 1 ? "" : "s");
    }
}

static void add_box_words(struct text *svg, const struct drawing *drawing, const struct box *box,
                          const struct paired_part *part, size_t room)
{
    const char *noun = drawing->pairing->kind == PLUGIN_TYPE_ENUM       ? "enumerators"
                       : drawing->pairing->kind == PLUGIN_TYPE_FUNCTION ? "parameters"
                                                                        : "members";
    if (!box->count) {
        text_add(svg, "padding");
        return;
    }
    if (box->count > 1) {
        text_add(svg, "%zu %s%s", box->count, noun,
                 box->change == CHANGE_NONE    ? ", the same"
                 : box->change == CHANGE_MOVED ? ", all moved"
                                               : "");
        return;
    }
    const char *name = paired_name(part);
    TEXT_AUTO shown = {0};
    text_add_escaped(&shown, *name ? name : "unnamed");
    svg->failed |= shown.failed;
    size_t width = markup_width(text_chars(&shown), shown.length);
    text_add(svg, "<tspan class=\"name\">");
    markup_add_cut(svg, text_chars(&shown), room);
    text_add(svg, "</tspan>");
    if (part->type.length && width + 6 < room) {
        text_add(svg, "  ");
        markup_add_cut(svg, text_chars(&part->type), room - width - 2);
    }
}

static void add_svg_box(struct text *svg, const struct drawing *drawing, int side,
                        const struct box *box)
{
    const struct paired_part *part = box->count ? part_of(drawing, side, box->first) : NULL;
    TEXT_AUTO measure = {0};
    int x = box_x[side], y = height_of(drawing, box->start);
    int height = height_of(drawing, box->end) - y;
    write_measure(&measure, drawing, box, part);
    text_add(svg, "<g class=\"%s\">", box->count ? change_classes[box->change] : "padding");
    if (box->count == 1) {
        text_add(svg, "<title>");
        markup_add(svg, paired_name(part), 0);
        text_add(svg, ": ");
        markup_add_cut(svg, text_chars(&part->type), 0);
        text_add(svg, "</title>");
    }
    text_add(svg, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x, y, BOX_WIDTH, height);
    text_add(svg, "<text x=\"%d\" y=\"%d\">", x + MARGIN, y + BASELINE);
    add_box_words(svg, drawing, box, part, CHARACTERS - measure.length);
    text_add(svg, "</text>");
    if (measure.length)
        text_add(svg, "<text class=\"measure\" x=\"%d\" y=\"%d\">%s</text>", x + BOX_WIDTH - MARGIN,
                 y + BASELINE, text_chars(&measure));
    text_add(svg, "</g>\n");
    svg->failed |= measure.failed;
}

static void add_axis(struct text *svg, const struct drawing *drawing, int side, size_t place)
{
    text_add(svg, "<text class=\"axis%s\" x=\"%d\" y=\"%d\">%zu", side ? "" : " left", axis_x[side],
             height_of(drawing, place) + 4, place / 8);
    if (place % 8)
        text_add(svg, ".%zu", place % 8);
    text_add(svg, "</text>\n");
}

static void add_svg_side(struct text *svg, const struct drawing *drawing, int side,
                         struct drawing_labels labels)
{
    const struct paired_side *own = &drawing->pairing->sides[side];
    size_t count = drawing->box_count[side], size = plugin_type_size(own->type);
    text_add(svg, "<text class=\"side\" x=\"%d\" y=\"18\">", box_x[side]);
    markup_add(svg, labels.sides[side], 24);
    if (size)
        text_add(svg, "<tspan class=\"measure-inline\">  %zu byte%s</tspan>", size,
                 size == 1 ? "" : "s");
    text_add(svg, "</text>\n");
    for (size_t i = 0; i < count; i++) {
        add_svg_box(svg, drawing, side, &drawing->boxes[side][i]);
        if (drawing->is_struct)
            add_axis(svg, drawing, side, drawing->boxes[side][i].start);
    }
    if (drawing->is_struct && count && drawing->boxes[side][count - 1].end == size * 8)
        add_axis(svg, drawing, side, size * 8);
}

/* Returns the box of the other side that has this part; NULL: none. */
static const struct box *find_box(const struct drawing *drawing, int side, size_t number)
{
    for (size_t i = 0; i < drawing->box_count[side]; i++) {
        const struct box *box = &drawing->boxes[side][i];
        if (box->count && number - box->first < box->count && number >= box->first)
            return box;
    }
    return NULL;
}

/* Returns the plugin's box that a box of the host belongs to; NULL: none. */
static const struct box *find_partner(const struct drawing *drawing, const struct box *box)
{
    const struct paired_part *part = box->count ? part_of(drawing, 0, box->first) : NULL;
    return part && part->partner ? find_box(drawing, 1, part->partner - 1) : NULL;
}

/* Joins the two. */
static void add_joint(struct text *svg, const struct drawing *drawing, const struct box *box)
{
    const struct box *other = find_partner(drawing, box);
    int left = box_x[0] + BOX_WIDTH, right = box_x[1];
    if (!other)
        return;
    text_add(svg, "<path class=\"joint %s\" d=\"M%d %dL%d %dL%d %dL%d %dZ\"/>\n",
             change_classes[box->change], left, height_of(drawing, box->start), right,
             height_of(drawing, other->start), right, height_of(drawing, other->end), left,
             height_of(drawing, box->end));
}

/* Says between them what changed, below the label before. */
static void add_label(struct text *svg, struct drawing *drawing, const struct box *box,
                      struct drawing_labels labels)
{
    const struct box *other = find_partner(drawing, box);
    if (!other || box->change == CHANGE_NONE)
        return;
    int sum = height_of(drawing, box->start) + height_of(drawing, box->end) +
              height_of(drawing, other->start) + height_of(drawing, other->end);
    int middle = sum / 4 + 4;
    middle = middle < drawing->label_end ? drawing->label_end : middle;
    drawing->label_end = middle + LABEL_HEIGHT;
    text_add(svg, "<text class=\"label %s\" x=\"%d\" y=\"%d\">", change_classes[box->change],
             (box_x[0] + BOX_WIDTH + box_x[1]) / 2, middle);
    drawing_add_change(svg, drawing->pairing, 0, box->first, labels);
    text_add(svg, "</text>\n");
}

static void add_svg(struct text *html, struct drawing *drawing, struct drawing_labels labels,
                    const char *id)
{
    int height = BOTTOM + (drawing->place_count
                               ? height_of(drawing, drawing->places[drawing->place_count - 1])
                               : TOP);
    text_add(html,
             "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"%s-t\">\n"
             "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t\">"
             "<title id=\"%s-t\">Both sides, side by side; the table below has the same</title>\n",
             id, WIDTH, height, id, id);
    for (size_t i = 0; i < drawing->box_count[0]; i++)
        add_joint(html, drawing, &drawing->boxes[0][i]);
    for (int side = 0; side < 2; side++)
        add_svg_side(html, drawing, side, labels);
    for (size_t i = 0; i < drawing->box_count[0]; i++)
        add_label(html, drawing, &drawing->boxes[0][i], labels);
    text_add(html, "</svg></div>\n");
}

void drawing_add(struct text *html, const struct pairing *pairing, struct drawing_labels labels,
                 const char *id)
{
    struct drawing drawing = {.pairing = pairing, .is_struct = pairing->kind == PLUGIN_TYPE_STRUCT};
    for (int side = 0; side < 2; side++)
        add_side(&drawing, side);
    find_places(&drawing);
    text_add(html, "<figure>\n");
    add_svg(html, &drawing, labels, id);
    if (drawing.left_out[0] || drawing.left_out[1])
        text_add(html,
                 "<p class=\"note\">Not drawn: %zu parts of the first side, %zu of the "
                 "second; too many, or they overlap others.</p>\n",
                 drawing.left_out[0], drawing.left_out[1]);
    drawing_add_table(html, pairing, labels);
    text_add(html, "</figure>\n");
}
