/* SPDX-License-Identifier: MIT */
/* Two types that differ, side by side: as a drawing (SVG), and the same as a table. */
#ifndef PLUGIN_DRAWING_P_H
#define PLUGIN_DRAWING_P_H

#include "draw/pairing_p.h"

/* What the parts of one side are called: "host", "plugin". */
struct drawing_labels {
    const char *sides[2];
};

/* Adds a figure of HTML, whose ids start with `id`. */
void drawing_add(struct text *html, const struct pairing *pairing, struct drawing_labels labels,
                 const char *id);

/* Adds the figure's table: a row for each pair of parts, and each part that has none. */
void drawing_add_table(struct text *html, const struct pairing *pairing,
                       struct drawing_labels labels);

/* Adds "moved by +8", "another type", "only in the plugin"; "the same". */
void drawing_add_change(struct text *html, const struct pairing *pairing, int side, size_t number,
                        struct drawing_labels labels);

#endif
