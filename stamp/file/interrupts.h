/* SPDX-License-Identifier: MIT */
/* Holds back the signals that would end a command, so that no step is left half done. */
#ifndef PLUGIN_STAMP_INTERRUPTS_H
#define PLUGIN_STAMP_INTERRUPTS_H

#include <signal.h>
#include <stdbool.h>

struct interrupts {
    sigset_t held;
    sigset_t before; /* the signals that were blocked already */
};

/* Blocks each signal whose default action, which must be in effect, ends the process: SIGINT,
 * SIGTERM, SIGPIPE and the like, but not those of a crash. */
void interrupts_hold(struct interrupts *interrupts);

/* Is one of them pending? */
bool interrupts_arrived(const struct interrupts *interrupts);

/* Unblocks them. A pending one takes effect now: this may not return. */
void interrupts_release(const struct interrupts *interrupts);

#endif
