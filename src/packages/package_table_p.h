/* SPDX-License-Identifier: MIT */
/* The packages in use, and the modules that contain them. A function here needs the lock of
 * base/lock.h, unless its comment says otherwise. */
#ifndef PLUGIN_PACKAGE_TABLE_P_H
#define PLUGIN_PACKAGE_TABLE_P_H

#include "packages/package.h"

enum package_state {
    STATE_CLAIMED, /* `thread` is mapping its module */
    STATE_WAITING, /* its inits have not run */
    STATE_RUNNING, /* `thread` runs its inits */
    STATE_DONE,
    STATE_FAILED
};

/* A module's copy of a package. */
struct package {
    const char *path;
    struct carrier *carrier;
    uint32_t number; /* in the carrier's stamp */

    /* Guarded by the lock. */
    enum package_state state;
    struct thread thread;
    char *failure; /* why its init failed; NULL if memory ran out */
    struct package *next;
};

bool package_is_main(const struct package *package);

void package_set_state(struct package *package, enum package_state state);

/* Returns the live copy of the package of this path, or NULL. */
struct package *package_find_live(const char *path);

/* Makes the copy the live one. */
void package_make_live(struct package *package);

/* Returns a carrier with these values and with a copy of each of its packages, so that nothing can
 * fail while the lock is held; NULL with the error set if memory runs out. carrier_free frees one
 * that is not in the table. Both need no lock. */
struct carrier *carrier_new(const struct carrier *values, struct error *error);
void carrier_free(struct carrier *carrier);

/* Binds one of the carrier's packages to another carrier's copy. */
void carrier_bind(struct carrier *carrier, uint32_t number, struct package *package);

/* Adds the carrier to the table; removes it, with those of its copies that are live. */
void carrier_add(struct carrier *carrier);
void carrier_remove(struct carrier *carrier);

/* Returns the carrier that is this file, or NULL. */
struct carrier *carrier_find(dev_t device, ino_t inode);

/* Returns the carrier that is mapped at this base, or NULL; never the program. Takes the lock. */
struct carrier *carrier_find_at(uintptr_t base);

/* Are there inits that have not run, or failed, in modules other than the program and this one?
 * Takes the lock. */
bool package_any_unfinished(const struct carrier *except);

/* Set the error: another thread is loading or initialising the package, as `what` says; its init
 * failed. Both return false. */
bool package_set_busy(const struct package *package, const char *what, struct error *error);
bool package_set_failed(const struct package *package, struct error *error);

#endif
