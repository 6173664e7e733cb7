/* SPDX-License-Identifier: MIT */
/* Upgrades while the program runs: is a plugin's file still what was opened? Retiring a plugin. */
#include "api/current_p.h"
#include "api/isolated_p.h"
#include "module/content.h"
#include "module/unstamped.h"
#include "packages/init.h"
#include "process/registry.h"

/* Reads the module, as the plugin's was read. */
static bool current_read(const struct plugin *p, struct file *file, struct module *module,
                         struct arena *arena, struct error *error)
{
    if (!module_read(module, file, arena, error))
        return false;
    if (!p->module.is_untyped || module_make_stamp(module, file, arena, error))
        return true;
    module_deinit(module);
    return false;
}

bool current_judge(const struct plugin *p, const char *path, struct error *error)
{
    struct stat status;
    struct module module;
    FILE_AUTO file = FILE_NONE;
    ARENA_AUTO arena = {0};
    uint64_t loaded = 0;
    if (stat(path, &status) == 0 && plugin_is_unchanged(p, &status))
        return true;
    if (!file_open(&file, path, error) || !current_read(p, &file, &module, &arena, error))
        return false;
    bool is_same = module.is_stamped && plugin_content(&module) == plugin_content(&p->module);
    bool is_read = !is_same || content_hash(&module, &file, &loaded, error);
    module_deinit(&module);
    return is_read && ((is_same && loaded == p->loaded) ||
                       error_set(error, PLUGIN_ALREADY_LOADED,
                                 "its file was replaced by that of another plugin"));
}

bool plugin_is_current(const plugin *p)
{
    struct error error = {0};
    if (!p)
        return false;
    if (p->built_in || current_judge(p, p->path, &error))
        return true;
    error_prefix(&error, "plugin %s is not current: ", p->path);
    error_publish(&error);
    return false;
}

static bool retire_check(const struct plugin *p, struct error *error)
{
    const char *what = p->built_in                    ? "a built-in plugin is part of the program"
                       : p->module.go && !p->isolated ? "Go does not load a plugin again"
                       : p->is_program                ? "it is the program"
                                                      : NULL;
    if (what)
        return error_set(error, PLUGIN_UNSUPPORTED, "%s", what);
    return !p->isolated || isolated_may_retire(p, error);
}

bool plugin_retire(plugin *p)
{
    struct error error = {0};
    struct thread_cancel cancel;
    if (!p)
        return false;
    thread_defer_cancel(&cancel);
    enum registry_retired result =
        retire_check(p, &error) ? registry_retire(p, &error) : REGISTRY_NOT_RETIRED;
    bool has_failed = result == REGISTRY_RETIRED && p->isolated && !isolated_retire(p, &error);
    if (result == REGISTRY_RETIRED && !p->isolated && !p->failure)
        init_run_retires(p);
    thread_restore_cancel(&cancel);
    if (result != REGISTRY_NOT_RETIRED && !has_failed)
        return true;
    error_prefix(&error,
                 has_failed ? "plugin %s was retired, but " : "cannot retire plugin %s: ", p->path);
    error_publish(&error);
    return false;
}
