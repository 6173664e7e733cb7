/* SPDX-License-Identifier: MIT */
/* The verdict on one plugin, which each verb tells in its own form. */
#ifndef PLUGIN_VERDICT_H
#define PLUGIN_VERDICT_H

#include "judge/host_process.h"

/* A zeroed one is empty. */
struct verdict {
    const char *path;       /* of the plugin, as the user gave it */
    struct misfits misfits; /* they borrow names from the process, until the next judgement */
    struct error error;     /* PLUGIN_OK: it fits */
    bool is_known;          /* else a module that is not stamped leaves it open: see the error */
};

/* Judges the plugin at `path` as the process would, isolated or not. If it fits, it counts as open
 * for the next ones. is_verbose: as in struct misfits. Call verdict_deinit in any case. */
void verdict_judge(struct verdict *verdict, struct host_process *process, const char *path,
                   bool is_verbose);

/* Is it one, that the plugin fits or not? Else the plugin could not be judged. */
bool verdict_is_given(const struct verdict *verdict);

bool verdict_fits(const struct verdict *verdict);

/* Adds "upper.so fits filter, meets struct filter (2 uses compared, 0 not)", of a plugin that fits.
 */
void verdict_add_fit(struct text *text, const struct verdict *verdict,
                     const struct host_process *process);

void verdict_deinit(struct verdict *verdict);

#define VERDICT_AUTO __attribute__((cleanup(verdict_deinit))) struct verdict

#endif
