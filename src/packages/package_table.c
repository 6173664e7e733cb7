/* SPDX-License-Identifier: MIT */
/* The packages in use, and the modules that contain them. */
#include "packages/package_table_p.h"

#include "base/first_page.h"
#include "base/hash.h"
#include "base/lock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Live copies by path, without those of main, and carriers by file. Guarded by the lock. */
enum { LISTS = 1024 };
static struct package *live[LISTS];
static struct carrier *carriers[LISTS];

/* The number of mapped copies whose inits have not run, or failed, without the program's. Guarded
 * by the lock. */
ON_FIRST_PAGE static size_t unfinished;

/* ---- copies ---- */

bool package_is_main(const struct package *package)
{
    return !strcmp(package->path, META_MAIN);
}

static bool state_is_unfinished(enum package_state state)
{
    return state == STATE_WAITING || state == STATE_RUNNING || state == STATE_FAILED;
}

void package_set_state(struct package *package, enum package_state state)
{
    assert(lock_is_held());
    assert(package->state != STATE_CLAIMED || state == STATE_WAITING);
    assert(package->state != STATE_WAITING || state == STATE_RUNNING);
    assert(package->state != STATE_DONE && package->state != STATE_FAILED);
    if (!package->carrier->is_program) {
        unfinished += state_is_unfinished(state);
        unfinished -= state_is_unfinished(package->state);
    }
    package->state = state;
}

static struct package **live_list(const char *path)
{
    assert(lock_is_held());
    return &live[hash_name(path) % LISTS];
}

struct package *package_find_live(const char *path)
{
    struct package *package = *live_list(path);
    while (package && strcmp(package->path, path) != 0)
        package = package->next;
    return package;
}

void package_make_live(struct package *package)
{
    assert(!package_is_main(package));
    struct package **list = live_list(package->path);
    package->next = *list;
    *list = package;
}

/* Does nothing if the copy is not live. */
static void live_remove(const struct package *package)
{
    struct package **link = live_list(package->path);
    while (*link && *link != package)
        link = &(*link)->next;
    if (*link)
        *link = package->next;
}

/* ---- carriers ---- */

void carrier_free(struct carrier *carrier)
{
    if (!carrier)
        return;
    for (uint32_t i = 0; carrier->packages && i < carrier->package_count; i++)
        if (carrier->packages[i] && carrier->packages[i]->carrier == carrier)
            free(carrier->packages[i]);
    free(carrier->packages);
    free(carrier);
}

struct carrier *carrier_new(const struct carrier *values, struct error *error)
{
    uint32_t count = values->module->meta.header.packages.count;
    struct carrier *carrier = malloc(sizeof *carrier);
    bool has_all = carrier;
    if (carrier) {
        *carrier = *values;
        carrier->package_count = count;
        carrier->packages = calloc(count, sizeof *carrier->packages);
        has_all = carrier->packages;
    }
    for (uint32_t i = 0; has_all && i < count; i++) {
        struct package *package = calloc(1, sizeof *package);
        has_all = package;
        if (!package)
            break;
        package->path = meta_package(&carrier->module->meta, i).path;
        package->carrier = carrier;
        package->number = i;
        carrier->packages[i] = package;
    }
    if (has_all)
        return carrier;
    carrier_free(carrier);
    error_set_no_memory(error);
    return NULL;
}

static struct carrier **carrier_list(dev_t device, ino_t inode)
{
    assert(lock_is_held());
    uint64_t key[2] = {(uint64_t)device, (uint64_t)inode};
    return &carriers[hash_bytes(HASH_START, key, sizeof key) % LISTS];
}

void carrier_add(struct carrier *carrier)
{
    struct carrier **list = carrier_list(carrier->device, carrier->inode);
    carrier->next = *list;
    *list = carrier;
}

struct carrier *carrier_find(dev_t device, ino_t inode)
{
    struct carrier *carrier = *carrier_list(device, inode);
    while (carrier && (carrier->device != device || carrier->inode != inode))
        carrier = carrier->next;
    return carrier;
}

struct carrier *carrier_find_at(uintptr_t base)
{
    struct carrier *carrier = NULL;
    lock_acquire();
    for (size_t i = 0; !carrier && i < LISTS; i++) {
        carrier = carriers[i];
        while (carrier && (carrier->base != base || carrier->is_program))
            carrier = carrier->next;
    }
    lock_release();
    return carrier;
}

void carrier_bind(struct carrier *carrier, uint32_t number, struct package *package)
{
    assert(lock_is_held() && number < carrier->package_count);
    assert(carrier->packages[number]->carrier == carrier && package->carrier != carrier);
    free(carrier->packages[number]);
    carrier->packages[number] = package;
}

void carrier_remove(struct carrier *carrier)
{
    for (uint32_t i = 0; i < carrier->package_count; i++)
        if (carrier->packages[i]->carrier == carrier)
            live_remove(carrier->packages[i]);
    struct carrier **link = carrier_list(carrier->device, carrier->inode);
    while (*link != carrier)
        link = &(*link)->next;
    *link = carrier->next;
}

bool package_any_unfinished(const struct carrier *except)
{
    size_t count = 0;
    lock_acquire();
    for (uint32_t i = 0; except && !except->is_program && i < except->package_count; i++)
        count += except->packages[i]->carrier == except &&
                 state_is_unfinished(except->packages[i]->state);
    bool is_any = unfinished > count;
    lock_release();
    return is_any;
}

/* ---- errors ---- */

bool package_set_busy(const struct package *package, const char *what, struct error *error)
{
    assert(lock_is_held());
    if (thread_is_self(package->thread))
        return error_set(error, PLUGIN_INIT_FAILED, "package %s is already %s by this call chain",
                         package->path, what);
    const char *lost = thread_lost_reason(package->thread);
    if (lost)
        return error_set(error, PLUGIN_INIT_FAILED, "package %s was %s by %s", package->path, what,
                         lost);
    return error_set(error, PLUGIN_INIT_FAILED,
                     "package %s is %s by another thread; waiting for it would deadlock",
                     package->path, what);
}

bool package_set_failed(const struct package *package, struct error *error)
{
    assert(lock_is_held() && package->state == STATE_FAILED);
    return error_set(error, PLUGIN_INIT_FAILED, "%s",
                     package->failure
                         ? package->failure
                         : "the init of one of its packages failed: reason unknown: out of memory");
}
