/* Signals by which a user ends a command: while something is half done, they wait. */
#ifndef PLUGIN_STAMP_INTERRUPTS_H
#define PLUGIN_STAMP_INTERRUPTS_H

#include <signal.h>
#include <stdbool.h>

struct interrupts {
    sigset_t waiting; /* those that wait because of this */
    sigset_t before;  /* the signals that waited already */
};

/* From here on, SIGINT, SIGTERM and SIGHUP wait. */
void interrupts_hold(struct interrupts *interrupts);

/* Did one of them arrive? */
bool interrupts_arrived(const struct interrupts *interrupts);

/* One that waited has its effect now, which may be that this does not return. */
void interrupts_release(const struct interrupts *interrupts);

#endif
