/* The copies of packages that are in use, and the modules that carry them. */
#include "packages/package_table.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/* The live copies, of paths other than main, by their paths, and all carriers, by their files. */
enum { LISTS = 1024 };
static struct package *live[LISTS];
static struct carrier *carriers[LISTS];

/* How many copies are mapped, but not initialised, or never will be: of all carriers but the
 * program. */
static size_t unfinished;

uint32_t copies_count(const struct module *module)
{
    return module->meta.header.packages.count;
}

bool copies_is_main(const struct package *package)
{
    return !strcmp(package->path, META_MAIN);
}

static bool is_unfinished(enum state state)
{
    return state == WAITING || state == RUNNING || state == FAILED;
}

void copies_set_state(struct package *package, enum state state)
{
    if (!package->carrier->is_program) {
        unfinished += is_unfinished(state);
        unfinished -= is_unfinished(package->state);
    }
    package->state = state;
}

static struct package **live_list(const char *path)
{
    return &live[hash_name(path) % LISTS];
}

struct package *copies_find_live(const char *path)
{
    struct package *package = *live_list(path);
    while (package && strcmp(package->path, path) != 0)
        package = package->next;
    return package;
}

/* ---- carriers ---- */

static void free_carrier(struct carrier *carrier)
{
    if (carrier)
        free(carrier->packages);
    free(carrier);
}

static struct carrier *make_carrier(const struct carrier *values)
{
    struct carrier *carrier = malloc(sizeof *carrier);
    if (!carrier)
        return NULL;
    *carrier = *values;
    carrier->packages = calloc(copies_count(values->module), sizeof *carrier->packages);
    if (carrier->packages)
        return carrier;
    free(carrier);
    return NULL;
}

static bool make_packages(struct carrier *carrier)
{
    for (uint32_t i = 0; i < copies_count(carrier->module); i++) {
        struct package *package = calloc(1, sizeof *package);
        if (!package)
            return false;
        package->path = meta_package(&carrier->module->meta, i).path;
        package->carrier = carrier;
        package->number = i;
        carrier->packages[i] = package;
    }
    return true;
}

/* Frees the copies that belong to the carrier itself, none of which is live. */
static void free_packages(struct carrier *carrier)
{
    for (uint32_t i = 0; i < copies_count(carrier->module); i++)
        if (carrier->packages[i] && carrier->packages[i]->carrier == carrier)
            free(carrier->packages[i]);
}

void copies_discard(struct carrier *carrier)
{
    if (carrier)
        free_packages(carrier);
    free_carrier(carrier);
}

struct carrier *copies_make(const struct carrier *values, struct error *error)
{
    struct carrier *carrier = make_carrier(values);
    if (carrier && make_packages(carrier))
        return carrier;
    copies_discard(carrier);
    error_set_no_memory(error);
    return NULL;
}

static struct carrier **carrier_list(dev_t device, ino_t inode)
{
    uint64_t key[2] = {(uint64_t)device, (uint64_t)inode};
    return &carriers[hash_bytes(HASH_START, key, sizeof key) % LISTS];
}

void copies_add(struct carrier *carrier)
{
    struct carrier **list = carrier_list(carrier->device, carrier->inode);
    carrier->next = *list;
    *list = carrier;
}

struct carrier *copies_find(dev_t device, ino_t inode)
{
    struct carrier *carrier = *carrier_list(device, inode);
    while (carrier && (carrier->device != device || carrier->inode != inode))
        carrier = carrier->next;
    return carrier;
}

void copies_use_live(struct carrier *carrier, uint32_t number, struct package *package)
{
    free(carrier->packages[number]);
    carrier->packages[number] = package;
}

void copies_make_live(struct package *package)
{
    struct package **list = live_list(package->path);
    package->next = *list;
    *list = package;
}

/* Removes it, if it is there: a main package is not. */
static void remove_live(const struct package *package)
{
    struct package **link = live_list(package->path);
    while (*link && *link != package)
        link = &(*link)->next;
    if (*link)
        *link = package->next;
}

void copies_remove(struct carrier *carrier)
{
    for (uint32_t i = 0; i < copies_count(carrier->module); i++)
        if (carrier->packages[i]->carrier == carrier)
            remove_live(carrier->packages[i]);
    struct carrier **place = carrier_list(carrier->device, carrier->inode);
    while (*place != carrier)
        place = &(*place)->next;
    *place = carrier->next;
}

/* ---- errors ---- */

bool copies_set_busy(const struct package *package, const char *what, struct error *error)
{
    return error_set(error, PLUGIN_INIT_FAILED,
                     sync_is_self(package->thread) ? "package %s is %s by this very call chain"
                     : sync_is_lost(package->thread)
                         ? "package %s was %s by a thread that this process, a fork, does not have"
                         : "package %s is %s by another thread, which must not be waited for: it "
                           "waits for this one, or would",
                     package->path, what);
}

bool copies_set_failed(const struct package *package, struct error *error)
{
    return error_set(error, PLUGIN_INIT_FAILED, "%s",
                     package->failure ? package->failure
                                      : "the init of one of its packages failed; the reason was "
                                        "lost: out of memory");
}

/* ---- inits that are due ---- */

bool copies_any_unfinished(const struct carrier *besides)
{
    size_t count = 0;
    sync_lock();
    for (uint32_t i = 0; besides && i < copies_count(besides->module); i++)
        count += besides->packages[i]->carrier == besides &&
                 is_unfinished(besides->packages[i]->state) && !besides->is_program;
    bool is_any = unfinished > count;
    sync_unlock();
    return is_any;
}

struct carrier *copies_find_at(uintptr_t base)
{
    struct carrier *carrier = NULL;
    sync_lock();
    for (size_t i = 0; !carrier && i < LISTS; i++) {
        carrier = carriers[i];
        while (carrier && (carrier->base != base || carrier->is_program))
            carrier = carrier->next;
    }
    sync_unlock();
    return carrier;
}
