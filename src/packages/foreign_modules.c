/* The modules that carry packages, or have inits, and were not opened by this library. */
#include "packages/foreign_modules.h"

#include "base/loader.h"
#include "base/lock.h"
#include "packages/built_in.h"
#include "packages/init.h"
#include "process/map.h"

#include <stdlib.h>
#include <string.h>

/* All that was announced, the last one first, and those whose inits are to run, the first one
 * first; guarded by sync.h's lock. They lie in their modules, which are never unmapped. */
static struct plugin_announced_ *announced;
static struct plugin_init_ *deferred;

/* A package of a module that is not stamped, or cannot be read. The list is guarded by the lock. */
struct unknown {
    const char *package;
    const struct loaded *module; /* NULL: it cannot be read */
    struct unknown *next;
};
static struct unknown *unknown;

/* Is this address in the plugin that is being mapped? What is known of that need not be announced.
 * Any other module is kept in memory from here on: perhaps a constructor has loaded it, and will
 * unload it. */
static bool is_known_or_pin(const void *address)
{
    if (map_is_mapping_address(address))
        return true;
    uintptr_t base, end;
    char name[PATH_MAX];
    bool is_program = !loaded_name(address, name, &base, &end);
    bool is_known = !is_program && map_recognise(name, base, end);
    /* The error is taken at once: glibc's dlopen, when it ends well after a constructor had no
     * memory for an error, writes through the mark of that (seen with 2.36). */
    if (!is_program && !is_known && !loader_open(name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE))
        loader_error();
    return is_known;
}

/* Whose copy of a package is it that this address, of one of its symbols, is in? NULL: that cannot
 * be told, because the program has taken the symbol's place (R_*_COPY). */
static bool find_owner(const struct loaded *loaded, uint32_t package, const void *address,
                       const struct loaded **owner, struct error *error)
{
    ERROR_AUTO unread = {0};
    uint32_t number;
    const char *path = meta_package(&loaded->module.meta, package).path;
    const struct loaded *other = loaded_find(address, &unread);
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    bool is_copy =
        other && other->is_program && !meta_find_package(&other->module.meta, path, &number);
    *owner = is_copy ? NULL : other ? other : loaded;
    return true;
}

/* The module whose copy of a package the module is bound to: the one whose symbols of that package
 * are found first, by everybody, or else by the plugin that brought the module along. NULL if the
 * package has no symbol that could tell. */
static bool find_bound(const struct loaded *loaded, uint32_t package, const struct plugin *bringer,
                       const struct loaded **bound, struct error *error)
{
    const struct meta *meta = &loaded->module.meta;
    *bound = loaded->is_program ? loaded : NULL; /* before which nobody is searched */
    for (uint32_t i = 0; !*bound && i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        if (shared.package != package ||
            (shared.kind != FORMAT_FUNCTION && shared.kind != FORMAT_VARIABLE))
            continue;
        const void *address = map_find_global(shared.name, NULL);
        if (!address && bringer)
            address = map_find_local(bringer, shared.name);
        if (!address || (uintptr_t)address == loaded->base + (uintptr_t)shared.address)
            *bound = loaded;
        else if (!find_owner(loaded, package, address, bound, error))
            return false;
    }
    return true;
}

struct search {
    uintptr_t base;
    bool found;
};

static void compare_base(void *context, uintptr_t base)
{
    struct search *search = context;
    search->found |= base == search->base;
}

/* Was the module brought along by the plugin? */
static bool find_bringer(const struct loaded *loaded, const struct plugin *opened,
                         const struct plugin **bringer, struct error *error)
{
    struct search search = {loaded->base, false};
    bool done = !opened || map_find_needed(opened, compare_base, &search, error);
    *bringer = search.found ? opened : NULL;
    return done;
}

/* Makes the packages of a module known, after those of the modules that it is bound to, since
 * theirs are the live copies. `bringer` is the plugin that brought it along, or NULL. */
static bool adopt(const struct loaded *loaded, const struct plugin *bringer, bool looks_further,
                  struct error *error)
{
    const struct meta *meta = &loaded->module.meta;
    uint32_t count = meta->header.packages.count, number;
    if (!count || package_carrier_of(loaded->device, loaded->inode))
        return true;
    const struct loaded **bound = calloc(count, sizeof *bound);
    bool done = bound || error_set_no_memory(error);
    for (uint32_t i = 0; done && i < count; i++) {
        done = find_bound(loaded, i, bringer, &bound[i], error);
        if (done && looks_further && bound[i] && bound[i] != loaded &&
            meta_find_package(&bound[i]->module.meta, meta_package(meta, i).path, &number))
            done = adopt(bound[i], NULL, false, error);
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

/* Makes the packages of the module that this address is in known. *loaded is NULL if the module
 * cannot be read; then it is like one that is not stamped: nothing is known of it. */
static bool adopt_at(const void *address, const struct plugin *opened, const struct loaded **loaded,
                     struct error *error)
{
    ERROR_AUTO unread = {0};
    const struct plugin *bringer;
    *loaded = loaded_find(address, &unread);
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    if (!*loaded || !(*loaded)->module.meta.header.packages.count ||
        package_carrier_of((*loaded)->device, (*loaded)->inode))
        return true;
    return find_bringer(*loaded, opened, &bringer, error) && adopt(*loaded, bringer, true, error);
}

static const struct unknown *find_unknown(const char *package)
{
    sync_lock();
    const struct unknown *found = unknown;
    while (found && strcmp(found->package, package) != 0)
        found = found->next;
    sync_unlock();
    return found;
}

bool announce_is_unknown(const char *package, const struct loaded **module)
{
    const struct unknown *found = find_unknown(package);
    *module = found ? found->module : NULL;
    return found;
}

/* Remembers what a module says of itself, if nothing else is known of it. */
static bool remember(const struct plugin_announced_ *package, const struct loaded *module,
                     struct error *error)
{
    if ((module && package_carrier_of(module->device, module->inode)) ||
        find_unknown(package->package))
        return true;
    struct unknown *made = malloc(sizeof *made);
    if (!made)
        return error_set_no_memory(error);
    sync_lock();
    *made = (struct unknown){package->package, module, unknown};
    unknown = made;
    sync_unlock();
    return true;
}

/* The program's packages come before those of its built-in plugins, and these before all others:
 * in this order its linker, and then the dynamic loader, has bound everybody. To wait until they
 * are announced would be too late: the constructors of libraries run before those of the program,
 * and C++ may have a file's inits run before its constructors. */
static bool adopt_program(struct error *error)
{
    bool end;
    ERROR_AUTO unread = {0};
    if (builtin_is_adopted())
        return true;
    const struct loaded *program = builtin_program_has_marks() ? loaded_at(0, &end, &unread) : NULL;
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    return (!program || adopt(program, NULL, false, error)) && builtin_adopt(error);
}

bool announce_adopt(const struct plugin *opened, struct error *error)
{
    struct plugin_announced_ *next;
    const struct loaded *loaded;
    if (!adopt_program(error))
        return false;
    /* Two threads may adopt one module at once; the first one's stays. To wait for the other one is
     * not possible: it may be a constructor. */
    while ((next = next_announced())) {
        if (!adopt_at(next, opened, &loaded, error) || !remember(next, loaded, error))
            return false;
        sync_lock();
        next->is_adopted = true;
        sync_unlock();
    }
    return true;
}

void plugin_announce_(struct plugin_announced_ *package)
{
    if (is_known_or_pin(package))
        return;
    sync_lock();
    package->next = announced;
    announced = package;
    sync_unlock();
}

/* ---- inits ---- */

static void defer(struct plugin_init_ *first)
{
    struct plugin_init_ **link = &deferred;
    sync_lock();
    while (*link)
        link = &(*link)->next;
    first->next = NULL;
    *link = first;
    sync_unlock();
}

static struct plugin_init_ *first_deferred(void)
{
    sync_lock();
    struct plugin_init_ *first = deferred;
    sync_unlock();
    return first;
}

/* False: another thread has taken it. */
static bool take_deferred(const struct plugin_init_ *first)
{
    struct plugin_init_ **link = &deferred;
    sync_lock();
    while (*link && *link != first)
        link = &(*link)->next;
    bool is_there = *link;
    if (is_there)
        *link = first->next;
    sync_unlock();
    return is_there;
}

/* The carrier that has these inits; NULL if it is not stamped, so that nothing is known of its
 * packages. */
static bool find_module(const struct plugin_init_ *first, const struct plugin *opened,
                        const struct carrier **carrier, struct error *error)
{
    const struct loaded *loaded;
    if (!announce_adopt(opened, error) || !adopt_at(first, opened, &loaded, error))
        return false;
    *carrier = loaded ? package_carrier_of(loaded->device, loaded->inode) : NULL;
    return true;
}

/* Starts a module that was taken. What fails in one that is stamped is remembered, and said when a
 * plugin needs it. The inits of another one run in the order of their constructors. */
static enum package_result start_module(const struct plugin_init_ *first,
                                        const struct carrier *carrier, struct error *error)
{
    ERROR_AUTO remembered = {0};
    if (!carrier) {
        const struct loaded *loaded = loaded_find(first, &remembered);
        const char *path = loaded ? loaded->path : "a file that cannot be read";
        return init_run_unstamped(first, path, error) ? PACKAGE_STARTED : PACKAGE_FAILED;
    }
    return package_start(carrier, &remembered) == PACKAGE_BUSY ? PACKAGE_BUSY : PACKAGE_STARTED;
}

bool announce_start(const struct plugin *opened, struct error *error)
{
    struct plugin_init_ *first, *busy = NULL;
    bool is_known = true, done = true;
    while (is_known && (first = first_deferred())) {
        const struct carrier *carrier = NULL;
        ERROR_AUTO later = {0};
        is_known = find_module(first, opened, &carrier, done ? error : &later);
        if (!is_known || !take_deferred(first))
            continue;
        enum package_result result = start_module(first, carrier, done ? error : &later);
        done = done && result != PACKAGE_FAILED;
        if (result != PACKAGE_BUSY)
            continue;
        first->next = busy;
        busy = first;
    }
    while (busy) {
        first = busy;
        busy = first->next;
        defer(first);
    }
    return is_known && done;
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
    if (is_known_or_pin(first))
        return;
    defer(first);
    if (map_is_mapping())
        return; /* plugin_open starts it, once it does not hold the dynamic loader's lock */
    ERROR_AUTO error = {0};
    map_begin_constructor();
    announce_start(NULL, &error);
    map_end_constructor();
}
