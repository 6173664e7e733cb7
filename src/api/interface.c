/* SPDX-License-Identifier: MIT */
/* Interfaces: structs of pointers that are filled from a plugin. */
#include "api/interface_p.h"

#include <stdlib.h>
#include <string.h>

/* What an interface was filled with from a plugin, which keeps it: a repeated call at the same
 * place copies it. */
struct filling {
    const struct plugin *plugin;
    const char *key; /* the name of the interface's first symbol, in the stamp that records it */
    struct filling *next; /* of the plugin; set before the filling can be found */
    size_t size;
    char image[];
};

static struct filling *filling_new(const struct wanted *wanted, const struct plugin *p, size_t size)
{
    /* The last pointer of a damaged stamp starts within the struct, and may end behind it. */
    struct filling *filling = calloc(1, sizeof *filling + size + sizeof(void *));
    if (!filling)
        return NULL;
    *filling = (struct filling){.plugin = p, .key = wanted->items[0].name, .size = size};
    for (size_t i = 0; i < wanted->member_count; i++) {
        const struct demand *demand = &wanted->items[i];
        uint32_t found = meta_symbol_by_name(&p->module.meta, demand->name);
        const void *address = found ? p->symbols[found - 1].address : NULL;
        memcpy(filling->image + demand->offset, &address, sizeof address);
    }
    return filling;
}

/* Adds the filling to those of the plugin. Two threads may add the same. */
static void filling_add(struct filling *filling, struct plugin *p)
{
    filling->next = __atomic_load_n(&p->fillings, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&p->fillings, &filling->next, filling, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        continue;
}

static struct filling *filling_find(const struct plugin *p, const char *key)
{
    struct filling *filling = __atomic_load_n(&p->fillings, __ATOMIC_ACQUIRE);
    while (filling && filling->key != key)
        filling = filling->next;
    return filling;
}

/* Fills the struct from a plugin that meets the interface. */
static bool fill(const struct wanted *wanted, struct plugin *p, const void **seen, void *filled,
                 size_t size, struct error *error)
{
    struct filling *filling = filling_find(p, wanted->items[0].name);
    if (!filling) {
        filling = filling_new(wanted, p, size);
        if (!filling)
            return error_set_no_memory(error);
        filling_add(filling, p);
    }
    memcpy(filled, filling->image, size);
    __atomic_store_n(seen, filling, __ATOMIC_RELEASE);
    return true;
}

/* Fills the struct as the last time at this place, if that was from the same plugin. */
static bool fill_again(const struct plugin *p, const void *const *seen, void *filled, size_t size)
{
    const struct filling *last = __atomic_load_n(seen, __ATOMIC_ACQUIRE);
    bool is_same = last && last->plugin == p;
    if (is_same)
        memcpy(filled, last->image, size);
    return is_same;
}

plugin *plugin_open_as_(const char *path, const struct plugin_options *options, const void *probe,
                        const void **seen, void *filled, size_t size)
{
    struct error error = {0};
    const struct filling *last = __atomic_load_n(seen, __ATOMIC_ACQUIRE);
    struct wanted wanted = {.probe = probe, .size = size, .met = last ? last->plugin : NULL};
    plugin *p = open_wanted(path, options, &wanted, __builtin_return_address(0), &error);
    memset(filled, 0, size);
    if (p && wanted.probe) /* it was not read: p is the last plugin */
        memcpy(filled, last->image, size);
    else if (p && !fill(&wanted, p, seen, filled, size, &error))
        p = NULL;
    wanted_deinit(&wanted);
    if (!p)
        error_publish(&error);
    return p;
}

bool plugin_bind_(plugin *p, const void *probe, const void **seen, void *filled, size_t size)
{
    struct error error = {0};
    struct wanted wanted = {0};
    if (p && fill_again(p, seen, filled, size))
        return true;
    memset(filled, 0, size);
    if (!p)
        return false;
    wanted.rules = type_rules(p->is_strict);
    bool is_bound = wanted_add_interface(&wanted, probe, size, &error) &&
                    wanted_judge(&wanted, p, p->path, &error) &&
                    fill(&wanted, p, seen, filled, size, &error);
    wanted_deinit(&wanted);
    if (!is_bound)
        error_publish(&error);
    return is_bound;
}
