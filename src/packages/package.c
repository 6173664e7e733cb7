/* SPDX-License-Identifier: MIT */
/* Which copy of each package is live. */
#include "packages/package.h"

#include "base/lock.h"
#include "packages/package_table_p.h"
#include "process/loaded.h"
#include "process/map.h"

#include <assert.h>

/* ---- claims ---- */

/* Returns a live copy of one of the carrier's packages that another thread is mapping, or NULL. */
static struct package *carrier_find_claimed_elsewhere(const struct carrier *carrier)
{
    for (uint32_t i = 0; i < carrier->package_count; i++) {
        struct package *package = package_find_live(carrier->packages[i]->path);
        if (package && package->state == STATE_CLAIMED)
            return package;
    }
    return NULL;
}

/* Needs the lock, and releases it while it waits. */
static bool wait_for_claims(const struct carrier *carrier, struct error *error)
{
    struct package *claimed;
    while ((claimed = carrier_find_claimed_elsewhere(carrier)))
        if (map_is_under_way() || !lock_wait_for(claimed->thread))
            return package_set_busy(claimed, "being loaded", error);
    for (uint32_t i = 0; i < carrier->package_count; i++) {
        const struct package *package = package_find_live(carrier->packages[i]->path);
        if (package && package->state == STATE_FAILED)
            return package_set_failed(package, error);
    }
    return true;
}

/* Needs the lock. */
static void carrier_claim(struct carrier *carrier)
{
    for (uint32_t i = 0; i < carrier->package_count; i++) {
        struct package *own = carrier->packages[i], *other = package_find_live(own->path);
        assert(own->state == STATE_CLAIMED);
        own->thread = thread_self();
        if (package_is_main(own))
            continue;
        if (other)
            carrier_bind(carrier, i, other);
        else
            package_make_live(own);
    }
    carrier_add(carrier);
}

/* Returns a package of the carrier that is claimed, its main package at least; NULL if the carrier
 * is mapped. */
static const struct package *carrier_find_claimed(const struct carrier *carrier)
{
    for (uint32_t i = 0; i < carrier->package_count; i++)
        if (carrier->packages[i]->state == STATE_CLAIMED)
            return carrier->packages[i];
    return NULL;
}

bool package_claim(struct plugin *candidate, struct error *error)
{
    if (!candidate->module.meta.header.packages.count)
        return true;
    const struct carrier values = {.path = candidate->path,
                                   .mapped =
                                       candidate->mapped ? candidate->mapped : candidate->path,
                                   .device = candidate->mapped_device,
                                   .inode = candidate->mapped_inode,
                                   .is_plugin = true,
                                   .module = &candidate->module};
    struct carrier *carrier = carrier_new(&values, error);
    if (!carrier)
        return false;
    lock_acquire();
    bool done = wait_for_claims(carrier, error);
    struct carrier *known = carrier_find(candidate->mapped_device, candidate->mapped_inode);
    /* If this thread could wait for the one that maps this plugin, it would have waited. */
    const struct package *claimed = done && known ? carrier_find_claimed(known) : NULL;
    if (claimed)
        done = package_set_busy(claimed, "being loaded", error);
    if (done && !known)
        carrier_claim(carrier);
    lock_release();
    /* The module of a known carrier was loaded before, by others. */
    if (done)
        candidate->carrier = known ? known : carrier;
    if (!done || known)
        carrier_free(carrier);
    return done;
}

bool package_is_own(const struct plugin *candidate)
{
    return candidate->carrier && candidate->carrier->module == &candidate->module;
}

void package_unclaim(struct plugin *candidate)
{
    struct carrier *carrier = candidate->carrier;
    bool is_own = package_is_own(candidate);
    candidate->carrier = NULL;
    if (!is_own)
        return;
    lock_acquire();
    carrier_remove(carrier);
    lock_broadcast();
    lock_release();
    carrier_free(carrier);
}

void package_set_mapped(struct plugin *candidate)
{
    struct carrier *carrier = candidate->carrier;
    if (!package_is_own(candidate) || candidate->built_in)
        return;
    lock_acquire();
    carrier->base = candidate->base;
    if (candidate->promoted)
        carrier->mapped = candidate->promoted;
    for (uint32_t i = 0; i < carrier->package_count; i++)
        if (carrier->packages[i]->carrier == carrier)
            package_set_state(carrier->packages[i], STATE_WAITING);
    lock_broadcast();
    lock_release();
}

const struct carrier *package_find(const char *path, const struct plugin *candidate)
{
    lock_acquire();
    const struct package *package = package_find_live(path);
    /* A claimed copy is the candidate's, or of a package that the candidate does not contain. */
    const struct carrier *carrier =
        package && package->state != STATE_CLAIMED ? package->carrier : NULL;
    lock_release();
    return carrier != candidate->carrier ? carrier : NULL;
}

bool package_is_elsewhere(const void *candidate, const char *path)
{
    return package_find(path, candidate);
}

/* ---- promotion ---- */

/* References are bound to this address, which is not in the live copy. Fails if it is in another
 * module's copy, which hides the live one. */
static bool check_unhidden(const struct package *package, const void *address, struct error *error)
{
    ERROR_AUTO unread = {0};
    const struct loaded *other = loaded_find(address, &unread);
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    /* The program may hold a copy relocation (R_*_COPY) of the live copy's variable. */
    if (!other || other->is_program)
        return true;
    return error_set(error, PLUGIN_SYSTEM,
                     "package %s of %s is hidden by the copy in %s, which was loaded into the "
                     "global scope without plugin_open",
                     package->path, package->carrier->path, other->path);
}

/* Will references be bound to this live copy, now that its module is in the global scope? */
static bool check_global(const struct package *package, struct error *error)
{
    const struct carrier *carrier = package->carrier;
    const struct meta *meta = &carrier->module->meta;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        if (shared.package != package->number ||
            (shared.kind != FORMAT_FUNCTION && shared.kind != FORMAT_VARIABLE))
            continue;
        const void *address = map_find_global(shared.name, NULL);
        bool is_live =
            !carrier->built_in && (uintptr_t)address == carrier->base + (uintptr_t)shared.address;
        return !address || is_live || check_unhidden(package, address, error);
    }
    return true;
}

static bool package_promote_copy(const struct package *package, struct error *error)
{
    struct carrier *carrier = package->carrier;
    lock_acquire();
    bool is_needed = !carrier->is_program && !carrier->is_promoted;
    lock_release();
    if (is_needed) {
        const char *reason = map_promote(carrier->mapped);
        if (reason)
            return error_set(error, PLUGIN_SYSTEM, "%s cannot share its packages: %s",
                             carrier->path, reason);
        lock_acquire();
        carrier->is_promoted = true;
        lock_release();
    }
    return check_global(package, error);
}

bool package_promote(const struct plugin *candidate, struct error *error)
{
    const struct carrier *own = candidate->carrier;
    for (uint32_t i = 0; own && i < own->package_count; i++)
        if (own->packages[i]->carrier != own && !package_promote_copy(own->packages[i], error))
            return false;
    return true;
}

bool package_promote_live(const char *path, struct error *error)
{
    lock_acquire();
    const struct package *package = package_find_live(path);
    lock_release();
    assert(package);
    return package_promote_copy(package, error);
}
