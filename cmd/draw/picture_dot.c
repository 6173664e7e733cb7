/* SPDX-License-Identifier: MIT */
/* The graph in Graphviz's language. Labels are of its kind that is like HTML: a table a module,
 * with a row for each package and each reason. */
#include "draw/picture_p.h"

#include "draw/markup.h"
#include "src/base/path.h"

#include <string.h>

/* What a readable picture shows of each: names of uses, reasons, characters of a name and of a
 * line, and lines of a reason. */
enum { NAMES_SHOWN = 3, REASONS_SHOWN = 4, NAME_WIDTH = 48, LINE_WIDTH = 52, LINES_SHOWN = 5 };

/* More of them stand below each other, to the right of the host. */
enum { PLUGINS_IN_A_ROW = 5 };

#define RED    "#b3261e"
#define GREY   "#6b7280"
#define GREEN  "#1b7a3d"
#define ORANGE "#9a5b00"

static size_t name_limit(const struct picture *picture)
{
    return picture->is_full ? 0 : NAME_WIDTH;
}

/* ---- modules ---- */

/* Does another module have the same name? Then its path tells them apart. */
static bool is_ambiguous(const struct picture *picture, const struct node *node)
{
    for (size_t i = 0; i < picture->node_count; i++)
        if (&picture->nodes[i] != node &&
            !strcmp(path_base_name(picture->nodes[i].given), path_base_name(node->given)))
            return true;
    return false;
}

static const char *node_colour(const struct node *node)
{
    if (node->kind == NODE_MISSING || node->state == NODE_REFUSED)
        return RED;
    return node->state == NODE_NOT_JUDGED ? ORANGE : GREY;
}

static void add_node_words(struct text *text, const struct node *node)
{
    static const char *const kinds[] = {[NODE_HOST] = "host",
                                        [NODE_PLUGIN] = "plugin",
                                        [NODE_LIBRARY] = "library",
                                        [NODE_MISSING] = "library, not found"};
    size_t count = node->reason_count + node->more_reasons;
    text_add(text, "%s", kinds[node->kind]);
    if (node->kind != NODE_PLUGIN)
        return;
    if (node->state == NODE_FITS)
        text_add(text, ", fits");
    else if (node->state == NODE_NOT_JUDGED)
        text_add(text, ", not judged");
    else
        text_add(text, ", does not fit: %zu reason%s", count, count == 1 ? "" : "s");
}

static void add_package(struct text *text, const struct picture *picture, size_t index,
                        const struct node_package *package)
{
    text_add(text, "<tr><td port=\"p%zu\" align=\"left\"%s>", index,
             package->is_live ? " bgcolor=\"#e3f4e8\"" : "");
    markup_add(text, package->path, name_limit(picture));
    text_add(text, "<br align=\"left\"/><font point-size=\"9\" color=\"%s\">package, %s</font>",
             package->is_live ? GREEN : GREY,
             package->is_live       ? "live copy"
             : package->is_not_used ? "copy, not used"
                                    : "not in the process");
    text_add(text, "<br align=\"left\"/></td></tr>\n");
}

/* Adds a reason in lines that end at blanks; its text is escaped as of a terminal. */
static void add_reason(struct text *text, const struct picture *picture, const char *reason)
{
    size_t lines = 0;
    text_add(text, "<tr><td align=\"left\"><font color=\"%s\">", RED);
    while (*reason && (picture->is_full || lines < LINES_SHOWN)) {
        size_t length = 0, end = 0;
        for (; reason[length] && (!end || markup_width(reason, length) < LINE_WIDTH) &&
               markup_width(reason, length) < 2 * LINE_WIDTH;
             length++)
            if (reason[length] == ' ')
                end = length;
        if (reason[length] && end)
            length = end;
        while (((unsigned char)reason[length] & 0xC0) == 0x80)
            length++;
        markup_add_part(text, reason, length);
        reason += length;
        reason += *reason == ' ';
        lines++;
        text_add(text, "%s<br align=\"left\"/>",
                 *reason && !picture->is_full && lines == LINES_SHOWN ? "\u2026" : "");
    }
    text_add(text, "</font></td></tr>\n");
}

static size_t reasons_shown(const struct picture *picture, const struct node *node)
{
    return picture->is_full || node->reason_count <= REASONS_SHOWN ? node->reason_count
                                                                   : REASONS_SHOWN;
}

static void add_node(struct text *text, const struct picture *picture, size_t number)
{
    const struct node *node = &picture->nodes[number];
    const char *colour = node_colour(node);
    size_t shown = reasons_shown(picture, node);
    size_t hidden = node->reason_count - shown + node->more_reasons;
    text_add(text,
             "  n%zu [label=<<table border=\"%d\" cellborder=\"1\" cellspacing=\"0\" "
             "cellpadding=\"5\" color=\"%s\">\n<tr><td bgcolor=\"%s\"><b>",
             number, node->kind == NODE_HOST ? 2 : 0, colour,
             node->kind == NODE_HOST       ? "#e4ebf7"
             : node->state == NODE_REFUSED ? "#fbe9e7"
                                           : "#f3f4f6");
    markup_add(text, path_base_name(node->given), name_limit(picture));
    text_add(text, "</b><br/>");
    if (is_ambiguous(picture, node)) {
        text_add(text, "<font point-size=\"9\">");
        markup_add(text, node->given, name_limit(picture));
        text_add(text, "</font><br/>");
    }
    text_add(text, "<font point-size=\"9\" color=\"%s\">", colour);
    add_node_words(text, node);
    text_add(text, "</font></td></tr>\n");
    for (size_t i = 0; i < node->package_count; i++)
        add_package(text, picture, i + 1, &node->packages[i]);
    for (size_t i = 0; i < shown; i++)
        add_reason(text, picture, node->reasons[i].text);
    if (hidden)
        text_add(text, "<tr><td align=\"left\"><font color=\"%s\">and %zu more</font></td></tr>\n",
                 RED, hidden);
    text_add(text, "</table>>];\n");
}

/* ---- edges ---- */

/* Starts an edge to a module or a row of it. One to the host is drawn from it, so that the host
 * stays on top. */
static void add_edge(struct text *text, size_t from, size_t from_package, size_t to, size_t package)
{
    TEXT_AUTO source = {0}, target = {0};
    text_add(&source, from_package ? "n%zu:p%zu" : "n%zu", from, from_package);
    text_add(&target, package ? "n%zu:p%zu" : "n%zu", to, package);
    if (to == 0)
        text_add(text, "  %s -> %s [dir=back ", text_chars(&target), text_chars(&source));
    else
        text_add(text, "  %s -> %s [", text_chars(&source), text_chars(&target));
    text->failed |= source.failed || target.failed;
}

static void add_names(struct text *text, const struct picture *picture, const struct edge *edge)
{
    for (size_t i = 0; i < edge->name_count; i++) {
        markup_add(text, edge->names[i], name_limit(picture));
        text_add(text, "<br align=\"left\"/>");
    }
}

static void add_use(struct text *text, const struct picture *picture, const struct edge *edge)
{
    add_edge(text, edge->from, 0, edge->to, edge->package);
    if (picture->nodes[edge->to].kind == NODE_MISSING) {
        text_add(text, "color=\"%s\" style=dashed];\n", RED);
        return;
    }
    if (!edge->name_count) {
        text_add(text, "style=dotted];\n");
        return;
    }
    if (edge->is_wrong)
        text_add(text, "color=\"%s\" fontcolor=\"%s\" ", RED, RED);
    text_add(text, "label=<");
    if (picture->is_full || edge->name_count <= NAMES_SHOWN)
        add_names(text, picture, edge);
    else
        text_add(text, "uses %zu symbols<br align=\"left\"/>", edge->name_count);
    if (edge->unchecked)
        text_add(text, "<font color=\"%s\">%zu not compared</font><br align=\"left\"/>", GREY,
                 edge->unchecked);
    text_add(text, ">];\n");
}

static void add_opening(struct text *text, const struct picture *picture,
                        const struct opening *opening)
{
    const struct node *node = &picture->nodes[opening->plugin];
    text_add(text, "  n0 -> n%zu [style=%s color=\"%s\" fontcolor=\"%s\" label=<", opening->plugin,
             node->state == NODE_FITS ? "bold" : "dashed", node_colour(node), node_colour(node));
    if (node->state == NODE_REFUSED)
        text_add(text, "refuses");
    else if (node->state == NODE_NOT_JUDGED)
        text_add(text, "not judged");
    else if (*opening->interfaces)
        markup_add(text, opening->interfaces, name_limit(picture));
    else
        text_add(text, "opens");
    text_add(text, ">];\n");
}

/* A copy that is not used leads to the live one. */
static void add_copies(struct text *text, const struct picture *picture, size_t number)
{
    const struct node *node = &picture->nodes[number];
    for (size_t i = 0; i < node->package_count; i++)
        for (size_t to = 0;
             node->state == NODE_FITS && node->packages[i].is_not_used && to < picture->node_count;
             to++)
            for (size_t k = 0; k < picture->nodes[to].package_count; k++) {
                const struct node_package *other = &picture->nodes[to].packages[k];
                if (!other->is_live || strcmp(other->path, node->packages[i].path) != 0)
                    continue;
                add_edge(text, number, i + 1, to, k + 1);
                text_add(text, "color=\"%s\" style=dotted];\n", GREEN);
            }
}

void picture_add_dot(struct text *text, const struct picture *picture)
{
    text->failed |= picture->failed;
    if (text->failed)
        return;
    bool is_wide = picture->opening_count > PLUGINS_IN_A_ROW;
    text_add(text,
             "digraph plugins {\n"
             "  graph [rankdir=%s nodesep=0.4 ranksep=%s fontname=\"Helvetica,sans-serif\" "
             "charset=\"UTF-8\"];\n"
             "  node [shape=plain fontname=\"Helvetica,sans-serif\" fontsize=12];\n"
             "  edge [fontname=\"Helvetica,sans-serif\" fontsize=10 color=\"#374151\"];\n",
             is_wide ? "LR" : "TB", is_wide ? "1.6" : "0.9");
    for (size_t i = 0; i < picture->node_count; i++)
        add_node(text, picture, i);
    for (size_t i = 0; i < picture->opening_count; i++)
        add_opening(text, picture, &picture->openings[i]);
    for (size_t i = 0; i < picture->edge_count; i++)
        add_use(text, picture, &picture->edges[i]);
    for (size_t i = 0; i < picture->node_count; i++)
        add_copies(text, picture, i);
    text_add(text, "}\n");
}
