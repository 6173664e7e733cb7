/* The plugins that this process has open, and those that it is opening. */
#include "process/registry.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/lock.h"
#include "base/table.h"
#include "gofile/go_module.h"
#include "process/map.h"

#include <assert.h>
#include <string.h>

/* Guarded by the lock of base/lock.h. */
static struct {
    struct plugin **items; /* the open plugins, each complete */
    size_t count, capacity;
    struct table files, paths, contents; /* the numbers of the items */
    struct plugin *openings;             /* the last one first */
    bool is_sealed;
} registry;

static uint32_t registry_hash_file(dev_t device, ino_t inode)
{
    uint64_t key[2] = {(uint64_t)device, (uint64_t)inode};
    return (uint32_t)hash_bytes_inline(HASH_START, key, sizeof key);
}

static uint32_t registry_hash_path(const char *path)
{
    return (uint32_t)hash_bytes(HASH_START, path, strlen(path));
}

static bool plugin_is_file(const struct plugin *p, dev_t device, ino_t inode)
{
    return p->device == device && p->inode == inode;
}

static struct plugin *registry_get_file(dev_t device, ino_t inode)
{
    assert(lock_is_held());
    struct table_probe probe = {.hash = registry_hash_file(device, inode)};
    for (uint32_t item; table_next(&registry.files, &probe, &item);)
        if (plugin_is_file(registry.items[item], device, inode))
            return registry.items[item];
    return NULL;
}

static struct plugin *registry_get_path(const char *path)
{
    assert(lock_is_held());
    struct table_probe probe = {.hash = registry_hash_path(path)};
    for (uint32_t item; table_next(&registry.paths, &probe, &item);)
        if (!strcmp(registry.items[item]->path, path))
            return registry.items[item];
    return NULL;
}

static struct plugin *registry_get_content(uint64_t content)
{
    assert(lock_is_held());
    struct table_probe probe = {.hash = (uint32_t)content};
    for (uint32_t item; table_next(&registry.contents, &probe, &item);)
        if (registry.items[item]->content == content)
            return registry.items[item];
    return NULL;
}

/* Reserves room for one more plugin, as an open must not fail after its inits have run. */
static bool registry_reserve(struct error *error)
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

/* registry_reserve has made room. */
static void registry_add(struct plugin *p)
{
    assert(lock_is_held() && registry.count < registry.capacity);
    assert(p->path && p->module.is_stamped && (p->handle || p->built_in || p->failure));
    uint32_t item = (uint32_t)registry.count++;
    registry.items[item] = p;
    table_add(&registry.files, registry_hash_file(p->device, p->inode), item);
    table_add(&registry.paths, registry_hash_path(p->path), item);
    table_add(&registry.contents, (uint32_t)p->content, item);
}

struct plugin *registry_find_file(dev_t device, ino_t inode)
{
    lock_acquire();
    struct plugin *p = registry_get_file(device, inode);
    lock_release();
    return p;
}

struct plugin *registry_find_path(const char *path)
{
    lock_acquire();
    struct plugin *p = registry_get_path(path);
    lock_release();
    return p;
}

/* ---- openings ---- */

/* Sets the error that shows the chain of plugins that this thread is opening, each from within the
 * one before. */
static bool registry_set_ring(const struct plugin *candidate, struct error *error)
{
    error_set(error, PLUGIN_INIT_FAILED, "this call chain is already opening it: ");
    /* The list has the last one first. */
    TEXT_AUTO chain = {0};
    for (const struct plugin *p = registry.openings; p; p = p->next_opening) {
        if (!thread_is_self(p->opener))
            continue;
        struct text longer = {0};
        text_add_escaped(&longer, p->path);
        text_add(&longer, " opens %s", text_chars(&chain));
        text_free(&chain);
        chain = longer;
        if (plugin_is_file(p, candidate->device, candidate->inode))
            break;
    }
    text_add(&error->text, "%s", text_chars(&chain));
    text_add_escaped(&error->text, candidate->path);
    return false;
}

static bool registry_set_copy(const struct plugin *original, struct error *error)
{
    if (original->module.go)
        return error_set(
            error, PLUGIN_ALREADY_LOADED,
            "Go treats it as the same plugin as %s, which is open: both have the path %s; "
            "build it from a module with another path, or with "
            "-ldflags=-pluginpath=PATH",
            original->path, original->module.go->plugin_path);
    return error_set(error, PLUGIN_ALREADY_LOADED, "it is a byte copy of %s, which is open",
                     original->path);
}

bool registry_set_sealed(struct error *error)
{
    return error_set(error, PLUGIN_SEALED, "plugin_seal was called: no more plugins can be opened");
}

/* Returns the opening of the same file, path or content, by this or by another thread; NULL if
 * there is none. */
static struct plugin *registry_find_opening(const struct plugin *candidate, bool of_this_thread)
{
    assert(lock_is_held());
    for (struct plugin *p = registry.openings; p; p = p->next_opening)
        if ((plugin_is_file(p, candidate->device, candidate->inode) ||
             !strcmp(p->path, candidate->path) || p->content == candidate->content) &&
            thread_is_self(p->opener) == of_this_thread)
            return p;
    return NULL;
}

/* May this thread open the candidate now? Sets *other if it must wait for that opening first. */
static bool registry_try_begin(struct plugin *candidate, struct plugin **open,
                               struct plugin **other, struct error *error)
{
    *other = NULL;
    *open = registry_get_file(candidate->device, candidate->inode);
    if (!*open)
        *open = registry_get_path(candidate->path);
    if (*open)
        return true;
    if (registry.is_sealed)
        return registry_set_sealed(error);
    const struct plugin *copy = registry_get_content(candidate->content);
    if (copy)
        return registry_set_copy(copy, error);
    const struct plugin *own = registry_find_opening(candidate, true);
    if (own && (plugin_is_file(own, candidate->device, candidate->inode) ||
                !strcmp(own->path, candidate->path)))
        return registry_set_ring(candidate, error);
    if (own)
        return registry_set_copy(own, error);
    /* Code that dlopen runs holds the dynamic loader's lock. The other thread may wait for that
     * lock, so waiting for the thread could deadlock. Mapping the plugin a second time is harmless;
     * registry_end keeps the first one. */
    *other = registry_find_opening(candidate, false);
    if (!*other || !map_is_under_way())
        return true;
    *other = NULL;
    return (!candidate->built_in && map_may_be_twice()) ||
           error_set(
               error, PLUGIN_INIT_FAILED,
               "another thread is opening it; waiting for that in a constructor would deadlock");
}

bool registry_begin(struct plugin *candidate, struct plugin **open, struct error *error)
{
    struct plugin *other;
    bool allowed;
    lock_acquire();
    while ((allowed = registry_try_begin(candidate, open, &other, error)) && other) {
        if (lock_wait_for(other->opener))
            continue;
        const char *lost = thread_lost_reason(other->opener);
        allowed = lost ? error_set(error, PLUGIN_INIT_FAILED, "it was being opened by %s", lost)
                       : error_set(error, PLUGIN_INIT_FAILED,
                                   "another thread is opening it, and waits for this one: the "
                                   "plugins' inits open each other");
        break;
    }
    if (allowed && !*open)
        allowed = registry_reserve(error);
    if (allowed && !*open) {
        candidate->opener = thread_self();
        candidate->next_opening = registry.openings;
        registry.openings = candidate;
    }
    lock_release();
    return allowed;
}

static void registry_remove_opening(struct plugin *candidate)
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
    lock_acquire();
    registry_remove_opening(candidate);
    if (is_open) {
        const struct plugin *copy = registry_get_content(candidate->content);
        open = registry_get_file(candidate->device,
                                 candidate->inode); /* that a faster thread has opened */
        if (!open && copy) {
            registry_set_copy(copy, error);
        } else if (!open) {
            registry_add(candidate);
            open = candidate;
        }
    }
    lock_broadcast();
    lock_release();
    return open;
}

void registry_seal(void)
{
    lock_acquire();
    registry.is_sealed = true;
    lock_release();
}

bool registry_is_sealed(void)
{
    lock_acquire();
    bool is_sealed = registry.is_sealed;
    lock_release();
    return is_sealed;
}
