/* The packages of this process: one live copy each, initialised once. */
#include "package.h"

#include "hash.h"
#include "init.h"
#include "map.h"
#include "sync.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum state {
    CLAIMED, /* its module is being mapped, by `thread` */
    WAITING, /* it is mapped, and its inits are still to run */
    RUNNING, /* its inits run, in `thread` */
    DONE,
    FAILED
};

/* A copy of a package that is in use. Fields below are guarded by sync.h's lock. */
struct package {
    const char *path;
    struct carrier *carrier;
    uint32_t number; /* in its carrier's table */
    enum state state;
    struct sync_thread thread;
    char *failure; /* why its init failed; NULL for want of memory */
    struct package *next;
};

/* The live copies, of paths other than main, by their paths, and all carriers, by their files. */
enum { LISTS = 1024 };
static struct package *live[LISTS];
static struct carrier *carriers[LISTS];

/* How many copies are mapped, but not initialised, or never will be: of all carriers but the
 * program. */
static size_t unfinished;

static uint32_t package_count(const struct module *module)
{
    return module->meta.header.packages.count;
}

static bool is_main(const struct package *package)
{
    return !strcmp(package->path, META_MAIN);
}

static bool is_unfinished(enum state state)
{
    return state == WAITING || state == RUNNING || state == FAILED;
}

static void set_state(struct package *package, enum state state)
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

static struct package *find_live(const char *path)
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
    carrier->packages = calloc(package_count(values->module), sizeof *carrier->packages);
    if (carrier->packages)
        return carrier;
    free(carrier);
    return NULL;
}

/* A new copy for each of its packages, whether it will be needed or not, so that nothing can fail
 * once the lock is held. */
static bool make_packages(struct carrier *carrier)
{
    for (uint32_t i = 0; i < package_count(carrier->module); i++) {
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
    for (uint32_t i = 0; i < package_count(carrier->module); i++)
        if (carrier->packages[i] && carrier->packages[i]->carrier == carrier)
            free(carrier->packages[i]);
}

static void discard(struct carrier *carrier)
{
    if (carrier)
        free_packages(carrier);
    free_carrier(carrier);
}

static struct carrier *make_whole_carrier(const struct carrier *values, struct error *error)
{
    struct carrier *carrier = make_carrier(values);
    if (carrier && make_packages(carrier))
        return carrier;
    discard(carrier);
    error_set_no_memory(error);
    return NULL;
}

static struct carrier **carrier_list(dev_t device, ino_t inode)
{
    uint64_t key[2] = {(uint64_t)device, (uint64_t)inode};
    return &carriers[hash_bytes(HASH_START, key, sizeof key) % LISTS];
}

static void add_carrier(struct carrier *carrier)
{
    struct carrier **list = carrier_list(carrier->device, carrier->inode);
    carrier->next = *list;
    *list = carrier;
}

static struct carrier *find_carrier(dev_t device, ino_t inode)
{
    struct carrier *carrier = *carrier_list(device, inode);
    while (carrier && (carrier->device != device || carrier->inode != inode))
        carrier = carrier->next;
    return carrier;
}

static void use_live(struct carrier *carrier, uint32_t number, struct package *package)
{
    free(carrier->packages[number]);
    carrier->packages[number] = package;
}

static void make_live(struct package *package)
{
    struct package **list = live_list(package->path);
    package->next = *list;
    *list = package;
}

struct carrier *package_carrier_of(dev_t device, ino_t inode)
{
    sync_lock();
    struct carrier *carrier = find_carrier(device, inode);
    sync_unlock();
    return carrier;
}

/* The other module's copy that a loaded module is bound to; NULL: it uses its own. `bound` is that
 * other module, or itself; NULL: that cannot be told. */
static struct package *find_bound(const char *path, const struct loaded *bound)
{
    uint32_t number;
    struct package *package = NULL;
    const struct carrier *carrier = bound ? find_carrier(bound->device, bound->inode) : NULL;
    if (!bound)
        package = find_live(path);
    else if (carrier && meta_find_package(&carrier->module->meta, path, &number))
        package = carrier->packages[number];
    /* What is not mapped yet may be given up, and nobody is bound to it. */
    return package && package->state != CLAIMED ? package : NULL;
}

/* With the lock held. A copy that is not live has inits of its own: it was not loaded by this
 * library, and is in a scope of its own. */
static void add_loaded(struct carrier *carrier, const struct loaded *const *bound)
{
    for (uint32_t i = 0; i < package_count(carrier->module); i++) {
        struct package *own = carrier->packages[i];
        struct package *other = is_main(own) ? NULL : find_bound(own->path, bound[i]);
        if (other) {
            use_live(carrier, i, other);
            continue;
        }
        set_state(own, WAITING);
        /* What the program does not share with its libraries, it cannot share with plugins: it is
         * live all the same, so that they are refused and have no second copy. */
        if (!is_main(own) && (carrier->is_program || !find_live(own->path)))
            make_live(own);
    }
    add_carrier(carrier);
}

bool package_add_loaded(const struct loaded *loaded, const struct loaded *const *bound,
                        struct error *error)
{
    const struct carrier values = {.path = loaded->path,
                                   .device = loaded->device,
                                   .inode = loaded->inode,
                                   .base = loaded->base,
                                   .is_program = loaded->is_program,
                                   .module = &loaded->module};
    struct carrier *carrier = make_whole_carrier(&values, error);
    if (!carrier)
        return false;
    sync_lock();
    bool is_known = find_carrier(loaded->device, loaded->inode);
    if (!is_known)
        add_loaded(carrier, bound);
    sync_unlock();
    if (is_known)
        discard(carrier);
    return true;
}

/* ---- claims ---- */

/* The first of these packages whose copy another thread is mapping; NULL: none. */
static struct package *find_claimed(const struct carrier *carrier)
{
    for (uint32_t i = 0; i < package_count(carrier->module); i++) {
        struct package *package = find_live(carrier->packages[i]->path);
        if (package && package->state == CLAIMED)
            return package;
    }
    return NULL;
}

static bool set_busy(const struct package *package, const char *what, struct error *error)
{
    return error_set(error, PLUGIN_INIT_FAILED,
                     sync_is_self(package->thread) ? "package %s is %s by this very call chain"
                     : sync_is_lost(package->thread)
                         ? "package %s was %s by a thread that this process, a fork, does not have"
                         : "package %s is %s by another thread, which must not be waited for: it "
                           "waits for this one, or would",
                     package->path, what);
}

static bool set_failed(const struct package *package, struct error *error)
{
    return error_set(error, PLUGIN_INIT_FAILED, "%s",
                     package->failure ? package->failure
                                      : "the init of one of its packages failed; the reason was "
                                        "lost: out of memory");
}

/* With the lock held; may release it meanwhile. */
static bool wait_for_claims(const struct carrier *carrier, struct error *error)
{
    struct package *claimed;
    while ((claimed = find_claimed(carrier)))
        if (map_is_under_way() || !sync_wait_for(claimed->thread))
            return set_busy(claimed, "being loaded", error);
    for (uint32_t i = 0; i < package_count(carrier->module); i++) {
        const struct package *package = find_live(carrier->packages[i]->path);
        if (package && package->state == FAILED)
            return set_failed(package, error);
    }
    return true;
}

/* With the lock held. */
static void claim(struct carrier *carrier)
{
    for (uint32_t i = 0; i < package_count(carrier->module); i++) {
        struct package *own = carrier->packages[i], *other = find_live(own->path);
        own->state = CLAIMED;
        own->thread = sync_self();
        if (is_main(own))
            continue;
        if (other)
            use_live(carrier, i, other);
        else
            make_live(own);
    }
    add_carrier(carrier);
}

/* Is it being mapped? Its main package, if no other, is its own, and says so. */
static const struct package *find_own_claimed(const struct carrier *carrier)
{
    for (uint32_t i = 0; i < package_count(carrier->module); i++)
        if (carrier->packages[i]->state == CLAIMED)
            return carrier->packages[i];
    return NULL;
}

bool package_claim(struct plugin *candidate, struct error *error)
{
    if (!package_count(&candidate->module))
        return true;
    const struct carrier values = {.path = candidate->path,
                                   .device = candidate->device,
                                   .inode = candidate->inode,
                                   .module = &candidate->module};
    struct carrier *carrier = make_whole_carrier(&values, error);
    if (!carrier)
        return false;
    sync_lock();
    bool done = wait_for_claims(carrier, error);
    struct carrier *known = find_carrier(candidate->device, candidate->inode);
    /* A thread that could wait for the one that maps this very plugin would have done so. */
    const struct package *claimed = done && known ? find_own_claimed(known) : NULL;
    if (claimed)
        done = set_busy(claimed, "being loaded", error);
    if (done && !known)
        claim(carrier);
    sync_unlock();
    /* It may have been loaded before, not by this library. */
    if (done)
        candidate->carrier = known ? known : carrier;
    if (!done || known)
        discard(carrier);
    return done;
}

bool package_is_own(const struct plugin *candidate)
{
    return candidate->carrier && candidate->carrier->module == &candidate->module;
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

void package_give_up(struct plugin *candidate)
{
    struct carrier *carrier = candidate->carrier;
    bool is_claimed = package_is_own(candidate);
    candidate->carrier = NULL;
    if (!is_claimed)
        return;
    sync_lock();
    for (uint32_t i = 0; i < package_count(carrier->module); i++)
        if (carrier->packages[i]->carrier == carrier)
            remove_live(carrier->packages[i]);
    struct carrier **place = carrier_list(carrier->device, carrier->inode);
    while (*place != carrier)
        place = &(*place)->next;
    *place = carrier->next;
    sync_changed();
    sync_unlock();
    discard(carrier);
}

const struct carrier *package_find(const char *path, const struct plugin *candidate)
{
    sync_lock();
    const struct package *package = find_live(path);
    /* What is being mapped is the candidate's, or is none that it carries. */
    const struct carrier *carrier = package && package->state != CLAIMED ? package->carrier : NULL;
    sync_unlock();
    return carrier != candidate->carrier ? carrier : NULL;
}

/* ---- mapping ---- */

/* Whose copy of the package has this address, which everybody finds for one of its symbols? Another
 * one than the live copy's: then that other module, loaded by others, hides it. */
static bool check_unhidden(const struct package *package, const void *address, struct error *error)
{
    ERROR_AUTO unread = {0};
    const struct loaded *other = loaded_find(address, &unread);
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    /* The program may have taken the symbol's place, and leads to the live copy (R_*_COPY). */
    if (!other || other->is_program)
        return true;
    return error_set(error, PLUGIN_SYSTEM,
                     "the package %s of %s is hidden by the one of %s, which was loaded into the "
                     "global scope, and not by plugin_open",
                     package->path, package->carrier->path, other->path);
}

/* Will references to the package be bound to the live copy, now that it is in the global scope? */
static bool check_global(const struct package *package, struct error *error)
{
    const struct meta *meta = &package->carrier->module->meta;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        if (shared.package != package->number ||
            (shared.kind != FORMAT_FUNCTION && shared.kind != FORMAT_VARIABLE))
            continue;
        const void *address = map_find_global(shared.name, NULL);
        return !address ||
               (uintptr_t)address == package->carrier->base + (uintptr_t)shared.address ||
               check_unhidden(package, address, error);
    }
    return true;
}

static bool promote(struct carrier *carrier, struct error *error)
{
    sync_lock();
    bool is_needed = !carrier->is_program && !carrier->is_promoted;
    sync_unlock();
    if (!is_needed)
        return true;
    if (!dlopen(carrier->path, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL | RTLD_NODELETE)) {
        const char *reason = dlerror();
        return error_set(error, PLUGIN_SYSTEM, "%s cannot share its packages: %s", carrier->path,
                         reason ? reason : "it is not loaded any more");
    }
    sync_lock();
    carrier->is_promoted = true;
    sync_unlock();
    return true;
}

bool package_promote(const struct plugin *candidate, struct error *error)
{
    struct carrier *own = candidate->carrier;
    /* What is its own, and what it is bound to, was settled by package_claim. */
    for (uint32_t i = 0; own && i < package_count(own->module); i++)
        if (own->packages[i]->carrier != own &&
            (!promote(own->packages[i]->carrier, error) || !check_global(own->packages[i], error)))
            return false;
    return true;
}

bool package_promote_live(const char *path, struct error *error)
{
    sync_lock();
    const struct package *package = find_live(path);
    sync_unlock();
    return promote(package->carrier, error) && check_global(package, error);
}

void package_mapped(struct plugin *candidate)
{
    if (!package_is_own(candidate))
        return;
    struct carrier *carrier = candidate->carrier;
    sync_lock();
    carrier->base = candidate->base;
    for (uint32_t i = 0; i < package_count(carrier->module); i++)
        if (carrier->packages[i]->carrier == carrier)
            set_state(carrier->packages[i], WAITING);
    sync_changed();
    sync_unlock();
}

/* ---- inits ---- */

static enum package_result start(struct package *package, struct error *error);

static enum package_result start_imports(const struct package *package, struct error *error)
{
    const struct carrier *carrier = package->carrier;
    const struct meta *meta = &carrier->module->meta;
    for (uint32_t i = 0; i < meta_package(meta, package->number).dependency_count; i++) {
        const char *path = meta_dependency(meta, package->number, i);
        uint32_t number;
        sync_lock();
        struct package *import =
            meta_find_package(meta, path, &number) ? carrier->packages[number] : find_live(path);
        /* What is not mapped yet is not what it was linked with, and may be given up. */
        bool is_there = import && (import->state != CLAIMED || import->carrier == carrier);
        sync_unlock();
        enum package_result result = is_there ? start(import, error) : PACKAGE_STARTED;
        if (result != PACKAGE_STARTED) {
            error_prefix(error, "package %s imports %s: ", package->path, path);
            return result;
        }
    }
    return PACKAGE_STARTED;
}

/* Waits until it is this thread's turn, and takes it; or says how it ended. */
static bool take(struct package *package, enum package_result *result, struct error *error)
{
    *result = PACKAGE_STARTED;
    for (;;) {
        switch (package->state) {
        case WAITING:
            set_state(package, RUNNING);
            package->thread = sync_self();
            return true;
        case DONE:
            return false;
        case FAILED:
            *result = PACKAGE_FAILED;
            set_failed(package, error);
            return false;
        default:
            if (map_is_under_way() || !sync_wait_for(package->thread)) {
                *result = PACKAGE_BUSY;
                set_busy(package, package->state == CLAIMED ? "being loaded" : "being initialised",
                         error);
                return false;
            }
        }
    }
}

/* Runs the package's inits after those of its imports, unless they have run. */
static enum package_result start(struct package *package, struct error *error)
{
    enum package_result result;
    sync_lock();
    bool is_mine = take(package, &result, error);
    sync_unlock();
    if (!is_mine)
        return result;
    result = start_imports(package, error);
    if (result == PACKAGE_STARTED && !init_run(package->carrier, package->number, error))
        result = PACKAGE_FAILED;
    sync_lock();
    set_state(package, result == PACKAGE_STARTED  ? DONE
                       : result == PACKAGE_FAILED ? FAILED
                                                  : WAITING);
    if (result == PACKAGE_FAILED)
        package->failure = strdup(error_text(error));
    sync_changed();
    sync_unlock();
    return result;
}

enum package_result package_start(const struct carrier *carrier, struct error *error)
{
    enum package_result result = PACKAGE_STARTED;
    for (uint32_t i = 0; result == PACKAGE_STARTED && i < package_count(carrier->module); i++)
        result = start(carrier->packages[i], error);
    return result;
}

/* ---- the modules that a plugin needs ---- */

/* Is there another module, besides the program, whose inits are not done? */
static bool is_any_unfinished(const struct carrier *besides)
{
    size_t count = 0;
    sync_lock();
    for (uint32_t i = 0; besides && i < package_count(besides->module); i++)
        count += besides->packages[i]->carrier == besides &&
                 is_unfinished(besides->packages[i]->state) && !besides->is_program;
    bool is_any = unfinished > count;
    sync_unlock();
    return is_any;
}

static struct carrier *find_carrier_at(uintptr_t base)
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

struct needed_start {
    const struct plugin *plugin;
    enum package_result result;
    struct error *error;
};

static void start_needed(void *context, uintptr_t base)
{
    struct needed_start *state = context;
    const struct carrier *carrier = find_carrier_at(base);
    if (!carrier || carrier == state->plugin->carrier || state->result != PACKAGE_STARTED)
        return;
    state->result = package_start(carrier, state->error);
    if (state->result != PACKAGE_STARTED)
        error_prefix(state->error, "it needs %s: ", carrier->path);
}

enum package_result package_start_needed(const struct plugin *p, struct error *error)
{
    struct needed_start state = {p, PACKAGE_STARTED, error};
    if (!is_any_unfinished(p->carrier) || map_find_needed(p, start_needed, &state, error))
        return state.result;
    return PACKAGE_BUSY;
}
