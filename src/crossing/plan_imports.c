/* What the plugin imports from the host: functions are calls back. */
#include "crossing/plan_p.h"

#include <string.h>

/* Sets *kind to that of the host's symbol to which the import is bound, in process; false if it is
 * bound to another module's. What has a version is a library's; and of the plugin's own definitions
 * nobody else's come first in a worker. */
static bool is_of_host(const struct plan_maker *maker, const struct meta_import *import,
                       enum format_symbol_kind *kind)
{
    uint32_t index;
    if (import->package || import->is_by_definition || *import->library)
        return false;
    if (meta_find_symbol(maker->host, import->name, &index))
        *kind = meta_symbol(maker->host, index).kind;
    else if (meta_find_shared(maker->host, import->name, &index))
        *kind = meta_shared(maker->host, index).kind;
    else
        return false;
    if (import->kind)
        *kind = (enum format_symbol_kind)import->kind;
    return true;
}

static void add_import(struct plan_maker *maker, const struct meta_import *import,
                       enum format_symbol_kind kind)
{
    bool is_variable = kind == FORMAT_VARIABLE || kind == FORMAT_THREAD_LOCAL;
    struct meta_symbol symbol = {
        .name = import->name, .type = import->type, .kind = FORMAT_FUNCTION};
    if (!is_variable && import->type)
        plan_add_function(maker, &symbol);
    else if (import->is_weak)
        return; /* it may be missing, and is */
    else if (is_variable)
        misfits_add(maker->misfits, import->name, NULL,
                    "%s: isolated plugins do not support variables of the host: pass what the "
                    "plugin needs to its functions",
                    import->name);
    else
        misfits_add(maker->misfits, import->name, NULL,
                    "%s: the type by which the plugin calls this function of the host is not "
                    "recorded: compile the plugin with -g; with clang, state PLUGIN_USES(%s)",
                    import->name, import->name);
}

void plan_add_imports(struct plan_maker *maker)
{
    const struct meta *meta = &maker->plugin->meta;
    struct meta_import best = {.name = NULL};
    enum format_symbol_kind kind, best_kind = FORMAT_FUNCTION;
    for (uint32_t i = 0; i < meta->header.imports.count && plan_pay(maker, 1); i++) {
        struct meta_import import = meta_import(meta, i);
        if (!is_of_host(maker, &import, &kind))
            continue;
        bool is_other = best.name && strcmp(best.name, import.name) != 0;
        if (is_other)
            add_import(maker, &best, best_kind);
        /* Files of the plugin may import one function each: that which has a type says most. */
        if (!best.name || is_other || !best.type) {
            best = import;
            best_kind = kind;
        }
    }
    if (best.name)
        add_import(maker, &best, best_kind);
}
