/* SPDX-License-Identifier: MIT */
/* Text within HTML, SVG, and Graphviz's labels, which are like HTML. */
#ifndef PLUGIN_MARKUP_H
#define PLUGIN_MARKUP_H

#include "src/base/text.h"

/* Adds a string from outside: what controls a terminal, or the direction of writing, becomes \xNN,
 * and what is markup an entity. One of more than `limit` characters is cut; 0: no limit. */
void markup_add(struct text *text, const char *string, size_t limit);

/* The same for a string that was escaped before, as the texts of misfits were; and a part of one.
 */
void markup_add_cut(struct text *text, const char *escaped, size_t limit);
void markup_add_part(struct text *text, const char *part, size_t length);

/* Returns how many characters of UTF-8 a string has. */
size_t markup_width(const char *string, size_t length);

#endif
