/* The packages of this process: each has one live copy, the first one that came, and is initialised
 * once. A module that brings a copy of a package that is live is bound to the live one. */
#ifndef PLUGIN_PACKAGE_H
#define PLUGIN_PACKAGE_H

#include "process/loaded.h"
#include "process/plugin_internal.h"

struct package;

/* A module that carries packages. It lives as long as the process, but for a plugin that is
 * refused.
 */
struct carrier {
    const char *path;
    const char *mapped; /* by which the dynamic loader knows it */
    dev_t device;
    ino_t inode;
    uintptr_t base;                /* written once, when it is mapped, with sync.h's lock held */
    bool is_program;               /* or linked into it */
    const struct plugin *built_in; /* the built-in plugin that it is; NULL: it is a file */
    const struct module *module;

    /* Guarded by sync.h's lock. */
    bool is_promoted;          /* it was put into the global scope */
    struct package **packages; /* of each package that it carries, the one that it is bound to */
    struct carrier *next;
};

/* How the start of packages ended. */
enum package_result {
    PACKAGE_STARTED,
    PACKAGE_FAILED, /* an init failed, now or earlier: so it stays */
    PACKAGE_BUSY    /* an init is running that cannot be waited for; later it may be done */
};

/* Makes those packages of the plugin live, in its copy, which are not yet; waits while another
 * thread is mapping a copy of one of them. Fails if the init of one that is live has failed. What
 * was claimed must be mapped, or given up. */
bool package_claim(struct plugin *candidate, struct error *error);

/* Gives up what was claimed, when the plugin was refused before it was mapped. */
void package_give_up(struct plugin *candidate);

/* The module whose copy of this package is live; NULL if there is none, or it is the candidate's
 * own. */
const struct carrier *package_find(const char *path, const struct plugin *candidate);

/* Lets references of the plugin bind to the live copies of its packages, which other plugins carry:
 * those are promoted to the global scope. */
bool package_promote(const struct plugin *candidate, struct error *error);

/* The same for the package of this path, which package_find has found. */
bool package_promote_live(const char *path, struct error *error);

/* Are packages of this process in the plugin's memory? Not if its file was loaded before, by
 * others. */
bool package_is_own(const struct plugin *candidate);

/* Says that the plugin is mapped, at its base. */
void package_mapped(struct plugin *candidate);

/* Makes the packages of a loaded module known, once. `bound[i]` is the module whose copy of package
 * i it is bound to, perhaps itself; NULL if that cannot be told. */
bool package_add_loaded(const struct loaded *loaded, const struct loaded *const *bound,
                        struct error *error);

/* The carrier that is this file, NULL if there is none. */
struct carrier *package_carrier_of(dev_t device, ino_t inode);

/* Runs the inits of what the module carries, in order. Each runs once a process; one that runs in
 * another thread is waited for. */
enum package_result package_start(const struct carrier *carrier, struct error *error);

/* The same for the modules that a mapped plugin needs (DT_NEEDED), by itself or through others. */
enum package_result package_start_needed(const struct plugin *p, struct error *error);

#endif
