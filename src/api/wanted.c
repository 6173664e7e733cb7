/* SPDX-License-Identifier: MIT */
/* What one open, or plugin_bind, demands of a plugin. */
#include "api/interface_p.h"
#include "base/path.h"
#include "packages/package.h"

#include <assert.h>
#include <stdlib.h>

static struct demand *wanted_reserve(struct wanted *wanted, size_t count, struct error *error)
{
    struct demand *items =
        reallocarray(wanted->items, wanted->count + count + 1, sizeof *wanted->items);
    if (!items) {
        error_set_no_memory(error);
        return NULL;
    }
    wanted->items = items;
    return items + wanted->count;
}

/* Returns what a message calls the module: as the judgement of imports does. */
static const char *wanted_label(const struct loaded *module)
{
    return module->is_program ? "host" : path_base_name(module->path);
}

bool wanted_add_interface(struct wanted *wanted, const void *probe, size_t size,
                          struct error *error)
{
    struct format_probe found;
    const struct loaded *host = probe_find(probe, "interface", &found, error);
    if (!host)
        return false;
    const struct module *module = host->module;
    uint32_t number = found.interface - 1;
    if (!found.interface || meta_interface(&module->meta, number).size != size)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "the stamp of %s does not record this interface; run: plugin stamp %s",
                         host->path, host->path);
    uint32_t count = meta_interface(&module->meta, number).member_count;
    struct demand *added = wanted_reserve(wanted, count, error);
    if (!added)
        return false;
    wanted->path = host->path;
    for (uint32_t i = 0; i < count; i++) {
        added[i] = demand_of(module, wanted_label(host), number, i);
        assert(added[i].offset < size);
    }
    wanted->count += count;
    wanted->member_count = count;
    return true;
}

bool wanted_read(struct wanted *wanted, struct error *error)
{
    const void *probe = wanted->probe;
    wanted->probe = NULL;
    return !probe || wanted_add_interface(wanted, probe, wanted->size, error);
}

bool wanted_add_expected(struct wanted *wanted, const struct plugin_expect *expect,
                         struct error *error)
{
    for (size_t i = 0; expect && expect[i].name; i++) {
        struct format_probe found;
        struct demand *added = wanted_reserve(wanted, 1, error);
        const struct loaded *host =
            added ? probe_find(expect[i].probe, "type of PLUGIN_EXPECT", &found, error) : NULL;
        if (!host)
            return false;
        *added = (struct demand){.interface = "",
                                 .name = expect[i].name,
                                 .module = host->module,
                                 .label = wanted_label(host),
                                 .hash = found.hash,
                                 .type = found.type};
        wanted->path = host->path;
        wanted->count++;
    }
    return true;
}

void wanted_deinit(struct wanted *wanted)
{
    free(wanted->items);
    *wanted = (struct wanted){0};
}

struct demands wanted_demands(const struct wanted *wanted, const struct plugin *p)
{
    return (struct demands){.items = wanted->items,
                            .count = wanted->count,
                            .rules = wanted->rules,
                            .path = wanted->path,
                            .is_elsewhere = package_is_elsewhere,
                            .elsewhere_context = p};
}

bool wanted_judge(const struct wanted *wanted, const struct plugin *p, const char *path,
                  struct error *error)
{
    MISFITS_AUTO misfits = {0};
    if (!demands_judge(&misfits, wanted_demands(wanted, p), &p->module, error))
        return false;
    return !misfits.count || misfits_refuse(&misfits, path, wanted->path, error);
}
