/* The packages of this process: one live copy each, initialised once. */
#include "package.h"

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
    pthread_t thread;
    char *failure; /* why its init failed; NULL for want of memory */
    struct package *next;
};

static struct package *live;     /* the live copies; of paths other than main */
static struct carrier *carriers; /* all of them */

static uint32_t package_count(const struct module *module)
{
    return module->meta.header.packages.count;
}

static bool is_main(const struct package *package)
{
    return !strcmp(package->path, META_MAIN);
}

static struct package *find_live(const char *path)
{
    struct package *package = live;
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

static struct carrier *find_carrier(dev_t device, ino_t inode)
{
    struct carrier *carrier = carriers;
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
    package->next = live;
    live = package;
}

struct carrier *package_carrier_of(dev_t device, ino_t inode)
{
    sync_lock();
    struct carrier *carrier = find_carrier(device, inode);
    sync_unlock();
    return carrier;
}

/* With the lock held. */
static void add_loaded(struct carrier *carrier, const struct loaded *const *bound)
{
    for (uint32_t i = 0; i < package_count(carrier->module); i++) {
        struct package *own = carrier->packages[i], *other = find_live(own->path);
        own->state = WAITING;
        if (is_main(own))
            continue;
        if (!other)
            make_live(own);
        else if (!bound[i] || &bound[i]->module == other->carrier->module)
            use_live(carrier, i, other);
        /* else it was not loaded by this library, and has a copy of its own, in its own scope */
    }
    carrier->next = carriers;
    carriers = carrier;
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
                     pthread_equal(package->thread, pthread_self())
                         ? "package %s is %s by this very call chain"
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
        own->thread = pthread_self();
        if (is_main(own))
            continue;
        if (other)
            use_live(carrier, i, other);
        else
            make_live(own);
    }
    carrier->next = carriers;
    carriers = carrier;
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

/* Is it the plugin's own, and not that of a module that was loaded before? */
static bool is_own(const struct plugin *candidate)
{
    return candidate->carrier && candidate->carrier->module == &candidate->module;
}

void package_give_up(struct plugin *candidate)
{
    struct carrier *carrier = candidate->carrier;
    bool is_claimed = is_own(candidate);
    candidate->carrier = NULL;
    if (!is_claimed)
        return;
    sync_lock();
    struct package **link = &live;
    while (*link)
        if ((*link)->carrier == carrier)
            *link = (*link)->next;
        else
            link = &(*link)->next;
    struct carrier **place = &carriers;
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
    const struct carrier *carrier = package ? package->carrier : NULL;
    sync_unlock();
    return carrier != candidate->carrier ? carrier : NULL;
}

/* ---- mapping ---- */

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
        if (own->packages[i]->carrier != own && !promote(own->packages[i]->carrier, error))
            return false;
    return true;
}

void package_mapped(struct plugin *candidate)
{
    if (!is_own(candidate))
        return;
    struct carrier *carrier = candidate->carrier;
    sync_lock();
    carrier->base = candidate->base;
    for (uint32_t i = 0; i < package_count(carrier->module); i++)
        if (carrier->packages[i]->carrier == carrier)
            carrier->packages[i]->state = WAITING;
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
        sync_unlock();
        enum package_result result = import ? start(import, error) : PACKAGE_STARTED;
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
            package->state = RUNNING;
            package->thread = pthread_self();
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
    package->state = result == PACKAGE_STARTED ? DONE : result == PACKAGE_FAILED ? FAILED : WAITING;
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
