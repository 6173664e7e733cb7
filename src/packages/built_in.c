/* SPDX-License-Identifier: MIT */
/* Plugins that are linked into this program. */
#include "packages/built_in.h"

#include "base/hash.h"
#include "base/lock.h"
#include "base/path.h"
#include "base/search.h"
#include "module/bundle.h"
#include "packages/package_table_p.h"
#include "process/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Defined by the object that `plugin bundle` makes. */
extern const char plugin_bundle_[] __attribute__((weak, visibility("default")));

static struct plugin **plugins; /* by number, NULL until it is needed; guarded by the lock */
static bool are_registered;     /* atomic */

/* Returns what is at this distance from `place`. */
static const void *bundle_at(const void *place, int64_t distance)
{
    return (const void *)((uintptr_t)place + (uintptr_t)distance);
}

static const struct format_bundle *bundle_header(void)
{
    return bundle_at(plugin_bundle_, 0);
}

static const struct format_bundled *bundle_item(uint32_t number)
{
    const struct format_bundled *first = bundle_at(plugin_bundle_, sizeof(struct format_bundle));
    return first + number;
}

static const struct format_built_in *bundle_entry(uint32_t number)
{
    return bundle_at(plugin_bundle_, bundle_item(number)->built_in);
}

static uint32_t bundle_count(void)
{
    return plugin_bundle_ ? bundle_header()->count : 0;
}

const char *built_in_name(uint32_t number)
{
    return bundle_at(bundle_entry(number), bundle_entry(number)->name);
}

static bool built_in_is_before(const void *context, size_t number)
{
    return strcmp(built_in_name((uint32_t)number), context) < 0;
}

bool built_in_find(const char *path, uint32_t *number)
{
    const char *name = path_base_name(path);
    *number = (uint32_t)search_first(bundle_count(), built_in_is_before, name);
    return *number < bundle_count() && !strcmp(built_in_name(*number), name);
}

void built_in_add_names(struct text *text)
{
    enum { NAMED_MAX = 8 };
    for (uint32_t i = 0; i < bundle_count() && i <= NAMED_MAX; i++) {
        text_add(text, i ? ", " : "; it has: ");
        text_add_escaped(text, i < NAMED_MAX ? built_in_name(i) : "...");
    }
}

/* ---- parts ---- */

/* Returns the part of a package, or of main; NULL if another plugin's copy of the package is linked
 * in. */
static const struct format_part *part_of(const struct plugin *p, uint32_t package)
{
    const struct format_bundled *own = bundle_item(p->built_in - 1);
    if (package >= own->part_count)
        return &bundle_entry(p->built_in - 1)->main;
    const int64_t *distances = bundle_at(bundle_item(bundle_header()->count), 0);
    int64_t distance = distances[own->parts + package];
    return distance ? bundle_at(plugin_bundle_, distance) : NULL;
}

/* A part whose constructors have run and that has destructors. */
struct destruction {
    const struct format_part *part;
    struct destruction *next;
};

static struct destruction *destructions; /* the last one first; guarded by the lock */

/* Runs the destructors of all parts, from the last part to the first, each in reverse order, as for
 * loaded modules (System V ABI, chapter 5). */
static void run_destructors(void)
{
    lock_acquire();
    struct destruction *next = destructions;
    destructions = NULL;
    lock_release();
    while (next) {
        struct destruction *own = next;
        void (*const *first)(void) = bundle_at(own->part, own->part->destructors);
        void (*const *end)(void) = bundle_at(own->part, own->part->destructors_end);
        while (end > first)
            (*--end)();
        next = own->next;
        free(own);
    }
}

static void register_at_exit(void)
{
    atexit(run_destructors);
}

static void destruction_add(const struct format_part *part)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct destruction *own =
        part->destructors != part->destructors_end ? malloc(sizeof *own) : NULL;
    if (!own)
        return; /* if memory runs out, destructors do not run, as after abort() */
    lock_acquire();
    *own = (struct destruction){part, destructions};
    destructions = own;
    lock_release();
    pthread_once(&once, register_at_exit);
}

void built_in_construct(const struct plugin *p, uint32_t package)
{
    static char *no_arguments[] = {NULL};
    const struct format_part *part = part_of(p, package);
    void (*const *constructor)(int, char **, char **) = bundle_at(part, part->constructors);
    void (*const *end)(int, char **, char **) = bundle_at(part, part->constructors_end);
    struct mapping mapping;
    if (constructor < end)
        map_begin_built_in(&mapping, p->path, part);
    for (; constructor < end; constructor++)
        (*constructor)(0, no_arguments, environ);
    if (part->constructors != part->constructors_end)
        map_end_built_in(&mapping);
    destruction_add(part);
}

void built_in_construct_main(struct plugin *p)
{
    uint32_t count = p->module.meta.header.packages.count;
    bool is_listed = count && package_is_main(p->carrier->packages[count - 1]);
    if (!is_listed && !p->is_constructed)
        built_in_construct(p, UINT32_MAX);
    p->is_constructed = true;
}

void (*built_in_init(const struct plugin *p, uint32_t package, uint64_t number))(void)
{
    const struct format_part *part = part_of(p, package);
    const struct plugin_init_ *records = bundle_at(part, part->inits);
    return records[number].run;
}

/* ---- symbols ---- */

static void *call_at(const struct plugin *p, uint64_t distance)
{
    void *(*address)(void) = (void *(*)(void))(p->base + (uintptr_t)distance);
    return address();
}

void *built_in_thread_local(const struct plugin_symbol *symbol)
{
    const struct plugin *p = symbol->plugin;
    return call_at(p, meta_symbol(&p->module.meta, (uint32_t)(symbol - p->symbols)).address);
}

void built_in_set_addresses(struct plugin *p)
{
    for (uint32_t i = 0; i < p->symbol_count; i++) {
        uint64_t distance = meta_symbol(&p->module.meta, i).address;
        if (p->symbols[i].kind == FORMAT_INDIRECT)
            p->symbols[i].address = call_at(p, distance);
        else if (p->symbols[i].kind != FORMAT_THREAD_LOCAL)
            p->symbols[i].address = (void *)(p->base + (uintptr_t)distance);
    }
}

/* ---- packages ---- */

/* Needs the lock. The linker has bound the plugin to one copy of each package, preferably the
 * program's. */
static void register_carrier_of(struct carrier *carrier, const struct plugin *p)
{
    for (uint32_t i = 0; i < carrier->package_count; i++) {
        struct package *own = carrier->packages[i];
        struct package *live = package_is_main(own) ? NULL : package_find_live(own->path);
        package_set_state(own, STATE_WAITING);
        if (live)
            carrier_bind(carrier, i, live);
        else if (!package_is_main(own) && part_of(p, i))
            package_make_live(own);
    }
    carrier_add(carrier);
}

static struct carrier *built_in_carrier_new(struct plugin *p, struct error *error)
{
    const struct carrier values = {.path = p->path,
                                   .device = p->device,
                                   .inode = p->inode,
                                   .base = p->base,
                                   .is_program = true,
                                   .is_plugin = true,
                                   .built_in = p,
                                   .module = &p->module};
    return carrier_new(&values, error);
}

static struct plugin *built_in_plugin_new(uint32_t number, struct error *error)
{
    struct built_in view;
    struct module module;
    const struct format_built_in *own = bundle_entry(number);
    if (!built_in_read(&view, (struct bytes){(const uint8_t *)own, own->size}, error) ||
        !built_in_read_module(&module, &view, sizeof(void *), error))
        return NULL;
    struct plugin *p = plugin_new(view.name, &module, error);
    if (!p)
        return NULL;
    p->inode = number + 1; /* on device 0, which has no files */
    p->base = (uintptr_t)own;
    p->built_in = number + 1;
    /* Unlike that of the loadable plugin with the same stamp, which is another plugin. */
    p->content = hash_bytes(module.meta.header.content, p->path, strlen(p->path));
    if (!module.meta.header.packages.count || (p->carrier = built_in_carrier_new(p, error)))
        return p;
    plugin_discard(p);
    return NULL;
}

struct plugin *built_in_plugin(uint32_t number, struct error *error)
{
    lock_acquire();
    if (!plugins)
        plugins = calloc(bundle_count(), sizeof(struct plugin *));
    struct plugin *known = plugins ? plugins[number] : NULL;
    bool is_lost = !plugins;
    lock_release();
    if (is_lost)
        error_set_no_memory(error);
    if (known || is_lost)
        return known;
    struct plugin *made = built_in_plugin_new(number, error);
    if (!made)
        return NULL;
    /* If two threads create it at once, the first one's stays. */
    lock_acquire();
    known = plugins[number];
    if (!known) {
        plugins[number] = made;
        if (made->carrier)
            register_carrier_of(made->carrier, made);
    }
    lock_release();
    if (known) {
        carrier_free(made->carrier);
        plugin_discard(made);
    }
    return known ? known : made;
}

bool built_in_program_has_marks(void)
{
    return plugin_bundle_ && bundle_header()->marks_end - bundle_header()->marks > 1;
}

bool built_in_are_registered(void)
{
    return !bundle_count() || __atomic_load_n(&are_registered, __ATOMIC_ACQUIRE);
}

bool built_in_register(struct error *error)
{
    /* In order, as the copy that is linked in is that of the first plugin. */
    for (uint32_t i = 0; i < bundle_count(); i++)
        if (bundle_item(i)->part_count && !built_in_plugin(i, error))
            return false;
    __atomic_store_n(&are_registered, true, __ATOMIC_RELEASE);
    return true;
}
