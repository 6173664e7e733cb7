/* SPDX-License-Identifier: MIT */
/* The Go plugins of this process, and the live copy of each package: that of the bridge, else that
 * of the plugin that was opened first. */
#include "go/plugins.h"

#include "base/loader.h"
#include "fit/fit_go.h"
#include "go/bridge_p.h"
#include "process/map.h"
#include "process/places.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum go_state {
    GO_JUDGING, /* not in memory */
    GO_MAPPING, /* perhaps in memory, with its inits running */
    GO_ENDED    /* open or failed */
};

/* A Go plugin that is open, is being opened, or has failed. */
struct go_entry {
    struct plugin *p;
    struct go_bridge *bridge;
    enum go_state state;
    bool is_placed; /* p->base is known */
    struct thread opener;
    struct go_entry *next;
};

/* A package that the bridge does not have. */
struct go_live {
    const struct go_package *package; /* of the plugin that has the live copy */
    const struct go_entry *entry;     /* that plugin's */
    const struct go_entry *starter; /* whose open runs or ran its inits: another plugin, if that of
                                       `entry` failed before them */
};

/* Guarded by the library's lock (base/lock.h), as are p->base and p->handle of a plugin that has an
 * entry. */
static struct {
    struct go_entry *entries;
    struct go_live *live; /* sorted by path */
    size_t live_count;
} go;

/* ---- packages ---- */

static int go_live_compare(const void *key, const void *item)
{
    const struct go_live *live = item;
    return strcmp(key, live->package->path);
}

static const struct go_live *go_live_find(const char *path)
{
    return go.live_count ? bsearch(path, go.live, go.live_count, sizeof *go.live, go_live_compare)
                         : NULL;
}

/* The state of a package's inits: the first 4 bytes of its init task (runtime/proc.go). */
enum go_init_state { INIT_WAITS = 0, INIT_RUNS = 1, INIT_DONE = 2 };

static uint32_t *go_live_init_task(const struct go_live *live)
{
    return (uint32_t *)(live->entry->p->base + (uintptr_t)live->package->init_task);
}

static enum go_init_state go_live_init_state(const struct go_live *live)
{
    if (!live->entry->is_placed)
        return INIT_WAITS;
    if (!live->package->init_task)
        return INIT_DONE;
    return (enum go_init_state)__atomic_load_n(go_live_init_task(live), __ATOMIC_ACQUIRE);
}

/* A failed open may leave packages whose inits have not begun. The next open that needs them runs
 * them, and later ones wait for it. */
static void go_live_take_over(struct go_live *live, const struct go_entry *entry)
{
    if (live->starter->state == GO_ENDED && go_live_init_state(live) == INIT_WAITS)
        live->starter = entry;
}

/* Makes the plugin's copies of packages live, if there is no live copy yet: merges two sorted
 * lists. */
static bool go_live_claim(const struct go_entry *entry, struct error *error)
{
    const struct go_module *module = entry->p->module.go;
    struct go_live *merged = calloc(go.live_count + module->package_count + 1, sizeof *merged);
    if (!merged)
        return error_set_no_memory(error);
    size_t count = 0, old = 0;
    for (size_t i = 0; i < module->package_count; i++) {
        const struct go_package *package = &module->packages[i];
        while (old < go.live_count && strcmp(go.live[old].package->path, package->path) < 0)
            merged[count++] = go.live[old++];
        if (old < go.live_count && !strcmp(go.live[old].package->path, package->path))
            go_live_take_over(&go.live[old], entry);
        else if (!go_module_package(entry->bridge->file.module.go, package->path))
            merged[count++] = (struct go_live){package, entry, entry};
    }
    while (old < go.live_count)
        merged[count++] = go.live[old++];
    free(go.live);
    go.live = merged;
    go.live_count = count;
    return true;
}

static void go_live_give_up(const struct go_entry *entry)
{
    size_t kept = 0;
    for (size_t i = 0; i < go.live_count; i++) {
        struct go_live *live = &go.live[i];
        if (live->entry == entry)
            continue;
        if (live->starter == entry)
            live->starter = live->entry;
        go.live[kept++] = *live;
    }
    go.live_count = kept;
}

/* Returns the init task of this package if this open has begun it and an enclosing open would run
 * it later; else NULL. */
static uint32_t *go_live_find_begun(const struct go_entry *own, const char *path)
{
    lock_acquire();
    const struct go_live *live = go_live_find(path);
    bool is_begun = live && live->starter->state != GO_ENDED && live->starter != own &&
                    go_live_init_state(live) == INIT_RUNS;
    uint32_t *task = is_begun ? go_live_init_task(live) : NULL;
    lock_release();
    return task;
}

/* After an init of this open has failed, makes enclosing opens fail when they reach the same
 * packages. */
static void go_spoil_begun(const struct go_entry *own)
{
    const struct go_module *module = own->p->module.go;
    for (size_t i = 0; i < module->package_count; i++) {
        uint32_t *task = go_live_find_begun(own, module->packages[i].path);
        if (task)
            own->bridge->table->spoil(task);
    }
}

/* ---- waiting for the inits of others ---- */

static bool go_set_cycle(const struct plugin *p, const char *package, struct error *error)
{
    return error_set(
        error, PLUGIN_INIT_FAILED,
        "package %s, which it needs, is already being initialised by this call chain: %s is being "
        "opened",
        package, p->path);
}

static bool go_set_cause(const struct plugin *p, const char *package, struct error *error)
{
    return error_set(error, PLUGIN_INIT_FAILED,
                     "package %s, which it needs, was not initialised when %s was opened: %s",
                     package, p->path, p->failure ? p->failure : "Go code is opening it");
}

/* Fails if the live copy of the package cannot be used. Sets *other to an open to wait for. */
static bool go_live_check(const struct go_live *live, const struct go_entry **other,
                          struct error *error)
{
    const struct go_entry *starter = live->starter;
    enum go_init_state state = go_live_init_state(live);
    if (state == INIT_DONE)
        return true;
    if (starter->state != GO_ENDED && !thread_is_self(starter->opener)) {
        *other = starter;
        return true;
    }
    if (state == INIT_WAITS) /* this open will run its inits */
        return true;
    return starter->state == GO_ENDED ? go_set_cause(starter->p, live->package->path, error)
                                      : go_set_cycle(starter->p, live->package->path, error);
}

static bool go_try_claim(const struct go_entry *own, const struct go_entry **other,
                         struct error *error)
{
    const struct go_module *module = own->p->module.go;
    *other = NULL;
    for (size_t i = 0; i < module->package_count && !*other; i++) {
        const struct go_live *live = go_live_find(module->packages[i].path);
        if (live && !go_live_check(live, other, error))
            return false;
    }
    return *other || go_live_claim(own, error);
}

/* Sets *base to the base of the module at this path; false if it is not mapped. */
static bool go_find_base(const char *path, uintptr_t *base)
{
    uintptr_t dynamic;
    void *handle = loader_open(path, RTLD_LAZY | RTLD_NOLOAD);
    bool found = handle && map_find_place(handle, base, &dynamic);
    if (handle)
        loader_close(handle);
    return found;
}

/* Returns the path of number `seen` of the plugins that are being mapped at unknown bases, newly
 * allocated; NULL if there is none, or if memory runs out. */
static char *go_next_unplaced(size_t seen)
{
    char *path = NULL;
    lock_acquire();
    for (const struct go_entry *entry = go.entries; entry && !path; entry = entry->next)
        if (entry->state == GO_MAPPING && !entry->is_placed && !seen--)
            path = strdup(entry->p->path);
    lock_release();
    return path;
}

/* Finds the bases of plugins that are being opened, as their inits may be running. Calls the
 * dynamic loader without the lock. */
static void go_place_openings(void)
{
    char *path;
    for (size_t missed = 0; (path = go_next_unplaced(missed)); free(path)) {
        uintptr_t base;
        if (!go_find_base(path, &base)) {
            missed++;
            continue;
        }
        lock_acquire();
        for (struct go_entry *entry = go.entries; entry; entry = entry->next)
            if (entry->state == GO_MAPPING && !entry->is_placed && !strcmp(entry->p->path, path)) {
                entry->p->base = base;
                entry->is_placed = true;
            }
        lock_release();
    }
}

static bool go_wait_for(const struct go_entry *other, struct error *error)
{
    if (!map_is_under_way() && lock_wait_shortly_for(other->opener))
        return true;
    return error_set(
        error, PLUGIN_INIT_FAILED,
        "it shares packages with %s, which is being opened by a thread that waits for this one or "
        "does not exist in this process",
        other->p->path);
}

/* Claims the packages, once all live copies that the plugin needs can be used. */
static bool go_claim_packages(const struct go_entry *own, struct error *error)
{
    const struct go_entry *other;
    bool is_claimed;
    do {
        go_place_openings();
        lock_acquire();
        is_claimed = go_try_claim(own, &other, error);
        if (is_claimed && other)
            is_claimed = go_wait_for(other, error);
        lock_release();
    } while (is_claimed && other);
    return is_claimed;
}

/* ---- the steps of an open ---- */

/* Puts the plugin's path in front of a misfit's text. Always returns false. */
static bool go_set_unbridged(const struct plugin *p, struct error *error)
{
    return error->code == PLUGIN_MISFIT && error_prefix(error, "%s does not fit: ", p->path);
}

bool go_plugin_find_bridge(struct plugin *p, const char *bridge, struct error *error)
{
    struct go_entry *own = calloc(1, sizeof *own);
    p->entry = own;
    if (!own)
        return error_set_no_memory(error);
    own->p = p;
    own->bridge = go_bridge_find(bridge, p->path, p->module.go, error);
    return own->bridge || go_set_unbridged(p, error);
}

bool go_plugin_prepare(struct plugin *p, const char *bridge, struct error *error)
{
    if (!go_plugin_find_bridge(p, bridge, error))
        return false;
    struct go_entry *own = p->entry;
    lock_acquire();
    own->opener = thread_self();
    own->next = go.entries;
    go.entries = own;
    lock_release();
    return go_claim_packages(own, error);
}

void go_plugin_judge(const struct plugin *p, struct misfits *misfits)
{
    const struct go_bridge *bridge = p->entry->bridge;
    struct go_side own = {p->module.go, p->path},
                   base = {bridge->file.module.go, bridge->file.path};
    fit_go_bridge(own, base, misfits);
    lock_acquire();
    for (const struct go_entry *entry = go.entries; entry; entry = entry->next) {
        struct go_side other = {entry->p->module.go, entry->p->path};
        if (entry != p->entry && entry->state != GO_JUDGING)
            fit_go_plugin(own, other, base, misfits);
    }
    lock_release();
}

/* Sets the symbols' addresses; for a function with a C form, that of its C function. */
static bool go_place_symbols(struct plugin *p, const struct plugin_go_bridge *bridge,
                             struct error *error)
{
    for (uint32_t i = 0; i < p->symbol_count; i++) {
        struct plugin_symbol *symbol = &p->symbols[i];
        symbol->address = (void *)(p->base + (uintptr_t)meta_symbol(&p->module.meta, i).address);
        if (symbol->kind != FORMAT_FUNCTION || !symbol->type)
            continue;
        char *why = NULL;
        symbol->address = bridge->bind(p->path, symbol->name, symbol, &why);
        if (!symbol->address) {
            error_set(error, PLUGIN_SYSTEM, "cannot make a C function for its function %s: %s",
                      symbol->name, why ? why : "out of memory");
            free(why);
            return false;
        }
    }
    return true;
}

/* Records where Go has mapped the plugin, and with that the states of its packages' inits. False if
 * it is not mapped. */
static bool go_find_place(struct plugin *p, uintptr_t *dynamic)
{
    uintptr_t base;
    p->handle = loader_open(p->path, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
    if (!p->handle || !map_find_place(p->handle, &base, dynamic))
        return false;
    lock_acquire();
    p->base = base;
    p->entry->is_placed = true;
    lock_release();
    places_add(p);
    return true;
}

/* Sets the symbols' addresses if Go has mapped the file that was judged. */
static bool go_place(struct plugin *p, const struct file *file, uintptr_t dynamic,
                     struct error *error)
{
    if (!file_is_still(file, p->path) || dynamic - p->base != p->module.dynamic_address)
        return error_set(error, PLUGIN_SYSTEM, "the file changed while it was being opened");
    return go_place_symbols(p, p->entry->bridge->table, error);
}

enum outcome go_plugin_open(struct plugin *p, const struct file *file, struct error *error)
{
    struct go_entry *own = p->entry;
    if (!go_bridge_load(&own->bridge, error)) {
        go_set_unbridged(p, error);
        return OPEN_REFUSED;
    }
    if (!file_is_still(file, p->path)) {
        error_set(error, PLUGIN_SYSTEM, "the file changed while it was being checked");
        return OPEN_REFUSED;
    }
    lock_acquire();
    assert(own->state == GO_JUDGING);
    own->state = GO_MAPPING;
    lock_release();
    bool is_init_failure = false;
    char *why = own->bridge->table->open(p->path, &is_init_failure);
    uintptr_t dynamic;
    bool is_mapped = go_find_place(p, &dynamic);
    if (why && is_init_failure) {
        error_set(error, PLUGIN_INIT_FAILED, "its init failed: %s", why);
        go_spoil_begun(own);
    } else if (why || !is_mapped) {
        error_set(error, PLUGIN_MISFIT, "%s does not fit: Go refuses it: %s", p->path,
                  why ? why : "it was not mapped");
    }
    bool is_open = !why && is_mapped && go_place(p, file, dynamic, error);
    free(why);
    if (is_open)
        return OPEN_DONE;
    /* A mapped plugin stays in memory, and Go remembers it too. */
    p->failure = is_mapped ? strdup(error_text(error)) : NULL;
    return p->failure ? OPEN_FAILED : OPEN_REFUSED;
}

void go_plugin_finish(struct plugin *p, enum outcome outcome)
{
    struct go_entry *own = p->entry, **link = &go.entries;
    if (!own)
        return;
    lock_acquire();
    assert(own->state != GO_ENDED);
    own->state = GO_ENDED;
    if (outcome == OPEN_REFUSED) {
        while (*link && *link != own)
            link = &(*link)->next;
        if (*link)
            *link = own->next;
        go_live_give_up(own);
    }
    lock_broadcast();
    lock_release();
    if (outcome != OPEN_REFUSED)
        return;
    go_bridge_free(own->bridge);
    free(own);
    p->entry = NULL;
}
