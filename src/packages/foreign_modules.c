/* SPDX-License-Identifier: MIT */
/* Modules that this library did not open and that contain packages or inits. */
#include "packages/foreign_modules.h"

#include "base/loader.h"
#include "base/lock.h"
#include "packages/built_in.h"
#include "packages/init.h"
#include "packages/package_table_p.h"
#include "process/map.h"

#include <stdlib.h>
#include <string.h>

/* What was announced, the last one first, and modules whose inits are deferred, in order. The
 * structs are in their modules, which are never unmapped. Guarded by the lock. */
static struct plugin_announced_ *announced;
static struct plugin_init_ *deferred;

/* A package of a module that is not stamped, or cannot be read. */
struct unknown_package {
    const char *package;
    const struct loaded *module; /* NULL: it cannot be read */
    struct unknown_package *next;
};
static struct unknown_package *unknown; /* guarded by the lock */

/* Is this address in the plugin that is being mapped, whose stamp says more than the announcement?
 * Pins any other module, as the constructor that loaded it might unload it. */
static bool is_known_or_pin(const void *address)
{
    if (map_is_mapping_address(address))
        return true;
    uintptr_t base, end;
    char name[PATH_MAX];
    bool is_program = !loaded_name(address, name, &base, &end);
    bool is_known = !is_program && map_recognise(name, base, end);
    /* Takes the error at once: if glibc runs out of memory for an error within a constructor,
     * dlopen writes through the marker for that when it succeeds (seen with 2.36). */
    if (!is_program && !is_known && !loader_open(name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE))
        loader_error();
    return is_known;
}

/* Finds the module whose copy of the package contains this address, that of one of its symbols.
 * *owner is NULL if it is unknown, because the program holds a copy relocation (R_*_COPY). */
static bool find_owner(const struct loaded *loaded, uint32_t package, const void *address,
                       const struct loaded **owner, struct error *error)
{
    ERROR_AUTO unread = {0};
    uint32_t number;
    const char *path = meta_package(&loaded->module->meta, package).path;
    const struct loaded *other = loaded_find(address, &unread);
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    if (other && other->is_program && !meta_find_package(&other->module->meta, path, &number))
        *owner = NULL;
    else
        *owner = other ? other : loaded;
    return true;
}

/* Finds the module whose copy of the package this module is bound to: the one whose symbols come
 * first in the global scope, or else in that of the plugin that brought the module along. *bound is
 * NULL if no symbol of the package shows it. */
static bool find_bound_module(const struct loaded *loaded, uint32_t package,
                              const struct plugin *bringer, const struct loaded **bound,
                              struct error *error)
{
    const struct meta *meta = &loaded->module->meta;
    *bound = loaded->is_program ? loaded : NULL; /* it comes first in the scope */
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

struct base_search {
    uintptr_t base;
    bool found;
};

static void compare_base(void *context, uintptr_t base)
{
    struct base_search *search = context;
    search->found |= base == search->base;
}

/* Returns the module as a carrier; NULL if it is not registered. */
static const struct carrier *carrier_of(const struct loaded *loaded)
{
    lock_acquire();
    const struct carrier *carrier = carrier_find(loaded->device, loaded->inode);
    lock_release();
    return carrier;
}

/* Returns the copy of the package that the module `bound` uses, or the live copy if `bound` is
 * NULL, because it is unknown. NULL if there is none, or if it is claimed. */
static struct package *find_bound_copy(const char *path, const struct loaded *bound)
{
    uint32_t number;
    struct package *package = NULL;
    const struct carrier *carrier = bound ? carrier_find(bound->device, bound->inode) : NULL;
    if (!bound)
        package = package_find_live(path);
    else if (carrier && meta_find_package(&carrier->module->meta, path, &number))
        package = carrier->packages[number];
    /* Nothing is bound to a claimed copy, which is not mapped yet. */
    return package && package->state != STATE_CLAIMED ? package : NULL;
}

/* Needs the lock. A copy that is not live has inits of its own: others have loaded its module into
 * a scope of its own. */
static void register_packages(struct carrier *carrier, const struct loaded *const *bound)
{
    for (uint32_t i = 0; i < carrier->package_count; i++) {
        struct package *own = carrier->packages[i];
        struct package *other = package_is_main(own) ? NULL : find_bound_copy(own->path, bound[i]);
        if (other) {
            carrier_bind(carrier, i, other);
            continue;
        }
        package_set_state(own, STATE_WAITING);
        /* The program may not export it, to its libraries or to plugins. It is live all the same,
         * so that plugins are refused rather than bring a second copy. */
        if (!package_is_main(own) && (carrier->is_program || !package_find_live(own->path)))
            package_make_live(own);
    }
    carrier_add(carrier);
}

/* Registers a module once. `bound[i]` is the module whose copy of package i it uses, perhaps
 * itself; NULL if unknown. */
static bool register_carrier(const struct loaded *loaded, const struct loaded *const *bound,
                             struct error *error)
{
    const struct carrier values = {.path = loaded->path,
                                   .mapped = loaded->path,
                                   .device = loaded->device,
                                   .inode = loaded->inode,
                                   .base = loaded->base,
                                   .is_program = loaded->is_program,
                                   .module = loaded->module};
    struct carrier *carrier = carrier_new(&values, error);
    if (!carrier)
        return false;
    lock_acquire();
    bool is_known = carrier_find(loaded->device, loaded->inode);
    if (!is_known)
        register_packages(carrier, bound);
    lock_release();
    if (is_known)
        carrier_free(carrier);
    return true;
}

/* Registers a module after those that it is bound to, whose copies are the live ones. `bringer` is
 * the plugin that brought it along, or NULL. */
static bool register_module(const struct loaded *loaded, const struct plugin *bringer,
                            bool with_bound, struct error *error)
{
    const struct meta *meta = &loaded->module->meta;
    uint32_t count = meta->header.packages.count, number;
    if (!count || carrier_of(loaded))
        return true;
    const struct loaded **bound = calloc(count, sizeof *bound);
    bool done = bound || error_set_no_memory(error);
    for (uint32_t i = 0; done && i < count; i++) {
        done = find_bound_module(loaded, i, bringer, &bound[i], error);
        if (done && with_bound && bound[i] && bound[i] != loaded &&
            meta_find_package(&bound[i]->module->meta, meta_package(meta, i).path, &number))
            done = register_module(bound[i], NULL, false, error);
    }
    done = done && register_carrier(loaded, bound, error);
    free(bound);
    return done;
}

static struct plugin_announced_ *announced_next(void)
{
    lock_acquire();
    struct plugin_announced_ *next = announced;
    while (next && next->is_adopted)
        next = next->next;
    lock_release();
    return next;
}

/* Registers the module that this address is in. *loaded is NULL if it cannot be read. */
static bool register_at(const void *address, const struct plugin *opened,
                        const struct loaded **loaded, struct error *error)
{
    ERROR_AUTO unread = {0};
    *loaded = loaded_find(address, &unread);
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    if (!*loaded || !(*loaded)->module->meta.header.packages.count || carrier_of(*loaded))
        return true;
    /* Did the opened plugin bring the module along? */
    struct base_search search = {(*loaded)->base, false};
    return (!opened || map_find_needed(opened, compare_base, &search, error)) &&
           register_module(*loaded, search.found ? opened : NULL, true, error);
}

static const struct unknown_package *unknown_find(const char *package)
{
    lock_acquire();
    const struct unknown_package *found = unknown;
    while (found && strcmp(found->package, package) != 0)
        found = found->next;
    lock_release();
    return found;
}

bool foreign_modules_find_unknown(const char *package, const struct loaded **module)
{
    const struct unknown_package *found = unknown_find(package);
    *module = found ? found->module : NULL;
    return found;
}

/* Remembers a package of a module that is not registered. */
static bool unknown_add(const struct plugin_announced_ *package, const struct loaded *module,
                        struct error *error)
{
    if ((module && carrier_of(module)) || unknown_find(package->package))
        return true;
    struct unknown_package *made = malloc(sizeof *made);
    if (!made)
        return error_set_no_memory(error);
    lock_acquire();
    *made = (struct unknown_package){package->package, module, unknown};
    unknown = made;
    lock_release();
    return true;
}

/* The program comes before its built-in plugins, and these before all others: its linker and the
 * dynamic loader have bound references in this order. Their announcements would come too late: the
 * constructors of libraries run before those of the program, and a C++ file's inits may run before
 * its constructors. */
static bool register_program(struct error *error)
{
    bool end;
    ERROR_AUTO unread = {0};
    if (built_in_are_registered())
        return true;
    const struct loaded *program =
        built_in_program_has_marks() ? loaded_at(0, &end, &unread) : NULL;
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    return (!program || register_module(program, NULL, false, error)) && built_in_register(error);
}

bool foreign_modules_register(const struct plugin *opened, struct error *error)
{
    struct plugin_announced_ *next;
    const struct loaded *loaded;
    if (!register_program(error))
        return false;
    /* Two threads may register one module at once; the first one's stays. This one cannot wait for
     * the other, which may be in a constructor. */
    while ((next = announced_next())) {
        if (!register_at(next, opened, &loaded, error) || !unknown_add(next, loaded, error))
            return false;
        lock_acquire();
        next->is_adopted = true;
        lock_release();
    }
    return true;
}

void plugin_announce_(struct plugin_announced_ *package)
{
    if (is_known_or_pin(package))
        return;
    lock_acquire();
    package->next = announced;
    announced = package;
    lock_release();
}

/* ---- inits ---- */

static void deferred_add(struct plugin_init_ *first)
{
    struct plugin_init_ **link = &deferred;
    lock_acquire();
    while (*link)
        link = &(*link)->next;
    first->next = NULL;
    *link = first;
    lock_release();
}

/* False if another thread has removed it. */
static bool deferred_remove(const struct plugin_init_ *first)
{
    struct plugin_init_ **link = &deferred;
    lock_acquire();
    while (*link && *link != first)
        link = &(*link)->next;
    bool is_there = *link;
    if (is_there)
        *link = first->next;
    lock_release();
    return is_there;
}

/* Registers the module that has these inits, and finds its carrier; NULL if it is not stamped. */
static bool find_init_carrier(const struct plugin_init_ *first, const struct plugin *opened,
                              const struct carrier **carrier, struct error *error)
{
    const struct loaded *loaded;
    if (!foreign_modules_register(opened, error) || !register_at(first, opened, &loaded, error))
        return false;
    *carrier = loaded ? carrier_of(loaded) : NULL;
    return true;
}

/* Runs the inits of a module. A failure in a stamped module is remembered for the plugins that need
 * it. The inits of an unstamped one run in the order of their constructors. */
static enum package_result start_module(const struct plugin_init_ *first,
                                        const struct carrier *carrier, struct error *error)
{
    ERROR_AUTO remembered = {0};
    if (!carrier) {
        const struct loaded *loaded = loaded_find(first, &remembered);
        const char *path = loaded ? loaded->path : "an unreadable file";
        return init_run_unstamped(first, path, error) ? PACKAGE_STARTED : PACKAGE_FAILED;
    }
    return package_start(carrier, &remembered) == PACKAGE_BUSY ? PACKAGE_BUSY : PACKAGE_STARTED;
}

bool foreign_modules_start(const struct plugin *opened, struct error *error)
{
    struct plugin_init_ *first, *busy = NULL;
    bool is_known = true, done = true;
    for (;;) {
        lock_acquire();
        first = deferred;
        lock_release();
        if (!is_known || !first)
            break;
        const struct carrier *carrier = NULL;
        ERROR_AUTO later = {0};
        is_known = find_init_carrier(first, opened, &carrier, done ? error : &later);
        if (!is_known || !deferred_remove(first))
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
        deferred_add(first);
    }
    return is_known && done;
}

void plugin_start_(struct plugin_init_ *own, struct plugin_init_ *first, struct plugin_init_ *end)
{
    size_t before = 0;
    for (struct plugin_init_ *init = first; init < end; init++)
        before += init->order != 0;
    own->order = before + 1;
    /* Every init of the module calls this. When the last one does, the module's other constructors
     * have run. */
    if (own->order != (size_t)(end - first))
        return;
    first->end = end;
    if (is_known_or_pin(first))
        return;
    deferred_add(first);
    if (map_is_mapping())
        return; /* plugin_open starts it without the dynamic loader's lock */
    ERROR_AUTO error = {0};
    map_begin_constructor();
    foreign_modules_start(NULL, &error);
    map_end_constructor();
}
