/* The packages of this process: which copy is the live one. */
#include "packages/package.h"

#include "base/loader.h"
#include "base/lock.h"
#include "packages/package_table.h"
#include "process/map.h"

struct carrier *package_carrier_of(dev_t device, ino_t inode)
{
    sync_lock();
    struct carrier *carrier = copies_find(device, inode);
    sync_unlock();
    return carrier;
}

/* The other module's copy that a loaded module is bound to; NULL: it uses its own. `bound` is that
 * other module, or itself; NULL: that cannot be told. */
static struct package *find_bound(const char *path, const struct loaded *bound)
{
    uint32_t number;
    struct package *package = NULL;
    const struct carrier *carrier = bound ? copies_find(bound->device, bound->inode) : NULL;
    if (!bound)
        package = copies_find_live(path);
    else if (carrier && meta_find_package(&carrier->module->meta, path, &number))
        package = carrier->packages[number];
    /* What is not mapped yet may be given up, and nobody is bound to it. */
    return package && package->state != CLAIMED ? package : NULL;
}

/* With the lock held. A copy that is not live has inits of its own: it was not loaded by this
 * library, and is in a scope of its own. */
static void add_loaded(struct carrier *carrier, const struct loaded *const *bound)
{
    for (uint32_t i = 0; i < copies_count(carrier->module); i++) {
        struct package *own = carrier->packages[i];
        struct package *other = copies_is_main(own) ? NULL : find_bound(own->path, bound[i]);
        if (other) {
            copies_use_live(carrier, i, other);
            continue;
        }
        copies_set_state(own, WAITING);
        /* What the program does not share with its libraries, it cannot share with plugins: it is
         * live all the same, so that they are refused and have no second copy. */
        if (!copies_is_main(own) && (carrier->is_program || !copies_find_live(own->path)))
            copies_make_live(own);
    }
    copies_add(carrier);
}

bool package_add_loaded(const struct loaded *loaded, const struct loaded *const *bound,
                        struct error *error)
{
    const struct carrier values = {.path = loaded->path,
                                   .mapped = loaded->path,
                                   .device = loaded->device,
                                   .inode = loaded->inode,
                                   .base = loaded->base,
                                   .is_program = loaded->is_program,
                                   .module = &loaded->module};
    struct carrier *carrier = copies_make(&values, error);
    if (!carrier)
        return false;
    sync_lock();
    bool is_known = copies_find(loaded->device, loaded->inode);
    if (!is_known)
        add_loaded(carrier, bound);
    sync_unlock();
    if (is_known)
        copies_discard(carrier);
    return true;
}

/* ---- claims ---- */

/* The first of these packages whose copy another thread is mapping; NULL: none. */
static struct package *find_claimed(const struct carrier *carrier)
{
    for (uint32_t i = 0; i < copies_count(carrier->module); i++) {
        struct package *package = copies_find_live(carrier->packages[i]->path);
        if (package && package->state == CLAIMED)
            return package;
    }
    return NULL;
}

/* With the lock held; may release it meanwhile. */
static bool wait_for_claims(const struct carrier *carrier, struct error *error)
{
    struct package *claimed;
    while ((claimed = find_claimed(carrier)))
        if (map_is_under_way() || !sync_wait_for(claimed->thread))
            return copies_set_busy(claimed, "being loaded", error);
    for (uint32_t i = 0; i < copies_count(carrier->module); i++) {
        const struct package *package = copies_find_live(carrier->packages[i]->path);
        if (package && package->state == FAILED)
            return copies_set_failed(package, error);
    }
    return true;
}

/* With the lock held. */
static void claim(struct carrier *carrier)
{
    for (uint32_t i = 0; i < copies_count(carrier->module); i++) {
        struct package *own = carrier->packages[i], *other = copies_find_live(own->path);
        own->state = CLAIMED;
        own->thread = sync_self();
        if (copies_is_main(own))
            continue;
        if (other)
            copies_use_live(carrier, i, other);
        else
            copies_make_live(own);
    }
    copies_add(carrier);
}

/* Is it being mapped? Its main package, if no other, is its own, and says so. */
static const struct package *find_own_claimed(const struct carrier *carrier)
{
    for (uint32_t i = 0; i < copies_count(carrier->module); i++)
        if (carrier->packages[i]->state == CLAIMED)
            return carrier->packages[i];
    return NULL;
}

bool package_claim(struct plugin *candidate, struct error *error)
{
    if (!copies_count(&candidate->module))
        return true;
    const struct carrier values = {.path = candidate->path,
                                   .mapped =
                                       candidate->mapped ? candidate->mapped : candidate->path,
                                   .device = candidate->mapped_device,
                                   .inode = candidate->mapped_inode,
                                   .module = &candidate->module};
    struct carrier *carrier = copies_make(&values, error);
    if (!carrier)
        return false;
    sync_lock();
    bool done = wait_for_claims(carrier, error);
    struct carrier *known = copies_find(candidate->mapped_device, candidate->mapped_inode);
    /* A thread that could wait for the one that maps this very plugin would have done so. */
    const struct package *claimed = done && known ? find_own_claimed(known) : NULL;
    if (claimed)
        done = copies_set_busy(claimed, "being loaded", error);
    if (done && !known)
        claim(carrier);
    sync_unlock();
    /* It may have been loaded before, not by this library. */
    if (done)
        candidate->carrier = known ? known : carrier;
    if (!done || known)
        copies_discard(carrier);
    return done;
}

bool package_is_own(const struct plugin *candidate)
{
    return candidate->carrier && candidate->carrier->module == &candidate->module;
}

void package_give_up(struct plugin *candidate)
{
    struct carrier *carrier = candidate->carrier;
    bool is_claimed = package_is_own(candidate);
    candidate->carrier = NULL;
    if (!is_claimed)
        return;
    sync_lock();
    copies_remove(carrier);
    sync_changed();
    sync_unlock();
    copies_discard(carrier);
}

const struct carrier *package_find(const char *path, const struct plugin *candidate)
{
    sync_lock();
    const struct package *package = copies_find_live(path);
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
        if (package->carrier->built_in)
            return !address || check_unhidden(package, address, error);
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
    if (!loader_open(carrier->mapped, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL | RTLD_NODELETE)) {
        const char *reason = loader_error();
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
    for (uint32_t i = 0; own && i < copies_count(own->module); i++)
        if (own->packages[i]->carrier != own &&
            (!promote(own->packages[i]->carrier, error) || !check_global(own->packages[i], error)))
            return false;
    return true;
}

bool package_promote_live(const char *path, struct error *error)
{
    sync_lock();
    const struct package *package = copies_find_live(path);
    sync_unlock();
    return promote(package->carrier, error) && check_global(package, error);
}

void package_mapped(struct plugin *candidate)
{
    if (!package_is_own(candidate) || candidate->built_in)
        return;
    struct carrier *carrier = candidate->carrier;
    sync_lock();
    carrier->base = candidate->base;
    for (uint32_t i = 0; i < copies_count(carrier->module); i++)
        if (carrier->packages[i]->carrier == carrier)
            copies_set_state(carrier->packages[i], WAITING);
    sync_changed();
    sync_unlock();
}
