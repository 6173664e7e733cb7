/* SPDX-License-Identifier: MIT */
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

/* Plugins, each complete, that are found by their files and paths. */
struct plugins {
    struct plugin **items;
    size_t count, capacity;
    struct table files, paths; /* the numbers of the items */
};

/* Guarded by the lock of base/lock.h. */
static struct {
    struct plugins open;
    struct table contents; /* the numbers of the open ones */
    /* What the dynamic loader has mapped for plugins that are open no more: their files, and of
     * those of one path only the first. */
    struct plugins former;
    struct plugin *openings; /* the last one first */
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
    struct plugin **items = registry.open.items;
    struct table_probe probe = {.hash = registry_hash_file(device, inode)};
    for (uint32_t item; table_next(&registry.open.files, &probe, &item);)
        if (plugin_is_file(items[item], device, inode))
            return items[item];
    return NULL;
}

static struct plugin *plugins_get_path(const struct plugins *plugins, const char *path)
{
    assert(lock_is_held());
    struct table_probe probe = {.hash = registry_hash_path(path)};
    for (uint32_t item; table_next(&plugins->paths, &probe, &item);)
        if (!strcmp(plugins->items[item]->path, path))
            return plugins->items[item];
    return NULL;
}

static struct plugin *registry_get_content(uint64_t content)
{
    assert(lock_is_held());
    struct plugin **items = registry.open.items;
    struct table_probe probe = {.hash = (uint32_t)content};
    for (uint32_t item; table_next(&registry.contents, &probe, &item);)
        if (items[item]->content == content)
            return items[item];
    return NULL;
}

/* Returns the open plugin with the candidate's file or path, or NULL. */
static struct plugin *registry_get_known(const struct plugin *candidate)
{
    struct plugin *known = registry_get_file(candidate->device, candidate->inode);
    return known ? known : plugins_get_path(&registry.open, candidate->path);
}

static bool plugins_reserve(struct plugins *plugins, size_t count)
{
    struct plugin **items =
        array_grow(NULL, plugins->items, count, &plugins->capacity, sizeof *items);
    if (items)
        plugins->items = items;
    return items && table_reserve(&plugins->files, NULL, count + 1) &&
           table_reserve(&plugins->paths, NULL, count + 1);
}

/* Reserves room for one more plugin, as an open must not fail after its inits have run. */
static bool registry_reserve(struct error *error)
{
    size_t count = registry.open.count;
    for (const struct plugin *p = registry.openings; p; p = p->next_opening)
        count++;
    return (plugins_reserve(&registry.open, count) &&
            table_reserve(&registry.contents, NULL, count + 1)) ||
           error_set_no_memory(error);
}

/* registry_reserve has made room. */
static void registry_add(struct plugin *p)
{
    struct plugins *open = &registry.open;
    assert(lock_is_held() && open->count < open->capacity);
    assert(p->path && p->module.is_stamped &&
           (p->handle || p->built_in || p->isolated || p->failure));
    uint32_t item = (uint32_t)open->count++;
    open->items[item] = p;
    table_add(&open->files, registry_hash_file(p->device, p->inode), item);
    table_add(&open->paths, registry_hash_path(p->path), item);
    table_add(&registry.contents, (uint32_t)p->content, item);
}

/* Removes the item with this number from the tables of the open plugins. */
static void registry_remove_from_tables(uint32_t item)
{
    const struct plugin *p = registry.open.items[item];
    table_remove(&registry.open.files, registry_hash_file(p->device, p->inode), item);
    table_remove(&registry.open.paths, registry_hash_path(p->path), item);
    table_remove(&registry.contents, (uint32_t)p->content, item);
}

/* Removes a plugin from the open ones; the last of these takes its place. */
static void registry_remove(uint32_t item)
{
    struct plugins *open = &registry.open;
    struct plugin *last = open->items[open->count - 1];
    registry_remove_from_tables(item);
    if (item != open->count - 1)
        registry_remove_from_tables((uint32_t)(open->count - 1));
    open->count--;
    if (item == open->count)
        return;
    open->items[item] = last;
    table_add(&open->files, registry_hash_file(last->device, last->inode), item);
    table_add(&open->paths, registry_hash_path(last->path), item);
    table_add(&registry.contents, (uint32_t)last->content, item);
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
    struct plugin *p = plugins_get_path(&registry.open, path);
    lock_release();
    return p;
}

/* ---- former plugins ---- */

/* Needs the lock. */
static enum registry_retired registry_make_former(struct plugin *p, struct error *error)
{
    struct plugins *former = &registry.former, *open = &registry.open;
    uint32_t item = 0;
    assert(lock_is_held());
    while (item < open->count && open->items[item] != p)
        item++;
    if (p->is_retired)
        return REGISTRY_WAS_RETIRED;
    if (item == open->count) {
        error_set(error, PLUGIN_UNSUPPORTED, "it is still being opened, or its open failed");
        return REGISTRY_NOT_RETIRED;
    }
    if (!plugins_reserve(former, former->count)) {
        error_set_no_memory(error);
        return REGISTRY_NOT_RETIRED;
    }
    bool is_path_known = plugins_get_path(former, p->path);
    registry_remove(item);
    p->is_retired = true;
    item = (uint32_t)former->count++;
    former->items[item] = p;
    table_add(&former->files, registry_hash_file(p->mapped_device, p->mapped_inode), item);
    if (!is_path_known)
        table_add(&former->paths, registry_hash_path(p->path), item);
    return REGISTRY_RETIRED;
}

enum registry_retired registry_retire(struct plugin *p, struct error *error)
{
    lock_acquire();
    enum registry_retired result = registry_make_former(p, error);
    lock_release();
    return result;
}

/* Needs the lock. */
static enum registry_former plugins_find_former(const struct plugins *former,
                                                const struct plugin *p)
{
    struct table_probe probe = {.hash = registry_hash_file(p->mapped_device, p->mapped_inode)};
    for (uint32_t item; table_next(&former->files, &probe, &item);)
        if (former->items[item]->mapped_device == p->mapped_device &&
            former->items[item]->mapped_inode == p->mapped_inode)
            return FORMER_FILE;
    return plugins_get_path(former, p->path) ? FORMER_PATH : FORMER_NONE;
}

enum registry_former registry_find_former(const struct plugin *p)
{
    lock_acquire();
    enum registry_former found =
        registry.former.count ? plugins_find_former(&registry.former, p) : FORMER_NONE;
    lock_release();
    return found;
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

/* Is it of Go's run-time in this process? Of an isolated one, the content is what is loaded. */
static bool registry_is_of_go(const struct plugin *p)
{
    return p->module.go && p->content != p->loaded;
}

static bool registry_set_copy(const struct plugin *original, struct error *error)
{
    if (registry_is_of_go(original))
        return error_set(
            error, PLUGIN_ALREADY_LOADED,
            "Go treats it as the same plugin as %s, which is open: both have the path %s; "
            "build it from a module with another path, or with "
            "-ldflags=-pluginpath=PATH",
            original->path, original->module.go->plugin_path);
    return error_set(error, PLUGIN_ALREADY_LOADED, "it is a byte copy of %s, which is open",
                     original->path);
}

bool registry_set_replaced(const struct plugin *known, struct error *error)
{
    const char *what = registry_is_of_go(known)
                           ? "Go cannot load another one: restart the program"
                           : "retire the open plugin (plugin_retire), or restart the program";
    return error_set(error, PLUGIN_ALREADY_LOADED,
                     "the file of the plugin that is open, %s, was replaced by another one; %s",
                     known->path, what);
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

static bool registry_is_same(const struct plugin *known, const struct plugin *candidate)
{
    return known->content == candidate->content ||
           (known->module.go && candidate->module.go && known->loaded == candidate->loaded);
}

/* Sets *open to the open plugin with the candidate's file or path, or to NULL. Fails if that has
 * another content; one whose init failed then gives way. */
static bool registry_check_known(const struct plugin *candidate, struct plugin **open,
                                 struct error *error)
{
    struct plugin *known = registry_get_known(candidate);
    bool is_same = !known || registry_is_same(known, candidate);
    *open = is_same ? known : NULL;
    if (is_same)
        return true;
    return known->failure && !known->module.go
               ? registry_make_former(known, error) != REGISTRY_NOT_RETIRED
               : registry_set_replaced(known, error);
}

/* May this thread open the candidate now? Sets *other if it must wait for that opening first. */
static bool registry_try_begin(struct plugin *candidate, struct plugin **open,
                               struct plugin **other, struct error *error)
{
    *other = NULL;
    if (!registry_check_known(candidate, open, error))
        return false;
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

bool registry_judge(const struct plugin *candidate, struct plugin **open, struct error *error)
{
    bool allowed = true;
    lock_acquire();
    struct plugin *known = registry_get_known(candidate);
    *open = known && registry_is_same(known, candidate) ? known : NULL;
    if (!known)
        known = registry_get_content(candidate->content);
    if (!*open && registry.is_sealed)
        allowed = registry_set_sealed(error);
    else if (!*open && known && registry_is_of_go(known))
        allowed = known->content == candidate->content ? registry_set_copy(known, error)
                                                       : registry_set_replaced(known, error);
    lock_release();
    return allowed;
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

/* ---- for debuggers ---- */

/* Where a debugger finds the plugins, also without debug information of this library: gdb/plugin.py
 * reads it by this very layout, of which it knows one version. */
extern const struct plugin_debug_ plugin_debug_;
PLUGIN_API __attribute__((used)) const struct plugin_debug_ {
    uint32_t version, symbol_size; /* of a plugin_symbol, in bytes */
    const struct plugins *open, *former;
    struct plugin *const *openings;
    /* Offsets in struct plugins, in struct plugin, and in struct plugin_symbol. */
    uint32_t items, count;
    uint32_t path, next_opening, base, start, end, symbols, symbol_count, isolated, built_in, entry,
        failure;
    uint32_t address, plugin, name, decl;
} plugin_debug_ = {
    .version = 1,
    .symbol_size = sizeof(struct plugin_symbol),
    .open = &registry.open,
    .former = &registry.former,
    .openings = &registry.openings,
    .items = offsetof(struct plugins, items),
    .count = offsetof(struct plugins, count),
    .path = offsetof(struct plugin, path),
    .next_opening = offsetof(struct plugin, next_opening),
    .base = offsetof(struct plugin, base),
    .start = offsetof(struct plugin, memory.start),
    .end = offsetof(struct plugin, memory.end),
    .symbols = offsetof(struct plugin, symbols),
    .symbol_count = offsetof(struct plugin, symbol_count),
    .isolated = offsetof(struct plugin, isolated),
    .built_in = offsetof(struct plugin, built_in),
    .entry = offsetof(struct plugin, entry),
    .failure = offsetof(struct plugin, failure),
    .address = offsetof(struct plugin_symbol, address),
    .plugin = offsetof(struct plugin_symbol, plugin),
    .name = offsetof(struct plugin_symbol, name),
    .decl = offsetof(struct plugin_symbol, decl),
};
