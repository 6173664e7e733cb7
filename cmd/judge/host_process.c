/* SPDX-License-Identifier: MIT */
/* The process that would run a host, derived from files. */
#include "judge/host_process.h"

#include "common/cmd.h"
#include "src/base/array.h"
#include "src/fit/fit_go.h"
#include "src/module/unstamped.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- files ---- */

/* Reads the file, its dynamic tables and its libraries; with makes_stamp, makes a stamp if it has
 * none. Call subject_deinit in any case. */
static bool subject_init(struct subject *subject, const char *path, bool makes_stamp,
                         libraries_is_loaded *is_loaded, void *context, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    subject->path = path;
    subject->libraries.arena = &subject->arena;
    return file_open(&file, path, error) &&
           module_read(&subject->module, &file, &subject->arena, error) &&
           (!makes_stamp || module_make_stamp(&subject->module, &file, &subject->arena, error)) &&
           module_read_dynamic(&subject->dynamic, &subject->module, &file, &subject->arena,
                               error) &&
           libraries_read(&subject->libraries, path, &subject->module, &subject->dynamic, is_loaded,
                          context, error);
}

static void subject_deinit(struct subject *subject)
{
    libraries_deinit(&subject->libraries);
    module_deinit(&subject->module);
    arena_deinit(&subject->arena);
}

/* Reads the interface files, except the one that stands for the host. */
static bool host_process_read_interfaces(struct host_process *process, struct error *error)
{
    const struct words *paths = process->interface_files;
    size_t first = process->is_unknown ? 1 : 0, count = paths ? paths->count : 0;
    if (count <= first)
        return true;
    process->files = calloc(count - first, sizeof *process->files);
    if (!process->files)
        return error_set_no_memory(error);
    for (size_t i = first; i < count; i++) {
        struct module *module = &process->files[process->file_count];
        if (!cmd_read_module(module, paths->items[i], &process->arena, error))
            return false;
        process->file_count++;
        if (!host_interfaces_add_file(&process->interfaces, module, paths->items[i], error))
            return false;
    }
    return true;
}

bool host_process_init(struct host_process *process, const char *path, size_t plugin_count,
                       struct error *error)
{
    struct subject *host = &process->host;
    process->cache.arena = &process->arena;
    host->libraries.cache = &process->cache;
    process->is_unknown = !path;
    if (!path)
        path = process->interface_files->items[0];
    process->plugins = calloc(plugin_count, sizeof *process->plugins);
    process->plugin_capacity = plugin_count;
    bool done = (process->plugins || error_set_no_memory(error)) &&
                subject_init(host, path, false, NULL, NULL, error);
    /* A library that cannot be read may define anything. */
    if (done && host->libraries.missing_count) {
        const struct missing_library *missing = &host->libraries.missing[0];
        done = error_set(error, PLUGIN_NOT_FOUND, "library %s, needed by %s: %s", missing->name,
                         missing->needer, missing->reason ? missing->reason : "out of memory");
    }
    process->interfaces.path = path;
    process->interfaces.rules = type_rules(process->is_strict || process->is_isolated);
    done = (done && host_interfaces_find(&process->interfaces, &host->libraries, error) &&
            cmd_read_built_ins(&process->built_ins, &host->module, path, error)) ||
           error_prefix(error, "cannot read the host %s: ", path);
    return done && host_process_read_interfaces(process, error);
}

void host_process_deinit(struct host_process *process)
{
    for (size_t i = 0; process->plugins && i < process->plugin_capacity; i++)
        subject_deinit(&process->plugins[i]);
    free(process->plugins);
    free(process->reused);
    for (size_t i = 0; i < process->file_count; i++)
        module_deinit(&process->files[i]);
    free(process->files);
    arena_deinit(&process->arena);
    host_interfaces_deinit(&process->interfaces);
    bundle_file_free(&process->built_ins);
    subject_deinit(&process->host);
    go_bridge_file_deinit(&process->bridge);
}

/* ---- definitions, packages and libraries of the process ---- */

static struct provider host_process_provider(const struct host_process *process,
                                             const struct library *library)
{
    return (struct provider){.path = library->path,
                             .is_host = library == process->host.libraries.items,
                             .module = library->module->is_stamped ? library->module : NULL};
}

/* Returns the first of the host's libraries whose stamp has this variable; the host if none has. */
static const struct library *host_process_find_definer(const struct libraries *libraries,
                                                       const char *name)
{
    for (size_t i = 1; i < libraries->count; i++)
        if (module_kind(libraries->items[i].module, name) == FORMAT_VARIABLE)
            return &libraries->items[i];
    return libraries->items;
}

bool host_process_find_symbol(void *context, const char *name, const char *version, uint32_t kind,
                              bool *found, struct provider *provider, struct error *error)
{
    (void)error;
    const struct host_process *process = context;
    const struct libraries *libraries = &process->host.libraries;
    struct dynamic_symbol symbol;
    struct dynamic_name own = dynamic_name(name);
    const struct library *library = libraries_find_name(libraries, own, version);
    for (size_t i = 0; !library && i < process->reused_count; i++)
        if (dynamic_may_define(&process->reused[i]->dynamic, own) &&
            dynamic_find_name(&process->reused[i]->dynamic, own, version, &symbol))
            library = process->reused[i];
    for (size_t i = 0; !library && i < process->plugin_count; i++)
        if (process->plugins[i].is_global)
            library = libraries_find_name(&process->plugins[i].libraries, own, version);
    /* The program may hold a copy of a library's variable (R_*_COPY). */
    if (library == libraries->items && kind == FORMAT_VARIABLE &&
        !module_kind(library->module, name))
        library = host_process_find_definer(libraries, name);
    *found = library || process->is_unknown;
    if (library)
        *provider = host_process_provider(process, library);
    else if (process->is_unknown)
        *provider = (struct provider){.path = "the host", .is_host = true};
    return true;
}

const struct library *host_process_find_carrier(const struct libraries *libraries,
                                                const char *package)
{
    uint32_t index;
    for (size_t i = 0; i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        if (library->module->is_stamped &&
            meta_find_package(&library->module->meta, package, &index))
            return library;
    }
    return NULL;
}

bool host_process_find_package(void *context, const char *package, bool *found,
                               struct provider *provider, struct error *error)
{
    (void)error;
    const struct host_process *process = context;
    const struct subject *host = &process->host;
    const struct library *carrier = host_process_find_carrier(&host->libraries, package);
    const struct bundle_file_plugin *built_in =
        process->is_isolated || carrier == host->libraries.items
            ? NULL
            : bundle_file_find_carrier(&process->built_ins, package);
    if (built_in) {
        const char *name = meta_find_package_symbol(&built_in->module.meta, package);
        struct dynamic_symbol symbol;
        bool is_exported = !name || dynamic_find(&host->dynamic, name, NULL, &symbol);
        *found = true;
        *provider = (struct provider){.path = built_in->name,
                                      .is_host = true,
                                      .is_unexported = !is_exported,
                                      .module = &built_in->module};
        return true;
    }
    for (size_t i = 0; !carrier && !process->is_isolated && i < process->plugin_count; i++)
        carrier = host_process_find_carrier(&process->plugins[i].libraries, package);
    *found = carrier != NULL;
    if (carrier)
        *provider = host_process_provider(process, carrier);
    return true;
}

static bool host_process_is_elsewhere(const void *context, const char *package)
{
    ERROR_AUTO ignored = {0};
    struct provider provider;
    bool is_found = false;
    host_process_find_package((void *)context, package, &is_found, &provider, &ignored);
    return is_found;
}

/* Does an earlier plugin have the library? If so, adds it to those that the judged plugin reuses.
 */
static bool host_process_reuse(struct host_process *process, const char *name)
{
    const struct library *library = NULL;
    for (size_t i = 0; !library && i < process->plugin_count; i++)
        library = host_process_find_library(&process->plugins[i].libraries, name);
    if (!library)
        return false;
    for (size_t i = 0; i < process->reused_count; i++)
        if (process->reused[i] == library)
            return true;
    const struct library **reused =
        array_add(NULL, process->reused, process->reused_count, process->reused_capacity);
    if (reused)
        *reused = library;
    return reused;
}

static bool host_process_is_loaded(void *context, const char *name)
{
    struct host_process *process = context;
    size_t known = process->reused_count;
    if (process->is_isolated)
        return host_process_has_isolated(process, name);
    if (host_process_find_library(&process->host.libraries, name))
        return true;
    if (!host_process_reuse(process, name))
        return false;
    /* The libraries that it needs come with it. */
    for (; known < process->reused_count; known++) {
        const char *needed;
        for (size_t i = 0; (needed = dynamic_needed(&process->reused[known]->dynamic, i)); i++)
            host_process_reuse(process, needed);
    }
    return true;
}

/* ---- the judgement ---- */

/* Reads the bridge that a process of the host would load: once, but for isolated plugins. */
static bool host_process_read_bridge(struct host_process *process, const struct subject *subject,
                                     struct error *error)
{
    if (process->bridge.path && !process->is_isolated)
        return true;
    TEXT_AUTO directory = {0};
    cmd_add_library_directory(&directory);
    const char *paths = process->bridge_path ? process->bridge_path : getenv("PLUGIN_GO_BRIDGE");
    go_bridge_file_deinit(&process->bridge);
    return fit_go_read_bridge(&process->bridge, paths, text_chars(&directory),
                              (struct go_side){subject->module.go, subject->path}, NULL, error);
}

/* Compares a Go plugin's packages with those of the bridge and the open plugins. */
static bool host_process_judge_go(struct host_process *process, const struct subject *subject,
                                  struct misfits *misfits, struct error *error)
{
    if (!subject->module.go || !subject->module.go->is_plugin)
        return true;
    if (!host_process_read_bridge(process, subject, error))
        return false;
    struct go_side own = {subject->module.go, subject->path};
    struct go_side bridge = {process->bridge.module.go, process->bridge.path};
    fit_go_bridge(own, bridge, misfits);
    for (size_t i = 0; i < process->plugin_count; i++) {
        struct go_side other = {process->plugins[i].module.go, process->plugins[i].path};
        if (other.module)
            fit_go_plugin(own, other, bridge, misfits);
    }
    return true;
}

static bool host_process_allows_executable_stack(void *context)
{
    const struct host_process *process = context;
    return process->allows_executable_stack ||
           elf_needs_executable_stack(&process->host.module.elf);
}

/* Judges a plugin that was read. For another machine, even a file that is not a plugin is a
 * misfit; its types are not compared. */
static bool host_process_judge_subject(struct host_process *process, const struct subject *subject,
                                       struct misfits *misfits, struct error *error)
{
    const struct elf *program = &process->host.module.elf, *own = &subject->module.elf;
    const struct fit_host host = {.path = process->host.path,
                                  .module = &process->host.module,
                                  .context = process,
                                  .is_isolated = process->is_isolated,
                                  .find_symbol = process->is_isolated ? host_process_find_isolated
                                                                      : host_process_find_symbol,
                                  .find_package = host_process_find_package,
                                  .allows_executable_stack = host_process_allows_executable_stack};
    bool is_of_same_machine = own->machine == program->machine && own->is_64 == program->is_64;
    process->interfaces.is_elsewhere = host_process_is_elsewhere;
    process->interfaces.elsewhere_context = process;
    return (!is_of_same_machine || module_judge(&subject->module, error)) &&
           fit_collect(misfits, &subject->libraries, &host, process->is_strict, error) &&
           (!is_of_same_machine ||
            host_interfaces_judge(&process->interfaces, &subject->module, misfits, error)) &&
           host_process_judge_go(process, subject, misfits, error);
}

bool host_process_judge(struct host_process *process, const char *path, struct misfits *misfits,
                        struct error *error)
{
    assert(process->plugin_count < process->plugin_capacity);
    struct subject *subject = &process->plugins[process->plugin_count];
    const struct library *host = process->host.libraries.items;
    process->judged = subject;
    subject_deinit(subject); /* of a misfit: kept until now, since its misfits borrow names */
    *subject = (struct subject){
        .libraries.program = {host->dynamic.runpath, host->dynamic.is_rpath, host->path},
        .libraries.cache = &process->cache};
    process->reused_count = 0;
    host_interfaces_reset(&process->interfaces);
    bool makes_stamp = process->allows_unstamped && !process->is_strict;
    bool is_judged =
        subject_init(subject, path, makes_stamp, host_process_is_loaded, process, error) &&
        host_process_judge_subject(process, subject, misfits, error);
    if (is_judged && !misfits->count)
        process->plugin_count++;
    return is_judged;
}

void host_process_make_global(struct host_process *process)
{
    assert(process->plugin_count);
    process->plugins[process->plugin_count - 1].is_global = true;
}

const struct module *host_process_last(const struct host_process *process)
{
    assert(process->plugin_count);
    return &process->plugins[process->plugin_count - 1].module;
}

bool host_process_judge_stamps(const struct host_process *process, const char *path,
                               const struct uses_counted *uses, struct error *error)
{
    const struct module *host = &process->host.module, *own = host_process_last(process);
    bool is_go = own->go && own->go->is_plugin && !process->is_isolated;
    bool is_host = !host->is_stamped && !is_go;
    if (process->allows_unstamped || process->is_unknown || (!is_host && !uses->unstamped))
        return true;
    const char *unstamped = is_host ? process->host.path : uses->unstamped_path;
    TEXT_AUTO counts = {0};
    uses_add_count(&counts, uses);
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "cannot tell whether %s fits %s: %s is not stamped (%s); run: plugin stamp "
                     "%s; or accept it with --allow-unstamped",
                     path, process->host.path, is_host ? "the host" : unstamped,
                     text_chars(&counts), unstamped);
}

void host_process_forget(struct host_process *process)
{
    process->plugin_count = 0; /* each is freed when the next one takes its place */
}
