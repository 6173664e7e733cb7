/* What this process has open, and what it is opening. */
#include "process/registry.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/lock.h"
#include "base/table.h"
#include "gofile/go_module.h"
#include "process/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Guarded by the lock of base/lock.h. */
static struct {
    struct plugin **items; /* the open plugins, each complete */
    size_t count, capacity;
    struct table files, paths, contents; /* their numbers, by each kind of key */
    struct plugin *openings;             /* the last one first */
    bool is_sealed;
} registry;

static uint32_t hash_file(dev_t device, ino_t inode)
{
    uint64_t key[2] = {(uint64_t)device, (uint64_t)inode};
    return (uint32_t)hash_bytes_inline(HASH_START, key, sizeof key);
}

static uint32_t hash_path(const char *path)
{
    return (uint32_t)hash_bytes(HASH_START, path, strlen(path));
}

static bool is_file(const struct plugin *p, dev_t device, ino_t inode)
{
    return p->device == device && p->inode == inode;
}

static struct plugin *find_file(dev_t device, ino_t inode)
{
    assert(sync_is_held());
    struct table_probe probe = {.hash = hash_file(device, inode)};
    for (uint32_t item; table_next(&registry.files, &probe, &item);)
        if (is_file(registry.items[item], device, inode))
            return registry.items[item];
    return NULL;
}

static struct plugin *find_path(const char *path)
{
    assert(sync_is_held());
    struct table_probe probe = {.hash = hash_path(path)};
    for (uint32_t item; table_next(&registry.paths, &probe, &item);)
        if (!strcmp(registry.items[item]->path, path))
            return registry.items[item];
    return NULL;
}

static struct plugin *find_content(uint64_t content)
{
    assert(sync_is_held());
    struct table_probe probe = {.hash = (uint32_t)content};
    for (uint32_t item; table_next(&registry.contents, &probe, &item);)
        if (registry.items[item]->content == content)
            return registry.items[item];
    return NULL;
}

/* Makes room for one opening more than there are. What is open in the end must not fail any more:
 * its inits have run. */
static bool reserve_for_opening(struct error *error)
{
    size_t count = registry.count;
    for (const struct plugin *p = registry.openings; p; p = p->next_opening)
        count++;
    struct plugin **items =
        array_grow(NULL, registry.items, count, &registry.capacity, sizeof *items);
    if (items)
        registry.items = items;
    return (items && table_reserve(&registry.files, NULL, count + 1) &&
            table_reserve(&registry.paths, NULL, count + 1) &&
            table_reserve(&registry.contents, NULL, count + 1)) ||
           error_set_no_memory(error);
}

/* There is room for it. */
static void add(struct plugin *p)
{
    assert(sync_is_held() && registry.count < registry.capacity);
    assert(p->path && p->module.is_stamped && (p->handle || p->built_in || p->failure));
    uint32_t item = (uint32_t)registry.count++;
    registry.items[item] = p;
    table_add(&registry.files, hash_file(p->device, p->inode), item);
    table_add(&registry.paths, hash_path(p->path), item);
    table_add(&registry.contents, (uint32_t)p->content, item);
}

struct plugin *registry_find_file(dev_t device, ino_t inode)
{
    sync_lock();
    struct plugin *p = find_file(device, inode);
    sync_unlock();
    return p;
}

struct plugin *registry_find_path(const char *path)
{
    sync_lock();
    struct plugin *p = find_path(path);
    sync_unlock();
    return p;
}

/* ---- paths as they were given ---- */

/* A host may know a plugin by some paths, not by ever more of them: then they are forgotten. */
enum { PATHS_PER_PLUGIN = 4 };

/* Hashes of paths, with open addressing; 0: empty. */
struct path_set {
    const struct path_set *smaller; /* the one before: somebody may be reading it still */
    size_t slot_count, count;
    uint64_t slots[]; /* written with sync.h's lock held, and read without: a hint needs no lock */
};

/* The paths by which plugins were opened; NULL: none yet. Replaced with sync.h's lock held, and
 * read without. */
static struct path_set *given;

/* The number of the slot that has this path, or of an empty one for it. */
static size_t path_slot(const struct path_set *set, uint64_t hash)
{
    for (size_t at = (size_t)hash & (set->slot_count - 1);; at = (at + 1) & (set->slot_count - 1)) {
        uint64_t slot = __atomic_load_n(&set->slots[at], __ATOMIC_RELAXED);
        if (!slot || slot == hash)
            return at;
    }
}

static void put_path(struct path_set *set, uint64_t hash)
{
    size_t at = path_slot(set, hash);
    set->count += !set->slots[at];
    __atomic_store_n(&set->slots[at], hash, __ATOMIC_RELAXED);
}

static void forget_paths(struct path_set *set)
{
    for (size_t i = 0; i < set->slot_count; i++)
        __atomic_store_n(&set->slots[i], 0, __ATOMIC_RELAXED);
    set->count = 0;
}

/* Twice as large. Without memory for it, it stays as it is. */
static void grow_paths(void)
{
    size_t slot_count = given ? 2 * given->slot_count : 16;
    struct path_set *larger = calloc(1, sizeof *larger + slot_count * sizeof *larger->slots);
    if (!larger)
        return;
    larger->smaller = given;
    larger->slot_count = slot_count;
    for (size_t i = 0; given && i < given->slot_count; i++)
        if (given->slots[i])
            put_path(larger, given->slots[i]);
    __atomic_store_n(&given, larger, __ATOMIC_RELEASE);
}

static uint64_t hash_given(const char *path)
{
    uint64_t hash = hash_bytes_inline(HASH_START, path, strlen(path));
    return hash ? hash : 1;
}

bool registry_has_led(const char *path)
{
    const struct path_set *set = __atomic_load_n(&given, __ATOMIC_ACQUIRE);
    uint64_t hash = hash_given(path);
    return set && __atomic_load_n(&set->slots[path_slot(set, hash)], __ATOMIC_RELAXED) == hash;
}

/* At least half of the slots stay empty. */
static bool has_room(const struct path_set *set)
{
    return set && 2 * (set->count + 1) <= set->slot_count;
}

void registry_note_path(const char *path)
{
    uint64_t hash = hash_given(path);
    sync_lock();
    if (given && !has_room(given) && given->count > PATHS_PER_PLUGIN * registry.count)
        forget_paths(given);
    else if (!has_room(given))
        grow_paths();
    if (has_room(given))
        put_path(given, hash);
    sync_unlock();
}

/* ---- openings ---- */

/* The chain of plugins that this thread is opening, each from within the one before. */
static bool set_ring(const struct plugin *candidate, struct error *error)
{
    error_set(error, PLUGIN_INIT_FAILED, "it is being opened by this very call chain: ");
    /* The list has the last one first. */
    TEXT_AUTO chain = {0};
    for (const struct plugin *p = registry.openings; p; p = p->next_opening) {
        if (!sync_is_self(p->opener))
            continue;
        struct text longer = {0};
        text_add_escaped(&longer, p->path);
        text_add(&longer, " opens %s", text_chars(&chain));
        text_free(&chain);
        chain = longer;
        if (is_file(p, candidate->device, candidate->inode))
            break;
    }
    text_add(&error->text, "%s", text_chars(&chain));
    text_add_escaped(&error->text, candidate->path);
    return false;
}

static bool set_copy(const struct plugin *original, struct error *error)
{
    if (original->module.go)
        return error_set(error, PLUGIN_ALREADY_LOADED,
                         "%s, which is open, is the same plugin to Go: both have the path %s; "
                         "plugins of different sources need modules, or -ldflags=-pluginpath=PATH, "
                         "of different paths",
                         original->path, original->module.go->plugin_path);
    return error_set(error, PLUGIN_ALREADY_LOADED, "it is a byte copy of %s, which is open",
                     original->path);
}

bool registry_set_sealed(struct error *error)
{
    return error_set(error, PLUGIN_SEALED, "plugin_seal was called: no plugin is opened any more");
}

/* The opening under way that stands in this candidate's way, or NULL. */
static struct plugin *find_opening(const struct plugin *candidate, bool of_this_thread)
{
    assert(sync_is_held());
    for (struct plugin *p = registry.openings; p; p = p->next_opening)
        if ((is_file(p, candidate->device, candidate->inode) || !strcmp(p->path, candidate->path) ||
             p->content == candidate->content) &&
            sync_is_self(p->opener) == of_this_thread)
            return p;
    return NULL;
}

/* With the lock held: may this thread open the candidate now? *other: not yet, that thread is. */
static bool try_begin(struct plugin *candidate, struct plugin **open, struct plugin **other,
                      struct error *error)
{
    *other = NULL;
    *open = find_file(candidate->device, candidate->inode);
    if (!*open)
        *open = find_path(candidate->path);
    if (*open)
        return true;
    if (registry.is_sealed)
        return registry_set_sealed(error);
    const struct plugin *copy = find_content(candidate->content);
    if (copy)
        return set_copy(copy, error);
    const struct plugin *own = find_opening(candidate, true);
    if (own &&
        (is_file(own, candidate->device, candidate->inode) || !strcmp(own->path, candidate->path)))
        return set_ring(candidate, error);
    if (own)
        return set_copy(own, error);
    /* Code that dlopen runs holds the dynamic loader's lock, which the other thread may be waiting
     * for: to wait for that thread would be for ever. Mapping the plugin a second time is harmless;
     * registry_end keeps the one that came first. */
    *other = find_opening(candidate, false);
    if (!*other || !map_is_under_way())
        return true;
    *other = NULL;
    return (!candidate->built_in && map_may_be_twice()) ||
           error_set(error, PLUGIN_INIT_FAILED,
                     "it is being opened by another thread, for which a constructor must not wait");
}

bool registry_begin(struct plugin *candidate, struct plugin **open, struct error *error)
{
    struct plugin *other;
    bool allowed;
    sync_lock();
    while ((allowed = try_begin(candidate, open, &other, error)) && other) {
        if (sync_wait_for(other->opener))
            continue;
        allowed = error_set(error, PLUGIN_INIT_FAILED,
                            sync_is_lost(other->opener)
                                ? "it was being opened by a thread that this process, a fork, does "
                                  "not have"
                                : "it is being opened by another thread, which waits for this one: "
                                  "the inits of plugins open each other");
        break;
    }
    if (allowed && !*open)
        allowed = reserve_for_opening(error);
    if (allowed && !*open) {
        candidate->opener = sync_self();
        candidate->next_opening = registry.openings;
        registry.openings = candidate;
    }
    sync_unlock();
    return allowed;
}

static void remove_opening(struct plugin *candidate)
{
    struct plugin **link = &registry.openings;
    while (*link != candidate) {
        assert(*link);
        link = &(*link)->next_opening;
    }
    *link = candidate->next_opening;
}

struct plugin *registry_end(struct plugin *candidate, bool is_open, struct error *error)
{
    struct plugin *open = NULL;
    sync_lock();
    remove_opening(candidate);
    if (is_open) {
        const struct plugin *copy = find_content(candidate->content);
        open = find_file(candidate->device, candidate->inode); /* by a faster thread */
        if (!open && copy) {
            set_copy(copy, error);
        } else if (!open) {
            add(candidate);
            open = candidate;
        }
    }
    sync_changed();
    sync_unlock();
    return open;
}

void registry_seal(void)
{
    sync_lock();
    registry.is_sealed = true;
    sync_unlock();
}

bool registry_is_sealed(void)
{
    sync_lock();
    bool is_sealed = registry.is_sealed;
    sync_unlock();
    return is_sealed;
}
