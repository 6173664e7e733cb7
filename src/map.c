/* Mapping a judged plugin into the process, by the dynamic loader. */
#include "map.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>

/* What map_plugin is about, in this thread; NULL: it is not. */
struct mapping {
    struct plugin_init_ *waiting, **last;
    struct mapping *outer;
};

static __thread struct mapping *under_way;

bool map_is_under_way(void)
{
    return under_way;
}

void map_defer(struct plugin_init_ *first)
{
    first->next = NULL;
    *under_way->last = first;
    under_way->last = &first->next;
}

static bool set_refused(struct error *error)
{
    const char *reason = dlerror();
    return error_set(error, PLUGIN_MISFIT, "the dynamic loader refuses it: %s",
                     reason ? reason : "no reason given");
}

void *map_find_address(const struct plugin_symbol *symbol)
{
    return dlsym(symbol->plugin->handle, symbol->name);
}

/* Turns addresses as linked into addresses in this process. */
static bool place_symbols(struct plugin *p, uintptr_t base, struct error *error)
{
    for (uint32_t i = 0; i < p->symbol_count; i++) {
        struct plugin_symbol *symbol = &p->symbols[i];
        uint64_t address = meta_symbol(&p->module.meta, i).address;
        if (symbol->kind == FORMAT_THREAD_LOCAL)
            continue;
        if (symbol->kind != FORMAT_INDIRECT) {
            symbol->address = (void *)(base + (uintptr_t)address);
            continue;
        }
        symbol->address = map_find_address(symbol);
        if (!symbol->address)
            return set_refused(error);
    }
    return true;
}

/* Where the module was mapped, and where its dynamic section is. The dynamic loader's own lock,
 * which ThreadSanitizer does not see, guards what it writes there. */
__attribute__((noinline, no_sanitize("thread"))) static bool
find_place(void *handle, uintptr_t *base, uintptr_t *dynamic)
{
    struct link_map *map;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
        return false;
    *base = (uintptr_t)map->l_addr;
    *dynamic = (uintptr_t)map->l_ld;
    return true;
}

bool map_plugin(struct plugin *p, const struct file *file, struct plugin_init_ **waiting,
                struct error *error)
{
    struct mapping own = {.outer = under_way};
    own.last = &own.waiting;
    under_way = &own;
    /* NODELETE: nobody can tell who still points into a plugin, so not even a dlclose by others
     * may unmap it. */
    p->handle = dlopen(p->path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    under_way = own.outer;
    *waiting = own.waiting;
    if (!p->handle)
        return set_refused(error);
    uintptr_t dynamic;
    if (!find_place(p->handle, &p->base, &dynamic))
        return set_refused(error);
    if (!file_is_still(file, p->path) || dynamic - p->base != p->module.dynamic_address)
        return error_set(error, PLUGIN_SYSTEM,
                         "the file changed while it was opened: what was mapped is not what was "
                         "judged");
    return place_symbols(p, p->base, error);
}
