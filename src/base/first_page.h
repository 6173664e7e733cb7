/* SPDX-License-Identifier: MIT */
/* Where variables lie that every process touches which opens a plugin. */
#ifndef PLUGIN_FIRST_PAGE_H
#define PLUGIN_FIRST_PAGE_H

/* For small variables of a file with a large table: .data is on one page with the start of .bss,
 * and in memory since the process started, while a page behind the table would have to be made. */
#define ON_FIRST_PAGE __attribute__((section(".data")))

#endif
