/* SPDX-License-Identifier: MIT */
/* The judgement's view of the running process. The dynamic loader looks symbols up, so the answers
 * are what references will be bound to. */
#include "api/isolated_p.h"
#include "api/isolated_process_p.h"
#include "base/array.h"
#include "base/loader.h"
#include "fit/fit.h"
#include "fit/fit_go.h"
#include "go/plugins.h"
#include "libraries/own_library.h"
#include "packages/foreign_modules.h"
#include "packages/package.h"
#include "process/libc.h"
#include "process/loaded.h"
#include "process/map.h"
#include "trust/trust.h"

#include <stdio.h>
#include <string.h>

/* The context of one judgement. */
struct question {
    const struct plugin *candidate;
    const struct plugin_options *options;
    const void *caller; /* of plugin_open */
    struct wanted *wanted;
    const struct go_bridge_file *bridge; /* of an isolated Go plugin */
    struct arena *arena;
    const struct isolated_process *isolated; /* of the plugin; NULL: it is to be in this one */
    const struct loaded *isolated_host;      /* whose functions it may call back; NULL: nobody's */
    void **libraries; /* handles of needed libraries that are loaded, perhaps into a local scope */
    size_t library_count, library_capacity;
    bool failed; /* memory ran out, so libraries may be missing */
};

/* Returns the address in a loaded module that a reference of the plugin will be bound to, or NULL.
 * The plugin's own definition precedes those of its libraries, which an earlier, failed open may
 * have loaded. */
static void *question_search(const struct question *question, const char *name, const char *version)
{
    void *address = map_find_global(name, version);
    if (!address && module_kind(&question->candidate->module, name))
        return NULL;
    for (size_t i = 0; !address && i < question->library_count; i++)
        address = loader_find(question->libraries[i], name, version);
    return address;
}

/* Finds the first module whose stamp defines the name. A variable's address may not lead to its
 * definition: the program may hold a copy (R_*_COPY), and a thread-local variable has one address
 * per thread. *unread tells of a module that cannot be read, and may define it. */
static bool process_find_definer(const char *name, const struct loaded **definer,
                                 struct error *unread, struct error *error)
{
    bool end = false;
    for (unsigned i = 0; !end; i++) {
        ERROR_AUTO own = {0};
        const struct loaded *loaded = loaded_at(i, &end, &own);
        if (own.code == PLUGIN_NO_MEMORY)
            return error_set_no_memory(error);
        if (own.code && own.code != PLUGIN_UNSUPPORTED && !unread->code)
            error_set(unread, own.code, "%s", error_text(&own));
        if (loaded && module_kind(loaded->module, name)) {
            *definer = loaded;
            return true;
        }
    }
    return true;
}

/* Sets the provider to a module that cannot be read: that with this address, if it has one. */
static bool process_set_unread(const struct question *question, const void *address,
                               const struct error *unread, struct provider *provider,
                               struct error *error)
{
    char path[PATH_MAX];
    uintptr_t base, end;
    if (!address || !loaded_name(address, path, &base, &end))
        snprintf(path, sizeof path, "%s", address ? "the program" : "an unknown module");
    const char *reason = error_text(unread);
    *provider = (struct provider){.path = arena_strndup(question->arena, path, strlen(path))};
    if (unread->code)
        provider->unread = arena_strndup(question->arena, reason, strlen(reason));
    return (provider->path && (!unread->code || provider->unread)) || error_set_no_memory(error);
}

static bool process_find_provider(const struct question *question, const char *name,
                                  const void *address, uint32_t kind, struct provider *provider,
                                  struct error *error)
{
    const struct loaded *loaded = NULL;
    ERROR_AUTO unread = {0};
    if (kind != FORMAT_THREAD_LOCAL) {
        loaded = loaded_find(address, &unread);
        if (unread.code == PLUGIN_NO_MEMORY)
            return error_set_no_memory(error);
    }
    bool is_elsewhere =
        kind == FORMAT_THREAD_LOCAL || (kind == FORMAT_VARIABLE && loaded && loaded->is_program &&
                                        !module_kind(loaded->module, name));
    if (is_elsewhere && !process_find_definer(name, &loaded, &unread, error))
        return false;
    if (!loaded)
        return process_set_unread(question, kind == FORMAT_THREAD_LOCAL ? NULL : address, &unread,
                                  provider, error);
    *provider = (struct provider){
        .path = loaded->path, .is_host = loaded->is_program, .module = loaded->module};
    return true;
}

static bool process_find(void *context, const char *name, const char *version, uint32_t kind,
                         bool *found, struct provider *provider, struct error *error)
{
    const struct question *question = context;
    const struct loaded *libc = libc_module();
    if (libc && libc_has(name, version)) {
        *found = true;
        *provider = (struct provider){.path = libc->path, .module = libc->module};
        return true;
    }
    void *address = question_search(question, name, version);
    *found = address;
    if (address && !process_find_provider(question, name, address, kind, provider, error))
        return false;
    if (address && libc && provider->module == libc->module)
        libc_remember(name, version);
    return true;
}

/* The same for an isolated plugin: what the host's stamp has crosses; all else is in its process.
 */
static bool process_find_isolated(void *context, const char *name, const char *version,
                                  uint32_t kind, bool *found, struct provider *provider,
                                  struct error *error)
{
    (void)kind, (void)error;
    const struct question *question = context;
    const struct loaded *host = question->isolated_host;
    bool is_own = own_library_defines(name);
    const struct library *library = libraries_find(&question->isolated->libraries, name, version);
    *found = true;
    if (host && !version && !is_own && module_kind(host->module, name))
        *provider = (struct provider){
            .path = host->path, .is_host = host->is_program, .module = host->module};
    else if (is_own)
        *provider = (struct provider){.path = OWN_LIBRARY};
    else if (library)
        *provider = (struct provider){.path = library->path, .module = library->module};
    else
        *found = false;
    return true;
}

/* The same for a built-in plugin, whose references may be bound to symbols that the program does
 * not export. */
static bool process_find_linked(void *context, const char *name, const char *version, uint32_t kind,
                                bool *found, struct provider *provider, struct error *error)
{
    (void)version, (void)kind;
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *host = loaded_at(0, &end, &unread);
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    *found = !host || module_kind(host->module, name);
    if (!host)
        return process_set_unread(context, NULL, &unread, provider, error);
    if (*found)
        *provider = (struct provider){.path = host->path, .is_host = true, .module = host->module};
    return true;
}

static bool process_find_package(void *context, const char *package, bool *found,
                                 struct provider *provider, struct error *error)
{
    (void)error;
    const struct question *question = context;
    const struct carrier *carrier = package_find(package, question->candidate);
    /* Plugins in this process are nothing to one in a process of its own. */
    if (carrier && question->isolated && (carrier->is_plugin || question->options->has_no_types))
        carrier = NULL;
    *found = carrier;
    const char *name = carrier ? meta_find_package_symbol(&carrier->module->meta, package) : NULL;
    if (carrier)
        *provider = (struct provider){.path = carrier->path,
                                      .is_host = carrier->is_program,
                                      .is_unexported =
                                          carrier->built_in && name && !map_find_global(name, NULL),
                                      .module = carrier->module};
    return true;
}

static bool process_is_loaded(void *context, const char *name)
{
    struct question *question = context;
    if (question->isolated)
        return isolated_process_has(question->isolated, name);
    /* Nearly all modules need it, and each loader call waits for other threads' dlopens. */
    if (libc_is_called(name))
        return true;
    void *handle = loader_open(name, RTLD_LAZY | RTLD_NOLOAD);
    if (!handle)
        return false;
    libc_remember_name(name, handle);
    /* Each library is searched for every symbol, so it is listed once, even if it is needed by
     * several names. */
    for (size_t i = 0; i < question->library_count; i++)
        if (question->libraries[i] == handle) {
            loader_close(handle);
            return true;
        }
    void **added = array_add(question->arena, question->libraries, question->library_count,
                             question->library_capacity);
    if (added)
        *added = handle;
    else
        loader_close(handle);
    question->failed |= !added;
    return true;
}

/* Finds a loaded library that defines the name. Reads no file: most of them have no part in this.
 */
static bool process_find_hidden(void *context, const char *name, const char **path,
                                struct error *error)
{
    const struct question *question = context;
    char own[PATH_MAX];
    uintptr_t base, end;
    *path = NULL;
    for (unsigned i = 1; loaded_name_at(i, own, &base, &end); i++) {
        void *handle = *own ? loader_open(own, RTLD_LAZY | RTLD_NOLOAD) : NULL;
        uintptr_t address = handle ? (uintptr_t)loader_find(handle, name, NULL) : 0;
        if (handle)
            loader_close(handle);
        if (address < base || address >= end)
            continue;
        *path = arena_strndup(question->arena, own, strlen(own));
        return *path || error_set_no_memory(error);
    }
    return true;
}

/* The library that opens plugins is the stamped one with the call or, if that is in a binding of
 * another language, the first stamped one. */
static const char *process_host_library(void *context)
{
    const struct question *question = context;
    ERROR_AUTO unread = {0};
    bool end = false;
    const struct loaded *program = loaded_at(0, &end, &unread);
    const struct loaded *loaded = loaded_find(question->caller, &unread);
    end = end || !program || program->module->is_stamped || (loaded && loaded->is_program);
    for (unsigned i = 1; !end && !(loaded && loaded->module->is_stamped); i++) {
        ERROR_AUTO ignored = {0};
        loaded = loaded_at(i, &end, &ignored);
    }
    return loaded && loaded->module->is_stamped && !loaded->is_program ? loaded->path : NULL;
}

static bool process_allows_executable_stack(void *context)
{
    const struct question *question = context;
    return question->options->allow_executable_stack || loaded_stack_is_executable();
}

/* With a second copy of this library, both copies would initialise the plugin's packages. */
static void process_judge_own_library(const struct question *question, struct misfits *misfits)
{
    static const struct {
        const char *name;
        void *address;
    } own[] = {{"plugin_announce_", (void *)plugin_announce_},
               {"plugin_start_", (void *)plugin_start_}};
    bool is_other = false;
    uint32_t index;
    for (size_t i = 0; !is_other && i < sizeof own / sizeof *own; i++)
        is_other = meta_find_import(&question->candidate->module.meta, own[i].name, &index) &&
                   question_search(question, own[i].name, NULL) != own[i].address;
    if (!is_other)
        return;
    misfits_add(misfits, NULL, NULL,
                "the plugin would use a second copy of libplugin, because the host does not "
                "export its own; link the host with -rdynamic");
}

/* Adds a misfit for each package of the plugin that is also in a module that cannot share it: the
 * process would have two copies, one of them unknown to this library. */
static void process_judge_unknown(const struct plugin *candidate, struct misfits *misfits)
{
    const struct meta *meta = &candidate->module.meta;
    for (uint32_t i = 0; i < meta->header.packages.count; i++) {
        const char *path = meta_package(meta, i).path;
        const struct loaded *module;
        if (!strcmp(path, META_MAIN) || !foreign_modules_find_unknown(path, &module))
            continue;
        if (module)
            misfits_add(misfits, NULL, path,
                        "package %s: also in %s, which is not stamped; run: plugin stamp %s", path,
                        module->path, module->path);
        else
            misfits_add(misfits, NULL, path,
                        "package %s: also in a module whose file can no longer be read", path);
    }
}

static bool process_judge_all(const struct question *question, const struct libraries *libraries,
                              const struct fit_host *host, bool is_strict, const char *path,
                              struct error *error)
{
    MISFITS_AUTO misfits = {0};
    if (!fit_collect(&misfits, libraries, host, is_strict, error))
        return false;
    if (!demands_judge(&misfits, wanted_demands(question->wanted, question->candidate),
                       &question->candidate->module, error))
        return false;
    process_judge_unknown(question->candidate, &misfits);
    if (!question->isolated)
        process_judge_own_library(question, &misfits);
    const struct plugin *candidate = question->candidate;
    if (question->bridge->path)
        fit_go_bridge((struct go_side){candidate->module.go, candidate->path},
                      (struct go_side){question->bridge->module.go, question->bridge->path},
                      &misfits);
    else if (candidate->module.go)
        go_plugin_judge(candidate, &misfits);
    if (misfits.count)
        return misfits_refuse(&misfits, path, fit_host_name(host), error);
    question->wanted->judged = question->candidate;
    return true;
}

/* The stamp of the program has judged what the linker bound. This judges what only the run time
 * knows: the packages of other modules. */
bool process_judge_built_in(struct opening *opening, struct error *error)
{
    const struct plugin *candidate = opening->p;
    bool is_strict = opening->options->strict;
    struct question question = {
        .candidate = candidate, .options = opening->options, .arena = &opening->arena};
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *program = is_strict ? loaded_at(0, &end, &unread) : NULL;
    const struct fit_host host = {.path = program ? program->path : "the program",
                                  .module = program ? program->module : NULL,
                                  .context = &question,
                                  .find_symbol = process_find_linked,
                                  .find_package = process_find_package};
    struct library own = {
        .name = candidate->path, .path = candidate->path, .module = &candidate->module};
    const struct libraries libraries = {
        .arena = &opening->arena, .items = &own, .count = 1, .is_linked = true};
    MISFITS_AUTO misfits = {0};
    if ((is_strict && !fit_collect(&misfits, &libraries, &host, is_strict, error)) ||
        !demands_judge(&misfits, wanted_demands(opening->wanted, candidate), &candidate->module,
                       error))
        return false;
    process_judge_unknown(candidate, &misfits);
    if (misfits.count)
        return misfits_refuse(&misfits, candidate->path, host.path, error);
    opening->wanted->judged = candidate;
    return true;
}

static bool process_admit(const void *context, const char *name, const char *path,
                          struct file *file, struct error *error)
{
    return trust_admit_library(context, name, path, file, error);
}

static libraries_admit *process_admits(const struct plugin_options *options)
{
    return options->trust                          ? process_admit
           : options->placement == PLUGIN_ISOLATED ? isolated_admit
                                                   : NULL;
}

void process_read_program(void)
{
    static bool is_done; /* atomic */
    bool end;
    if (__atomic_load_n(&is_done, __ATOMIC_RELAXED))
        return;
    ERROR_AUTO unread = {0}; /* the judgement will say why */
    bool is_read = loaded_at(0, &end, &unread) && libc_module();
    __atomic_store_n(&is_done, is_read, __ATOMIC_RELAXED);
}

/* Describes what the plugin will find in this process. */
static struct fit_host process_host(struct question *question)
{
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *program = loaded_at(0, &end, &unread), *libc = libc_module();
    return (struct fit_host){.path = program ? program->path : "the program",
                             .module = program ? program->module : NULL,
                             .library = process_host_library,
                             .find_hidden = process_find_hidden,
                             .libc_path = libc ? libc->path : NULL,
                             .allows_executable_stack = process_allows_executable_stack,
                             .context = question,
                             .find_symbol = process_find,
                             .find_package = process_find_package};
}

/* And in one of its own. */
static bool process_host_isolated(struct fit_host *host, struct question *question,
                                  struct isolated_process *process, const struct opening *opening,
                                  struct error *error)
{
    question->isolated = process;
    if (opening->options->has_no_types) {
        host->module = NULL;
    } else {
        question->isolated_host = isolated_host(opening, error);
        if (!question->isolated_host)
            return false;
        host->path = question->isolated_host->path;
        host->module = question->isolated_host->module;
    }
    host->is_isolated = true;
    host->find_hidden = NULL;
    host->libc_path = NULL;
    host->allows_executable_stack = NULL;
    host->find_symbol = process_find_isolated;
    return isolated_process_read(process, question->arena, error);
}

static bool process_judge_file(struct opening *opening, struct question *question,
                               const struct fit_host *host, const char *program,
                               struct error *error)
{
    const struct plugin *candidate = opening->p;
    struct libraries *libraries = &opening->libraries;
    struct dynamic dynamic;
    *libraries = (struct libraries){.arena = &opening->arena,
                                    .program.path = program,
                                    .admit = process_admits(opening->options),
                                    .admit_context = opening->options->trust};
    libraries->program.runpath = map_program_runpath(&libraries->program.is_rpath);
    return module_read_dynamic(&dynamic, &candidate->module, &opening->file, &opening->arena,
                               error) &&
           libraries_read_of(libraries, candidate->path, &opening->file, &candidate->module,
                             &dynamic, process_is_loaded, question, error) &&
           process_judge_all(question, libraries, host, opening->options->strict, opening->path,
                             error);
}

bool process_judge(struct opening *opening, struct error *error)
{
    struct question question = {.candidate = opening->p,
                                .options = opening->options,
                                .caller = opening->caller,
                                .wanted = opening->wanted,
                                .bridge = &opening->bridge,
                                .arena = &opening->arena};
    struct isolated_process process = {.libraries.arena = &opening->arena};
    struct fit_host host = process_host(&question);
    const char *program = host.path;
    bool is_isolated = opening->options->placement == PLUGIN_ISOLATED;
    bool fits =
        (!is_isolated || process_host_isolated(&host, &question, &process, opening, error)) &&
        process_judge_file(opening, &question, &host, program, error);
    if (question.failed)
        fits = error_set_no_memory(error);
    for (size_t i = 0; i < question.library_count; i++)
        loader_close(question.libraries[i]);
    if (is_isolated)
        isolated_process_deinit(&process);
    return fits;
}
