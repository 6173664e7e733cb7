/* Does a Go plugin fit what runs? All Go code of a process shares one run-time and one copy of each
 * package, so each must be the same build: Go's own rule, judged from bytes. */
#ifndef PLUGIN_GO_FIT_H
#define PLUGIN_GO_FIT_H

#include "fit/misfit.h"
#include "gofile/go_module.h"

/* A module that has Go packages, and its path. */
struct go_side {
    const struct go_module *module;
    const char *path;
};

/* Adds a misfit if the bridge was made by another version of Go, or else if packages differ: one
 * that lists all of them. */
void go_judge_bridge(struct go_side own, struct go_side bridge, struct misfits *misfits);

/* Adds a misfit if packages differ from those of another plugin, which is open; those that the
 * bridge has do not count. */
void go_judge_other(struct go_side own, struct go_side other, struct go_side bridge,
                    struct misfits *misfits);

#endif
