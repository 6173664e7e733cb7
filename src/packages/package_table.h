/* The copies of packages that are in use, and the modules that carry them: the tables behind
 * package.c, which says which copy is the live one, and start.c, which initialises them. Everything
 * here is guarded by sync.h's lock, which the caller holds unless it says otherwise. */
#ifndef PLUGIN_COPIES_H
#define PLUGIN_COPIES_H

#include "base/lock.h"
#include "packages/package.h"

enum state {
    CLAIMED, /* its module is being mapped, by `thread` */
    WAITING, /* it is mapped, and its inits are still to run */
    RUNNING, /* its inits run, in `thread` */
    DONE,
    FAILED
};

/* A copy of a package that is in use. */
struct package {
    const char *path;
    struct carrier *carrier;
    uint32_t number; /* in its carrier's table */
    enum state state;
    struct sync_thread thread;
    char *failure; /* why its init failed; NULL for want of memory */
    struct package *next;
};

/* How many packages a module carries. */
uint32_t copies_count(const struct module *module);

bool copies_is_main(const struct package *package);

void copies_set_state(struct package *package, enum state state);

/* The live copy of this path, NULL if there is none; and makes a copy that. */
struct package *copies_find_live(const char *path);
void copies_make_live(struct package *package);

/* A carrier with these values, and with a copy for each of its packages, whether it will be needed
 * or not, so that nothing can fail once the lock is held. NULL, with the error set, for want of
 * memory. Without the lock, as copies_discard, which frees one that is not in the table. */
struct carrier *copies_make(const struct carrier *values, struct error *error);
void copies_discard(struct carrier *carrier);

/* Binds one of the carrier's packages to another carrier's copy. */
void copies_use_live(struct carrier *carrier, uint32_t number, struct package *package);

/* Puts the carrier into the table; takes it, and those of its copies that are live, out again. */
void copies_add(struct carrier *carrier);
void copies_remove(struct carrier *carrier);

/* The carrier that is this file; NULL if there is none. */
struct carrier *copies_find(dev_t device, ino_t inode);

/* The same for what is mapped at this base, but for the program. Takes the lock itself. */
struct carrier *copies_find_at(uintptr_t base);

/* Is there a module besides this one, and the program, whose inits are not done? Takes the lock
 * itself. */
bool copies_any_unfinished(const struct carrier *besides);

/* "package P is WHAT by another thread ..."; and why its init failed. Each returns false. */
bool copies_set_busy(const struct package *package, const char *what, struct error *error);
bool copies_set_failed(const struct package *package, struct error *error);

#endif
