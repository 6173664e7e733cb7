/* SPDX-License-Identifier: MIT */
/* A control group (cgroup v2) of a worker: it limits all the memory that the worker fills, that
 * which it shares with the host too. */
#ifndef PLUGIN_GROUP_H
#define PLUGIN_GROUP_H

#include "base/error.h"

#include <stddef.h>

enum {
    /* Beyond isolation.memory: for messages, page tables and the kernel's own, so that malloc(3)
     * fails before the group kills. */
    GROUP_ROOM = 16 << 20,
    GROUP_THREADS = 256
};

struct group {
    char *path;    /* NULL: there is none */
    int directory; /* locked as long as the group is used, so that others do not remove it */
    int processes; /* to which a process writes "0" to enter; -1: none */
};

#define GROUP_NONE                                                                                 \
    {                                                                                              \
        .directory = -1, .processes = -1                                                           \
    }

/* Makes a group for a worker of so much memory, where this process may: see docs/isolated.md. Also
 * removes those that killed hosts have left there. */
bool group_make(struct group *group, size_t memory, struct error *error);

/* Has it killed what ran in it? */
bool group_was_full(const struct group *group);

/* Forgets the group; once nothing runs in it, removes it. */
void group_forget(struct group *group);
void group_remove(struct group *group);

#endif
