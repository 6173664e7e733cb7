/* The Go plugins of this process, and whose copy of each package is the live one: that of the
 * bridge, else that of the plugin which was opened first. */
#include "go/plugins.h"

#include "base/loader.h"
#include "fit/fit_go.h"
#include "go/bridge.h"
#include "process/map.h"

#include <stdlib.h>
#include <string.h>

/* A Go plugin that is open, or is being opened, or has failed. */
struct go_entry {
    struct plugin *p;
    struct go_bridge *bridge;
    enum { JUDGING, MAPPING, ENDED } state; /* only what is MAPPING or ENDED may be in memory */
    bool is_placed;                         /* p->base is known */
    struct sync_thread opener;
    struct go_entry *next;
};

/* A package of which the bridge has no copy. */
struct live {
    const struct go_package *package; /* of the plugin that has the live copy */
    const struct go_entry *entry;     /* that plugin's */
    const struct go_entry *starter; /* whose open runs, or ran, its inits: another one, if that one
                                       failed before it came to them */
};

/* Guarded by sync.h's lock. Each plugin's p->base and p->handle are written with the lock held,
 * too, while others may look at them. */
static struct {
    struct go_entry *entries;
    struct live *live; /* in the order of paths */
    size_t live_count;
} go;

/* ---- packages ---- */

static const struct live *find_live(const char *path)
{
    size_t first = 0, end = go.live_count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        int order = strcmp(path, go.live[middle].package->path);
        if (!order)
            return &go.live[middle];
        if (order < 0)
            end = middle;
        else
            first = middle + 1;
    }
    return NULL;
}

/* How far the inits of a package are, as the run-time notes it in the package's first 4 bytes. */
enum init_state { INIT_WAITS = 0, INIT_RUNS = 1, INIT_DONE = 2 };

static uint32_t *init_task(const struct live *live)
{
    return (uint32_t *)(live->entry->p->base + (uintptr_t)live->package->init_task);
}

static enum init_state init_state(const struct live *live)
{
    if (!live->entry->is_placed)
        return INIT_WAITS;
    if (!live->package->init_task)
        return INIT_DONE;
    return (enum init_state)__atomic_load_n(init_task(live), __ATOMIC_ACQUIRE);
}

/* A failed open may leave packages whose inits have not begun: the next one that needs them runs
 * them, and those after it wait. */
static void take_over(struct live *live, const struct go_entry *entry)
{
    if (live->starter->state == ENDED && init_state(live) == INIT_WAITS)
        live->starter = entry;
}

/* Makes the packages live that are not yet: both lists are in order. */
static bool claim(const struct go_entry *entry, struct error *error)
{
    const struct go_module *module = entry->p->module.go;
    struct live *merged = calloc(go.live_count + module->package_count + 1, sizeof *merged);
    if (!merged)
        return error_set_no_memory(error);
    size_t count = 0, old = 0;
    for (size_t i = 0; i < module->package_count; i++) {
        const struct go_package *package = &module->packages[i];
        while (old < go.live_count && strcmp(go.live[old].package->path, package->path) < 0)
            merged[count++] = go.live[old++];
        if (old < go.live_count && !strcmp(go.live[old].package->path, package->path))
            take_over(&go.live[old], entry);
        else if (!go_module_package(entry->bridge->file.module.go, package->path))
            merged[count++] = (struct live){package, entry, entry};
    }
    while (old < go.live_count)
        merged[count++] = go.live[old++];
    free(go.live);
    go.live = merged;
    go.live_count = count;
    return true;
}

static void give_up(const struct go_entry *entry)
{
    size_t kept = 0;
    for (size_t i = 0; i < go.live_count; i++) {
        struct live *live = &go.live[i];
        if (live->entry == entry)
            continue;
        if (live->starter == entry)
            live->starter = live->entry;
        go.live[kept++] = *live;
    }
    go.live_count = kept;
}

/* The note of the inits of the package of this path, if an open around this one was to run them,
 * and this one has begun them. NULL otherwise. */
static uint32_t *find_begun(const struct go_entry *own, const char *path)
{
    sync_lock();
    const struct live *live = find_live(path);
    bool is_begun = live && live->starter->state != ENDED && live->starter != own &&
                    init_state(live) == INIT_RUNS;
    uint32_t *task = is_begun ? init_task(live) : NULL;
    sync_unlock();
    return task;
}

/* An init has failed in this open. What an open around it comes to later must fail there as well.
 */
static void spoil_begun(const struct go_entry *own)
{
    const struct go_module *module = own->p->module.go;
    for (size_t i = 0; i < module->package_count; i++) {
        uint32_t *task = find_begun(own, module->packages[i].path);
        if (task)
            own->bridge->table->spoil(task);
    }
}

/* ---- waiting for the inits of others ---- */

static bool set_ring(const struct plugin *p, const char *package, struct error *error)
{
    return error_set(error, PLUGIN_INIT_FAILED,
                     "package %s, which it needs, is being initialised by this very call chain: "
                     "%s is being opened",
                     package, p->path);
}

static bool set_cause(const struct plugin *p, const char *package, struct error *error)
{
    return error_set(error, PLUGIN_INIT_FAILED,
                     "package %s, which it needs, was not initialised when %s was opened: %s",
                     package, p->path, p->failure ? p->failure : "Go code is opening it");
}

/* Can the live copy of the package be used? *other is the opening that must end first. */
static bool check_live(const struct live *live, const struct go_entry **other, struct error *error)
{
    const struct go_entry *starter = live->starter;
    enum init_state state = init_state(live);
    if (state == INIT_DONE)
        return true;
    if (starter->state != ENDED && !sync_is_self(starter->opener)) {
        *other = starter;
        return true;
    }
    if (state == INIT_WAITS) /* the run-time will initialise it for us */
        return true;
    return starter->state == ENDED ? set_cause(starter->p, live->package->path, error)
                                   : set_ring(starter->p, live->package->path, error);
}

static bool try_begin(const struct go_entry *own, const struct go_entry **other,
                      struct error *error)
{
    const struct go_module *module = own->p->module.go;
    *other = NULL;
    for (size_t i = 0; i < module->package_count && !*other; i++) {
        const struct live *live = find_live(module->packages[i].path);
        if (live && !check_live(live, other, error))
            return false;
    }
    return *other || claim(own, error);
}

/* Where the module of this path is mapped; false: it is not. */
static bool find_base(const char *path, uintptr_t *base)
{
    uintptr_t dynamic;
    void *handle = loader_open(path, RTLD_LAZY | RTLD_NOLOAD);
    bool found = handle && map_find_place(handle, base, &dynamic);
    if (handle)
        loader_close(handle);
    return found;
}

/* The first plugin, but for those that were `seen`, that is being opened and was not found in
 * memory yet: its path, newly allocated. */
static char *next_unplaced(size_t seen)
{
    char *path = NULL;
    sync_lock();
    for (const struct go_entry *entry = go.entries; entry && !path; entry = entry->next)
        if (entry->state == MAPPING && !entry->is_placed && !seen--)
            path = strdup(entry->p->path);
    sync_unlock();
    return path;
}

/* Looks where the plugins are that are being opened: their inits may be running. The dynamic loader
 * is asked without the lock. */
static void place_openings(void)
{
    char *path;
    for (size_t missed = 0; (path = next_unplaced(missed)); free(path)) {
        uintptr_t base;
        if (!find_base(path, &base)) {
            missed++;
            continue;
        }
        sync_lock();
        for (struct go_entry *entry = go.entries; entry; entry = entry->next)
            if (entry->state == MAPPING && !entry->is_placed && !strcmp(entry->p->path, path)) {
                entry->p->base = base;
                entry->is_placed = true;
            }
        sync_unlock();
    }
}

static bool wait_for(const struct go_entry *other, struct error *error)
{
    if (!map_is_under_way() && sync_wait_shortly_for(other->opener))
        return true;
    return error_set(error, PLUGIN_INIT_FAILED,
                     "it shares packages with %s, which is being opened by a thread that waits for "
                     "this one, or that this process does not have",
                     other->p->path);
}

/* Claims the packages, once all that are live can be used. */
static bool claim_packages(const struct go_entry *own, struct error *error)
{
    const struct go_entry *other;
    bool is_claimed;
    do {
        place_openings();
        sync_lock();
        is_claimed = try_begin(own, &other, error);
        if (is_claimed && other)
            is_claimed = wait_for(other, error);
        sync_unlock();
    } while (is_claimed && other);
    return is_claimed;
}

/* ---- the steps of an open ---- */

/* The text of a misfit starts with the plugin's path. */
static bool set_unbridged(const struct plugin *p, struct error *error)
{
    return error->code == PLUGIN_MISFIT && error_prefix(error, "%s does not fit: ", p->path);
}

bool go_begin(struct plugin *p, const char *bridge, struct error *error)
{
    struct go_entry *own = calloc(1, sizeof *own);
    p->entry = own;
    if (!own)
        return error_set_no_memory(error);
    own->p = p;
    own->bridge = go_bridge_find(bridge, p->path, p->module.go, error);
    if (!own->bridge)
        return set_unbridged(p, error);
    sync_lock();
    own->opener = sync_self();
    own->next = go.entries;
    go.entries = own;
    sync_unlock();
    return claim_packages(own, error);
}

void go_judge(const struct plugin *p, struct misfits *misfits)
{
    const struct go_bridge *bridge = p->entry->bridge;
    struct go_side own = {p->module.go, p->path},
                   base = {bridge->file.module.go, bridge->file.path};
    go_judge_bridge(own, base, misfits);
    sync_lock();
    for (const struct go_entry *entry = go.entries; entry; entry = entry->next) {
        struct go_side other = {entry->p->module.go, entry->p->path};
        if (entry != p->entry && entry->state != JUDGING)
            go_judge_other(own, other, base, misfits);
    }
    sync_unlock();
}

static bool set_refused(const struct plugin *p, const char *reason, struct error *error)
{
    return error_set(error, PLUGIN_MISFIT, "%s does not fit: Go refuses it: %s", p->path, reason);
}

static void set_state(struct go_entry *entry, int state)
{
    sync_lock();
    entry->state = (__typeof__(entry->state))state;
    sync_unlock();
}

/* The symbols' addresses: a function's is that of its C function, if it has a C form. */
static bool place_symbols(struct plugin *p, const struct plugin_go_bridge *bridge,
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
            error_set(error, PLUGIN_SYSTEM, "cannot make a C function of its function %s: %s",
                      symbol->name, why ? why : "out of memory");
            free(why);
            return false;
        }
    }
    return true;
}

/* Notes where Go has mapped it, which also tells how far the inits of its packages are. False: it
 * is not in memory. */
static bool find_place(struct plugin *p, uintptr_t *dynamic)
{
    uintptr_t base;
    p->handle = loader_open(p->path, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
    if (!p->handle || !map_find_place(p->handle, &base, dynamic))
        return false;
    sync_lock();
    p->base = base;
    p->entry->is_placed = true;
    sync_unlock();
    return true;
}

/* Is what Go has opened what was judged? If so, its symbols get their addresses. */
static bool place(struct plugin *p, const struct file *file, uintptr_t dynamic, struct error *error)
{
    if (!file_is_still(file, p->path) || dynamic - p->base != p->module.dynamic_address)
        return error_set(error, PLUGIN_SYSTEM,
                         "the file changed while it was opened: what was mapped is not what was "
                         "judged");
    return place_symbols(p, p->entry->bridge->table, error);
}

static enum outcome fail(struct plugin *p, struct error *error)
{
    p->failure = strdup(error_text(error));
    return p->failure ? OPEN_FAILED : OPEN_REFUSED;
}

enum outcome go_open(struct plugin *p, const struct file *file, struct error *error)
{
    struct go_entry *own = p->entry;
    if (!go_bridge_load(&own->bridge, error)) {
        set_unbridged(p, error);
        return OPEN_REFUSED;
    }
    if (!file_is_still(file, p->path)) {
        error_set(error, PLUGIN_SYSTEM, "the file changed while it was judged");
        return OPEN_REFUSED;
    }
    set_state(own, MAPPING);
    bool is_init_failure = false;
    char *why = own->bridge->table->open(p->path, &is_init_failure);
    uintptr_t dynamic;
    bool is_mapped = find_place(p, &dynamic);
    if (why && is_init_failure) {
        error_set(error, PLUGIN_INIT_FAILED, "its init failed: %s", why);
        spoil_begun(own);
    } else if (why || !is_mapped) {
        set_refused(p, why ? why : "it is not in memory", error);
    }
    bool is_open = !why && is_mapped && place(p, file, dynamic, error);
    free(why);
    if (is_open)
        return OPEN_DONE;
    /* What is in memory stays there, and Go does not forget it either. */
    return is_mapped ? fail(p, error) : OPEN_REFUSED;
}

void go_end(struct plugin *p, enum outcome outcome)
{
    struct go_entry *own = p->entry, **link = &go.entries;
    if (!own)
        return;
    sync_lock();
    own->state = ENDED;
    if (outcome == OPEN_REFUSED) {
        while (*link && *link != own)
            link = &(*link)->next;
        if (*link)
            *link = own->next;
        give_up(own);
    }
    sync_changed();
    sync_unlock();
    if (outcome != OPEN_REFUSED)
        return;
    go_bridge_free(own->bridge);
    free(own);
    p->entry = NULL;
}
