/* Starting packages: each is initialised once, after those that it imports. */
#include "base/lock.h"
#include "packages/built_in.h"
#include "packages/init.h"
#include "packages/package_table.h"
#include "process/map.h"

#include <string.h>

static enum package_result start(struct package *package, struct error *error);

static enum package_result start_imports(const struct package *package, struct error *error)
{
    const struct carrier *carrier = package->carrier;
    const struct meta *meta = &carrier->module->meta;
    for (uint32_t i = 0; i < meta_package(meta, package->number).dependency_count; i++) {
        const char *path = meta_dependency(meta, package->number, i);
        uint32_t number;
        sync_lock();
        struct package *import = meta_find_package(meta, path, &number) ? carrier->packages[number]
                                                                        : copies_find_live(path);
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
            copies_set_state(package, RUNNING);
            package->thread = sync_self();
            return true;
        case DONE:
            return false;
        case FAILED:
            *result = PACKAGE_FAILED;
            copies_set_failed(package, error);
            return false;
        default:
            if (map_is_under_way() || !sync_wait_for(package->thread)) {
                *result = PACKAGE_BUSY;
                copies_set_busy(package,
                                package->state == CLAIMED ? "being loaded" : "being initialised",
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
    /* The constructors of a file have run when it was mapped. */
    if (result == PACKAGE_STARTED && package->carrier->built_in)
        builtin_construct(package->carrier->built_in, package->number);
    if (result == PACKAGE_STARTED && !init_run(package->carrier, package->number, error))
        result = PACKAGE_FAILED;
    sync_lock();
    copies_set_state(package, result == PACKAGE_STARTED  ? DONE
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
    for (uint32_t i = 0; result == PACKAGE_STARTED && i < copies_count(carrier->module); i++)
        result = start(carrier->packages[i], error);
    return result;
}

/* ---- the modules that a plugin needs ---- */

struct needed_start {
    const struct plugin *plugin;
    enum package_result result;
    struct error *error;
};

static void start_needed(void *context, uintptr_t base)
{
    struct needed_start *state = context;
    const struct carrier *carrier = copies_find_at(base);
    if (!carrier || carrier == state->plugin->carrier || state->result != PACKAGE_STARTED)
        return;
    state->result = package_start(carrier, state->error);
    if (state->result != PACKAGE_STARTED)
        error_prefix(state->error, "it needs %s: ", carrier->path);
}

enum package_result package_start_needed(const struct plugin *p, struct error *error)
{
    struct needed_start state = {p, PACKAGE_STARTED, error};
    if (!copies_any_unfinished(p->carrier) || map_find_needed(p, start_needed, &state, error))
        return state.result;
    return PACKAGE_BUSY;
}
