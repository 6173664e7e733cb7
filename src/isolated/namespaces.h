/* SPDX-License-Identifier: MIT */
/* The namespaces in which a worker starts. */
#ifndef PLUGIN_NAMESPACES_H
#define PLUGIN_NAMESPACES_H

#include <stdbool.h>
#include <sys/types.h>

/* Which it is to have: CLONE_NEW*, ored, without that of users. `require`: enum
 * plugin_isolation_part. One of mounts takes long: only where it is required, or where there is no
 * Landlock. */
int namespaces_wanted(unsigned require);

/* In a process of a new user namespace, whose user and group are these outside of it: a program
 * that it executes may mount, and make files there. False, with errno, if that is impossible. */
bool namespaces_let_mount(uid_t user, gid_t group);

#endif
