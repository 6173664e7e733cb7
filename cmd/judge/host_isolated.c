/* SPDX-License-Identifier: MIT */
/* Could the host open the plugin in a process of its own? Judged from files. */
#include "judge/host_process.h"

#include "src/crossing/isolation.h"
#include "src/libraries/handed.h"

#include <assert.h>
#include <stdlib.h>

static const struct module *host_carrier(void *context, const char *package)
{
    const struct host_process *process = context;
    const struct library *carrier = host_process_find_carrier(&process->host.libraries, package);
    return carrier ? carrier->module : NULL;
}

/* Lists what the plugin's process would map: the libraries, then the plugin. */
static bool list_modules(struct mapped_modules *modules, struct mapped_module *items,
                         const struct subject *subject, struct error *error)
{
    const struct libraries *libraries = &subject->libraries;
    size_t count, *order = calloc(libraries->count, sizeof *order);
    bool done =
        order ? handed_order(libraries, false, order, &count, error) : error_set_no_memory(error);
    for (size_t i = 0; done && i < count; i++) {
        const struct library *library = &libraries->items[order[i]];
        items[modules->count++] = (struct mapped_module){library->path, library->module};
    }
    if (done)
        items[modules->count++] =
            (struct mapped_module){libraries->items[0].path, &subject->module};
    free(order);
    return done;
}

bool host_process_judge_isolated(struct host_process *process, struct misfits *misfits,
                                 struct error *error)
{
    assert(process->plugin_count);
    const struct subject *subject = &process->plugins[process->plugin_count - 1];
    struct mapped_module *items = calloc(subject->libraries.count, sizeof *items);
    struct mapped_modules modules = {
        .items = items, .host_carrier = host_carrier, .context = process};
    if (!items)
        return error_set_no_memory(error);
    struct plan *plan = list_modules(&modules, items, subject, error)
                            ? isolation_plan(&modules, &process->host.module, misfits, error)
                            : NULL;
    free(items);
    free(plan);
    return plan;
}
