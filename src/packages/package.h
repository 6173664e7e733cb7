/* SPDX-License-Identifier: MIT */
/* The packages of this process. Each has one live copy, that of the first module that was loaded
 * with it. Other copies are not used: their modules' references are bound to the live one. */
#ifndef PLUGIN_PACKAGE_H
#define PLUGIN_PACKAGE_H

#include "process/plugin.h"

struct package;

/* A module that contains packages. It lives as long as the process, unless it is a plugin that is
 * refused. "The lock" is that of base/lock.h. */
struct carrier {
    const char *path;
    const char *mapped; /* its path for the dynamic loader; as base */
    dev_t device;
    ino_t inode;
    uintptr_t base;                /* written once, with the lock held, when it is mapped */
    bool is_program;               /* or linked into it */
    bool is_plugin;                /* built in or not: neither the program nor a library */
    const struct plugin *built_in; /* the built-in plugin that it is; NULL: it is a file */
    const struct module *module;
    uint32_t package_count;
    struct package **packages; /* by number: its own copy, or the live one. Written with the lock
                                  held, until it is in the table */

    /* Guarded by the lock. */
    bool is_promoted; /* it is in the global scope */
    struct carrier *next;
};

/* Makes the plugin's copies of packages live, if there is no live copy yet. Waits while another
 * thread maps a module with one of them. Fails if the init of a live copy has failed. After a
 * success, call package_set_mapped once the plugin is mapped, or else package_unclaim. */
bool package_claim(struct plugin *candidate, struct error *error);
void package_unclaim(struct plugin *candidate);
void package_set_mapped(struct plugin *candidate);

/* Does the plugin's memory contain its packages? Not if others had loaded its file before. */
bool package_is_own(const struct plugin *candidate);

/* Returns the module with the live copy of this package; NULL if there is none, or if it is the
 * candidate. */
const struct carrier *package_find(const char *path, const struct plugin *candidate);

/* Is there one? The candidate is a struct plugin: for struct demands. */
bool package_is_elsewhere(const void *candidate, const char *path);

/* Promote modules to the global scope (dlopen(3), RTLD_NOLOAD), so that references are bound to
 * their live copies: package_promote, the modules that the plugin's packages are bound to;
 * package_promote_live, the one with the live copy of this package, which package_find has found.
 */
bool package_promote(const struct plugin *candidate, struct error *error);
bool package_promote_live(const char *path, struct error *error);

#endif
