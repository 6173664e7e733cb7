/* SPDX-License-Identifier: MIT */
/* The parts of a page. */
#ifndef PLUGIN_PAGE_P_H
#define PLUGIN_PAGE_P_H

#include "judge/verdict.h"

/* Of one plugin, the page tells so many misfits. It draws up to one length, tells misfits up to
 * another, and then only counts them. */
enum { PAGE_MISFITS_MAX = 100, PAGE_DRAWN_MAX = 1 << 20, PAGE_TOLD_MAX = 2 << 20 };

/* Adds a misfit: its text, a drawing of what differs, and what to do. `id` is its own in the page.
 */
void page_add_misfit(struct text *html, const struct host_process *process,
                     const struct misfit *misfit, const char *id);

/* The style sheet. */
extern const char page_style[];

#endif
