/* SPDX-License-Identifier: MIT */
/* The page of `plugin check --html`: one file of HTML, without scripts, and with nothing from
 * elsewhere.
 */
#ifndef PLUGIN_PAGE_H
#define PLUGIN_PAGE_H

#include "judge/verdict.h"

/* A zeroed one is empty. */
struct page {
    struct text rows;     /* of the table of plugins */
    struct text sections; /* one for each plugin */
    size_t count, fits;
};

/* Adds a plugin after its verdict. */
void page_add_plugin(struct page *page, const struct host_process *process,
                     const struct verdict *verdict);

/* Adds the whole page to the text. */
void page_add_html(struct text *html, const struct page *page, const struct host_process *process);

/* Writes it to a file, whole or not at all. */
bool page_write(const struct page *page, const struct host_process *process, const char *path,
                struct error *error);

void page_deinit(struct page *page);

#endif
