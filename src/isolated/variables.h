/* SPDX-License-Identifier: MIT */
/* The variables of an isolated plugin, in the host: pages that the worker maps over its own. They
 * stay at the same place as long as the plugin is known, whatever becomes of the worker. */
#ifndef PLUGIN_VARIABLES_H
#define PLUGIN_VARIABLES_H

#include "base/error.h"
#include "isolated/pages.h"

/* Zeroed, but for the files: -1. */
struct variables {
    struct pages pages, constant_pages;
    uint8_t *start;     /* in this process; NULL: there are none, or not yet */
    uint8_t *constants; /* likewise, of those that are never written */
    int file;           /* of the worker that runs, or ran last; -1: none */
    int next;           /* of the worker that starts */
};

/* Maps the constants from the plugin's file. */
bool variables_open(struct variables *variables, const struct plan *plan, int file,
                    const struct module *module, struct error *error);

/* Before a worker starts: makes the pages that it fills, variables->next. */
bool variables_make(struct variables *variables, struct error *error);

/* When it is ready: they take the place of those before. If it failed, they are dropped. */
bool variables_take(struct variables *variables, struct error *error);
void variables_drop(struct variables *variables);

/* In the child of a fork: what it writes is no longer its parent's, nor the parent's worker's. */
void variables_leave_parent(struct variables *variables);

/* Gives back all but the memory. */
void variables_close(struct variables *variables);

void *variables_address(const struct variables *variables, const struct plan_function *variable);

void variables_deinit(struct variables *variables);

#endif
