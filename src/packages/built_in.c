/* The plugins that are linked into this program. */
#include "packages/built_in.h"

#include "base/hash.h"
#include "base/lock.h"
#include "module/bundle.h"
#include "packages/package_table.h"
#include "process/map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `plugin bundle` defines it, in what the program is linked with. */
extern const char plugin_bundle_[] __attribute__((weak, visibility("default")));

/* What is known of them. The lock is sync.h's. */
static struct plugin **plugins; /* by number, NULL until it is needed; guarded by the lock */
static bool is_adopted;         /* read and written atomically */

/* What this distance from `place` is. */
static const void *at(const void *place, int64_t distance)
{
    return (const void *)((uintptr_t)place + (uintptr_t)distance);
}

static const struct format_bundle *header(void)
{
    return at(plugin_bundle_, 0);
}

static const struct format_bundled *bundled(uint32_t number)
{
    const struct format_bundled *first = at(plugin_bundle_, sizeof(struct format_bundle));
    return first + number;
}

static const struct format_built_in *entry(uint32_t number)
{
    return at(plugin_bundle_, bundled(number)->built_in);
}

static uint32_t count(void)
{
    return plugin_bundle_ ? header()->count : 0;
}

const char *builtin_name(uint32_t number)
{
    return at(entry(number), entry(number)->name);
}

bool builtin_find(const char *path, uint32_t *number)
{
    uint32_t low = 0, high = count();
    if (!high)
        return false;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(builtin_name(middle), name);
        if (order == 0) {
            *number = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

void builtin_add_names(struct text *text)
{
    enum { NAMED_MAX = 8 };
    for (uint32_t i = 0; i < count() && i <= NAMED_MAX; i++) {
        text_add(text, i ? ", " : "; it has: ");
        text_add_escaped(text, i < NAMED_MAX ? builtin_name(i) : "...");
    }
}

/* ---- parts ---- */

/* The struct that says what the package's files, or those of main, left to be run; NULL: another
 * plugin's copy of the package is linked in. */
static const struct format_part *part_of(const struct plugin *p, uint32_t package)
{
    const struct format_bundled *own = bundled(p->built_in - 1);
    if (package >= own->part_count)
        return &entry(p->built_in - 1)->main;
    const int64_t *distances = at(bundled(header()->count), 0);
    int64_t distance = distances[own->parts + package];
    return distance ? at(plugin_bundle_, distance) : NULL;
}

/* A part that has destructors, and was constructed. */
struct destruction {
    const struct format_part *part;
    struct destruction *next;
};

static struct destruction *destructions; /* the last one first; guarded by the lock */

/* Runs those of all parts, the last part first, and each one's in the reverse order, as those of
 * loaded modules are (System V ABI, chapter 5). */
static void destroy(void)
{
    sync_lock();
    struct destruction *next = destructions;
    destructions = NULL;
    sync_unlock();
    while (next) {
        struct destruction *own = next;
        void (*const *first)(void) = at(own->part, own->part->destructors);
        void (*const *end)(void) = at(own->part, own->part->destructors_end);
        while (end > first)
            (*--end)();
        next = own->next;
        free(own);
    }
}

static void register_at_exit(void)
{
    atexit(destroy);
}

static void register_destruction(const struct format_part *part)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct destruction *own =
        part->destructors != part->destructors_end ? malloc(sizeof *own) : NULL;
    if (!own)
        return; /* without memory they do not run, as after abort() */
    sync_lock();
    *own = (struct destruction){part, destructions};
    destructions = own;
    sync_unlock();
    pthread_once(&once, register_at_exit);
}

void builtin_construct(const struct plugin *p, uint32_t package)
{
    static char *no_arguments[] = {NULL};
    const struct format_part *part = part_of(p, package);
    void (*const *constructor)(int, char **, char **) = at(part, part->constructors);
    void (*const *end)(int, char **, char **) = at(part, part->constructors_end);
    struct mapping mapping;
    if (constructor < end)
        map_begin_built_in(&mapping, p->path, part);
    for (; constructor < end; constructor++)
        (*constructor)(0, no_arguments, environ);
    if (part->constructors != part->constructors_end)
        map_end_built_in(&mapping);
    register_destruction(part);
}

void builtin_construct_main(struct plugin *p)
{
    uint32_t count = copies_count(&p->module);
    bool is_listed = count && copies_is_main(p->carrier->packages[count - 1]);
    if (!is_listed && !p->is_constructed)
        builtin_construct(p, UINT32_MAX);
    p->is_constructed = true;
}

void (*builtin_init(const struct plugin *p, uint32_t package, uint64_t number))(void)
{
    const struct format_part *part = part_of(p, package);
    const struct plugin_init_ *records = at(part, part->inits);
    return records[number].run;
}

/* ---- symbols ---- */

static void *call(const struct plugin *p, uint64_t distance)
{
    void *(*address)(void) = (void *(*)(void))(p->base + (uintptr_t)distance);
    return address();
}

void *builtin_thread_local(const struct plugin_symbol *symbol)
{
    const struct plugin *p = symbol->plugin;
    return call(p, meta_symbol(&p->module.meta, (uint32_t)(symbol - p->symbols)).address);
}

void builtin_place(struct plugin *p)
{
    for (uint32_t i = 0; i < p->symbol_count; i++) {
        uint64_t distance = meta_symbol(&p->module.meta, i).address;
        if (p->symbols[i].kind == FORMAT_INDIRECT)
            p->symbols[i].address = call(p, distance);
        else if (p->symbols[i].kind != FORMAT_THREAD_LOCAL)
            p->symbols[i].address = (void *)(p->base + (uintptr_t)distance);
    }
}

/* ---- packages ---- */

/* With the lock held: which copy of each of its packages the plugin is bound to was settled when
 * the program was linked, in favour of the program's own. */
static void add_carrier(struct carrier *carrier, const struct plugin *p)
{
    for (uint32_t i = 0; i < copies_count(carrier->module); i++) {
        struct package *own = carrier->packages[i];
        struct package *live = copies_is_main(own) ? NULL : copies_find_live(own->path);
        copies_set_state(own, WAITING);
        if (live)
            copies_use_live(carrier, i, live);
        else if (!copies_is_main(own) && part_of(p, i))
            copies_make_live(own);
    }
    copies_add(carrier);
}

static struct carrier *make_carrier(struct plugin *p, struct error *error)
{
    const struct carrier values = {.path = p->path,
                                   .device = p->device,
                                   .inode = p->inode,
                                   .base = p->base,
                                   .is_program = true,
                                   .built_in = p,
                                   .module = &p->module};
    return copies_make(&values, error);
}

static void free_plugin(struct plugin *p)
{
    module_free(&p->module);
    free(p->path);
    free(p);
}

static struct plugin *make_plugin(uint32_t number, struct error *error)
{
    struct built_in view;
    const struct format_built_in *own = entry(number);
    struct plugin *p = calloc(1, sizeof *p);
    char *path = strdup(builtin_name(number));
    if (!p || !path) {
        free(p);
        free(path);
        error_set_no_memory(error);
        return NULL;
    }
    /* No file is on device 0. */
    *p = (struct plugin){
        .path = path, .inode = number + 1, .base = (uintptr_t)own, .built_in = number + 1};
    if (built_in_read(&view, (struct bytes){(const uint8_t *)own, own->size}, error) &&
        built_in_read_module(&p->module, &view, sizeof(void *), error)) {
        /* Its loadable twin is another plugin. */
        p->content = hash_bytes(p->module.meta.header.content, path, strlen(path));
        if (!copies_count(&p->module) || (p->carrier = make_carrier(p, error)))
            return p;
    }
    free_plugin(p);
    return NULL;
}

/* With the lock held. */
static bool make_table(struct error *error)
{
    if (!plugins)
        plugins = calloc(count(), sizeof(struct plugin *));
    return plugins ? true : error_set_no_memory(error);
}

struct plugin *builtin_plugin(uint32_t number, struct error *error)
{
    sync_lock();
    struct plugin *known = make_table(error) ? plugins[number] : NULL;
    bool is_lost = !plugins;
    sync_unlock();
    if (known || is_lost)
        return known;
    struct plugin *made = make_plugin(number, error);
    if (!made)
        return NULL;
    /* Two threads may make it at once; the first one's stays. */
    sync_lock();
    known = plugins[number];
    if (!known) {
        plugins[number] = made;
        if (made->carrier)
            add_carrier(made->carrier, made);
    }
    sync_unlock();
    if (known) {
        copies_discard(made->carrier);
        free_plugin(made);
    }
    return known ? known : made;
}

bool builtin_program_has_marks(void)
{
    return plugin_bundle_ && header()->marks_end - header()->marks > 1;
}

bool builtin_is_adopted(void)
{
    return !count() || __atomic_load_n(&is_adopted, __ATOMIC_ACQUIRE);
}

bool builtin_adopt(struct error *error)
{
    /* The copy of a package that is linked in is that of the first one that carries it. */
    for (uint32_t i = 0; i < count(); i++)
        if (bundled(i)->part_count && !builtin_plugin(i, error))
            return false;
    __atomic_store_n(&is_adopted, true, __ATOMIC_RELEASE);
    return true;
}
