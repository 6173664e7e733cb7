/* The modules that carry packages, or have inits, and were not opened by this library. */
#include "announce.h"

#include "init.h"
#include "map.h"
#include "sync.h"

#include <dlfcn.h>
#include <stdlib.h>

/* All that was announced, the last one first; guarded by sync.h's lock. They lie in their modules,
 * which are never unmapped. */
static struct plugin_announced_ *announced;

/* Keeps the module of this address in memory. */
static void pin(const void *address)
{
    Dl_info info;
    if (!map_is_under_way() && !loaded_is_program(address) && dladdr(address, &info))
        dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

/* The module whose copy of a package the module is bound to: the one whose symbols of that package
 * are found first, by everybody. NULL if the package has no symbol that could tell. */
static const struct loaded *find_bound(const struct loaded *loaded, uint32_t package)
{
    const struct meta *meta = &loaded->module.meta;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        if (shared.package != package ||
            (shared.kind != FORMAT_FUNCTION && shared.kind != FORMAT_VARIABLE))
            continue;
        ERROR_AUTO unread = {0};
        const void *address = dlsym(RTLD_DEFAULT, shared.name);
        bool is_own = !address || (uintptr_t)address == loaded->base + (uintptr_t)shared.address;
        const struct loaded *other = is_own ? NULL : loaded_find(address, &unread);
        return other ? other : loaded;
    }
    return NULL;
}

/* Makes the packages of a module known; with `looks_further`, after those of the modules that it is
 * bound to, since theirs are the live copies. */
static bool adopt(const struct loaded *loaded, bool looks_further, struct error *error)
{
    const struct meta *meta = &loaded->module.meta;
    uint32_t count = meta->header.packages.count, number;
    if (!count || package_carrier_of(loaded->device, loaded->inode))
        return true;
    const struct loaded **bound = calloc(count, sizeof *bound);
    bool done = bound || error_set_no_memory(error);
    for (uint32_t i = 0; done && i < count; i++) {
        bound[i] = find_bound(loaded, i);
        if (looks_further && bound[i] && bound[i] != loaded &&
            meta_find_package(&bound[i]->module.meta, meta_package(meta, i).path, &number))
            done = adopt(bound[i], false, error);
    }
    done = done && package_add_loaded(loaded, bound, error);
    free(bound);
    return done;
}

static struct plugin_announced_ *next_announced(void)
{
    sync_lock();
    struct plugin_announced_ *next = announced;
    while (next && next->is_adopted)
        next = next->next;
    sync_unlock();
    return next;
}

bool announce_adopt(struct error *error)
{
    struct plugin_announced_ *next;
    /* Two threads may adopt one module at once; the first one's stays. To wait for the other one is
     * not possible: it may be a constructor. */
    while ((next = next_announced())) {
        ERROR_AUTO reason = {0};
        const struct loaded *loaded = loaded_find(next, &reason);
        /* A module that cannot be read is like one that is not stamped: nothing is known of it. */
        if (!loaded && reason.code == PLUGIN_NO_MEMORY)
            return error_set_no_memory(error);
        if (loaded && !adopt(loaded, true, error))
            return false;
        sync_lock();
        next->is_adopted = 1;
        sync_unlock();
    }
    return true;
}

void plugin_announce_(struct plugin_announced_ *package)
{
    pin(package);
    sync_lock();
    package->next = announced;
    announced = package;
    sync_unlock();
}

/* Starts the module that has these inits. If it is not stamped, nothing is known of its packages:
 * its inits run in the order of their
 * constructors. */
static enum package_result start_module(struct plugin_init_ *first, struct error *error)
{
    ERROR_AUTO unread = {0};
    if (!announce_adopt(error))
        return PACKAGE_BUSY;
    const struct loaded *loaded = loaded_find(first, &unread);
    if (loaded && !adopt(loaded, true, error))
        return PACKAGE_BUSY;
    struct carrier *carrier = loaded ? package_carrier_of(loaded->device, loaded->inode) : NULL;
    if (carrier)
        return package_start(carrier, error);
    return init_run_unstamped(first, error) ? PACKAGE_STARTED : PACKAGE_FAILED;
}

void plugin_start_(struct plugin_init_ *own, struct plugin_init_ *first, struct plugin_init_ *end)
{
    size_t before = 0;
    for (struct plugin_init_ *init = first; init < end; init++)
        before += init->order != 0;
    own->order = before + 1;
    /* Every init of the module calls; by the last call, its other constructors have run. */
    if (own->order != (size_t)(end - first))
        return;
    first->end = end;
    pin(first);
    if (map_is_under_way()) {
        map_defer(first);
        return;
    }
    ERROR_AUTO error = {0}; /* what failed is remembered, and said when a plugin needs it */
    start_module(first, &error);
}

enum package_result announce_start(struct plugin_init_ *waiting, uintptr_t base,
                                   struct error *error)
{
    while (waiting) {
        struct plugin_init_ *first = waiting;
        waiting = first->next;
        ERROR_AUTO ignored = {0};
        const struct loaded *loaded = loaded_find(first, &ignored);
        if (loaded && loaded->base == base)
            continue;
        enum package_result result = start_module(first, error);
        if (result != PACKAGE_STARTED)
            return result;
    }
    return PACKAGE_STARTED;
}
