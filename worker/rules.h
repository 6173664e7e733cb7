/* SPDX-License-Identifier: MIT */
/* Which system calls a worker may make, and with which arguments: the tables of its two filters. */
#ifndef WORKER_RULES_H
#define WORKER_RULES_H

#include "worker/filter.h"

/* What the rules depend on. */
struct rules_for {
    uint32_t pid;     /* of the worker: the only process that it signals */
    int socket;       /* the only descriptor for which recvmsg, sendto and recvfrom are; -1: none */
    bool runs_go;     /* the plugin is one of Go */
    bool reads_files; /* isolation.read_only names something, and Landlock guards the rest */
    bool signals_are_scoped; /* Landlock guards whom it signals */
};

/* From the start on: a default that denies, SECCOMP_RET_TRAP, so that a handler can name the call.
 * What libraries only try, and can do without, fails with an error instead. */
bool rules_of_start(struct filter *filter, const struct rules_for *rules_for);

/* What is taken away after the inits. It adds to the first filter, and allows what it does not
 * name. */
bool rules_of_close(struct filter *filter, const struct rules_for *rules_for);

#endif
