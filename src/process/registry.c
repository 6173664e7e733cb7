/* What this process has open, and what it is opening. */
#include "process/registry.h"

#include "base/hash.h"
#include "base/lock.h"
#include "gofile/go_module.h"
#include "process/map.h"

#include <stdlib.h>
#include <string.h>

/* The open plugins under one kind of key: a hash table with open addressing. */
struct index {
    struct plugin **slots;
    size_t slot_count, count;
    uint64_t (*hash)(const struct plugin *p);
};

static uint64_t hash_file(const struct plugin *p)
{
    uint64_t key[2] = {(uint64_t)p->device, (uint64_t)p->inode};
    return hash_bytes_inline(HASH_START, key, sizeof key);
}

static uint64_t hash_path(const struct plugin *p)
{
    return hash_bytes(HASH_START, p->path, strlen(p->path));
}

static uint64_t hash_of_content(const struct plugin *p)
{
    return p->content;
}

/* Guarded by sync.h's lock. */
static struct {
    struct index files, paths, contents;
    struct plugin *openings;
    bool sealed;
} registry = {
    .files = {.hash = hash_file},
    .paths = {.hash = hash_path},
    .contents = {.hash = hash_of_content},
};

static bool same_file(const struct plugin *a, const struct plugin *b)
{
    return a->device == b->device && a->inode == b->inode;
}

static bool same_path(const struct plugin *a, const struct plugin *b)
{
    return !strcmp(a->path, b->path);
}

static bool same_content(const struct plugin *a, const struct plugin *b)
{
    return a->content == b->content;
}

static struct plugin *index_find(const struct index *index, const struct plugin *key,
                                 bool (*same)(const struct plugin *, const struct plugin *))
{
    if (!index->slot_count)
        return NULL;
    for (uint64_t at = index->hash(key);; at++) {
        struct plugin *p = index->slots[at & (index->slot_count - 1)];
        if (!p || same(p, key))
            return p;
    }
}

static void index_put(struct index *index, struct plugin *p)
{
    uint64_t at = index->hash(p);
    while (index->slots[at & (index->slot_count - 1)])
        at++;
    index->slots[at & (index->slot_count - 1)] = p;
}

/* Makes room for this many, so that index_put cannot fail. */
static bool index_reserve(struct index *index, size_t count)
{
    size_t slot_count = index->slot_count ? index->slot_count : 16;
    while (slot_count < count * 2)
        slot_count *= 2;
    if (slot_count == index->slot_count)
        return true;
    struct index larger = {.slot_count = slot_count, .count = index->count, .hash = index->hash};
    larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < index->slot_count; i++)
        if (index->slots[i])
            index_put(&larger, index->slots[i]);
    free(index->slots);
    *index = larger;
    return true;
}

/* Makes room for one opening more than there are. What is open in the end must not fail any more:
 * its inits have run. */
static bool reserve_for_opening(struct error *error)
{
    size_t count = registry.files.count + 1;
    for (const struct plugin *p = registry.openings; p; p = p->next_opening)
        count++;
    return (index_reserve(&registry.files, count) && index_reserve(&registry.paths, count) &&
            index_reserve(&registry.contents, count)) ||
           error_set_no_memory(error);
}

struct plugin *registry_find_file(dev_t device, ino_t inode)
{
    struct plugin key = {.device = device, .inode = inode};
    sync_lock();
    struct plugin *p = index_find(&registry.files, &key, same_file);
    sync_unlock();
    return p;
}

struct plugin *registry_find_path(const char *path)
{
    struct plugin key = {.path = (char *)path};
    sync_lock();
    struct plugin *p = index_find(&registry.paths, &key, same_path);
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
    if (given && !has_room(given) && given->count > PATHS_PER_PLUGIN * registry.files.count)
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
        if (same_file(p, candidate))
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
    for (struct plugin *p = registry.openings; p; p = p->next_opening)
        if ((same_file(p, candidate) || same_path(p, candidate) || same_content(p, candidate)) &&
            sync_is_self(p->opener) == of_this_thread)
            return p;
    return NULL;
}

/* With the lock held: may this thread open the candidate now? *other: not yet, that thread is. */
static bool try_begin(struct plugin *candidate, struct plugin **open, struct plugin **other,
                      struct error *error)
{
    *other = NULL;
    *open = index_find(&registry.files, candidate, same_file);
    if (!*open)
        *open = index_find(&registry.paths, candidate, same_path);
    if (*open)
        return true;
    if (registry.sealed)
        return registry_set_sealed(error);
    struct plugin *copy = index_find(&registry.contents, candidate, same_content);
    if (copy)
        return set_copy(copy, error);
    struct plugin *own = find_opening(candidate, true);
    if (own)
        return same_file(own, candidate) || same_path(own, candidate) ? set_ring(candidate, error)
                                                                      : set_copy(own, error);
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
    while (*link != candidate)
        link = &(*link)->next_opening;
    *link = candidate->next_opening;
}

struct plugin *registry_end(struct plugin *candidate, bool is_open, struct error *error)
{
    struct plugin *open = NULL;
    sync_lock();
    remove_opening(candidate);
    if (is_open) {
        const struct plugin *copy = index_find(&registry.contents, candidate, same_content);
        open = index_find(&registry.files, candidate, same_file);
        if (open) {
            /* Another thread was faster. */
        } else if (copy) {
            set_copy(copy, error);
        } else {
            struct index *all[] = {&registry.files, &registry.paths, &registry.contents};
            for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
                index_put(all[i], candidate);
                all[i]->count++;
            }
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
    registry.sealed = true;
    sync_unlock();
}

bool registry_is_sealed(void)
{
    sync_lock();
    bool is_sealed = registry.sealed;
    sync_unlock();
    return is_sealed;
}
