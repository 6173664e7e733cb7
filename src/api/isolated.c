/* SPDX-License-Identifier: MIT */
/* Isolated plugins: opened here, run by libplugin-isolated.so. */
#include "api/isolated_p.h"
#include "api/isolated_place_p.h"
#include "base/lock.h"
#include "base/path.h"
#include "go/bridge.h"
#include "libraries/handed.h"
#include "libraries/own_library.h"
#include "libraries/toolchain.h"
#include "packages/init.h"
#include "packages/package.h"
#include "process/loaded.h"
#include "trust/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- an open ---- */

/* Returns a sealed copy of libplugin, for plugins that need it. One for the process; -1 with the
 * error set. */
static int own_library(const char *path, struct error *error)
{
    static int copy = -1; /* atomic */
    FILE_AUTO file = FILE_NONE;
    int made = __atomic_load_n(&copy, __ATOMIC_ACQUIRE), first = -1;
    if (made >= 0)
        return made;
    if (!file_open(&file, path, error) || !isolated_seal(&file, error)) {
        error_prefix(error, "it needs " OWN_LIBRARY ", at %s: ", path);
        return -1;
    }
    file.is_kept = __atomic_compare_exchange_n(&copy, &first, file.descriptor, false,
                                               __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    return file.is_kept ? file.descriptor : first;
}

bool isolated_seal(struct file *file, struct error *error)
{
    struct file copy;
    if (!sealed_copy(&copy, file, file->size, error))
        return false;
    file_close(file);
    *file = copy;
    return true;
}

bool isolated_admit(const void *context, const char *name, const char *path, struct file *file,
                    struct error *error)
{
    (void)context;
    return toolchain_has(name) || isolated_seal(file, error) ||
           error_prefix(error, "its library %s, at %s: ", name, path);
}

bool isolated_set_content(const struct opening *opening)
{
    if (opening->options->placement == PLUGIN_ISOLATED && opening->p->module.go)
        opening->p->content = opening->p->loaded;
    return true;
}

bool isolated_find_bridge(struct opening *opening, struct error *error)
{
    const struct plugin *p = opening->p;
    return !p->module.go ||
           go_bridge_read(&opening->bridge, opening->options->go_bridge, p->path, p->module.go,
                          isolated_seal, error) ||
           (error->code == PLUGIN_MISFIT && error_prefix(error, "%s does not fit: ", p->path));
}

/* What the worker maps. */
struct handed {
    int *files;
    struct mapped_module *modules; /* of each of them */
    size_t count;
};

static void handed_free(struct handed *handed)
{
    free(handed->files);
    free(handed->modules);
}

static void handed_add(struct handed *handed, int file, const char *path,
                       const struct module *module)
{
    handed->modules[handed->count] = (struct mapped_module){path, module};
    handed->files[handed->count++] = file;
}

static bool handed_add_libraries(struct handed *handed, const struct opening *opening,
                                 struct error *error)
{
    const struct libraries *libraries = &opening->libraries;
    size_t count = 0, *order = calloc(libraries->count + 1, sizeof *order);
    /* Under a trust policy, those of the C implementation were checked as well. */
    bool done = order ? handed_order(libraries, opening->options->trust, order, &count, error)
                      : error_set_no_memory(error);
    for (size_t i = 0; done && i < count; i++) {
        const struct library *library = &libraries->items[order[i]];
        handed_add(handed, library->file.descriptor, library->path, library->module);
    }
    free(order);
    return done;
}

/* Lists all that the worker maps, the plugin last, behind the bridge of a Go plugin; for a
 * judgement, `own_path` is NULL, and libplugin is left out. The files stay those of the opening. */
static bool handed_list(struct handed *handed, const struct opening *opening, const char *own_path,
                        struct error *error)
{
    const struct plugin *p = opening->p;
    size_t most = opening->libraries.count + 3;
    handed->files = calloc(most, sizeof *handed->files);
    handed->modules = calloc(most, sizeof *handed->modules);
    if (!handed->files || !handed->modules)
        return error_set_no_memory(error);
    if (own_path && handed_needs(&opening->libraries, OWN_LIBRARY)) {
        int own = own_library(own_path, error);
        if (own < 0)
            return false;
        handed_add(handed, own, OWN_LIBRARY, NULL);
    }
    if (!handed_add_libraries(handed, opening, error))
        return false;
    if (opening->bridge.copy)
        handed_add(handed, opening->bridge.copy->descriptor, opening->bridge.path, NULL);
    handed_add(handed, opening->file.descriptor, p->path, &p->module);
    return true;
}

/* Makes descriptors of its own for what lasts. */
static bool keep_files(int *files, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        files[i] = fcntl(files[i], F_DUPFD_CLOEXEC, 3);
        if (files[i] >= 0)
            continue;
        error_set(error, PLUGIN_SYSTEM, "fcntl: %s", strerror(errno));
        while (i)
            close(files[--i]);
        return false;
    }
    return true;
}

const struct loaded *isolated_host(const struct opening *opening, struct error *error)
{
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *host = loaded_find(opening->caller, &unread);
    if (!host || !host->module->is_stamped)
        host = loaded_at(0, &end, &unread);
    if (host && host->module->is_stamped)
        return host;
    error_set(
        error, PLUGIN_UNSUPPORTED,
        "PLUGIN_ISOLATED: the program is not stamped, so it is not known what its pointers lead "
        "to; build it with `plugin build`, or run: plugin stamp FILE; a program that takes all types "
        "from the plugin sets options.has_no_types");
    return NULL;
}

/* The copies of other plugins in this process are not the host's. */
static const struct module *host_carrier(void *context, const char *package)
{
    const struct carrier *carrier = package_find(package, context);
    return carrier && !carrier->is_plugin ? carrier->module : NULL;
}

/* An isolated open, from the judgement of its types on. */
struct start {
    const struct isolated_functions *functions;
    struct text worker, library; /* paths, see isolated_find_files */
    struct handed handed;
    struct mapped_modules modules;
    struct isolated_open open;
};

static bool start_prepare(struct start *start, const struct opening *opening, bool is_judgement,
                          struct error *error)
{
    struct plugin *p = opening->p;
    bool has_types = !opening->options->has_no_types;
    const struct loaded *host = has_types ? isolated_host(opening, error) : NULL;
    start->functions = host || !has_types ? isolated_functions(error) : NULL;
    if (!start->functions || !isolated_find_files(&start->worker, &start->library, error))
        return false;
    const char *own_path = is_judgement ? NULL : text_chars(&start->library);
    if (!handed_list(&start->handed, opening, own_path, error))
        return false;
    start->modules = (struct mapped_modules){start->handed.modules, start->handed.count,
                                             has_types ? host_carrier : NULL, p};
    start->open = (struct isolated_open){.path = p->path,
                                         .module = &p->module,
                                         .host = host ? host->module : NULL,
                                         .worker = text_chars(&start->worker),
                                         .find_function = isolated_find_function,
                                         .files = start->handed.files,
                                         .file_count = start->handed.count,
                                         .modules = &start->modules,
                                         .isolation = opening->options->isolation,
                                         .timeout_ms = opening->options->timeout_ms};
    return true;
}

static void start_deinit(struct start *start)
{
    handed_free(&start->handed);
    text_free(&start->worker);
    text_free(&start->library);
}

bool isolated_judge(const struct opening *opening, struct error *error)
{
    struct start start = {0};
    bool fits =
        start_prepare(&start, opening, true, error) && start.functions->judge(&start.open, error);
    start_deinit(&start);
    return fits;
}

static void set_addresses(struct plugin *p, const struct isolated_functions *known)
{
    for (uint32_t i = 0; i < p->symbol_count; i++)
        p->symbols[i].address = known->address(p->isolated, i);
}

/* Prepares the host's copies of the packages as for a plugin in this process, which fits: they are
 * in the global scope, and their inits have run. */
static bool start_packages(const struct start *start, struct error *error)
{
    bool fits = false; /* not judged yet: few plugins use packages of the host */
    if (!start->modules.host_carrier)
        return true;
    for (size_t i = 0; i < start->modules.count; i++) {
        const struct module *module = start->modules.items[i].module;
        uint32_t count = module && module->is_stamped ? module->meta.header.packages.count : 0;
        for (uint32_t k = 0; k < count; k++) {
            const char *path = meta_package(&module->meta, k).path;
            if (!start->modules.host_carrier(start->modules.context, path))
                continue;
            fits = fits || start->functions->judge(&start->open, error);
            if (!fits || !package_promote_live(path, error) ||
                package_start_live(path, error) != PACKAGE_STARTED)
                return false;
        }
    }
    return true;
}

bool isolated_prepare(const struct opening *opening, struct error *error)
{
    struct plugin *p = opening->p;
    struct start start = {0};
    struct handed *handed = &start.handed;
    if (start_prepare(&start, opening, false, error) && start_packages(&start, error) &&
        keep_files(handed->files, handed->count, error)) {
        p->isolated = start.functions->open(&start.open, error);
        for (size_t i = 0; !p->isolated && i < handed->count; i++)
            close(handed->files[i]);
    }
    start_deinit(&start);
    return p->isolated;
}

/* What the open of an isolated plugin has found. */
static const struct isolated_functions *found(void)
{
    ERROR_AUTO none = {0};
    return isolated_functions(&none);
}

bool isolated_start(struct plugin *p, struct error *error)
{
    bool is_started;
    /* A function of the host that an init calls may end the thread. */
    pthread_cleanup_push(thread_set_ended, NULL);
    is_started = found()->start(p->isolated, error);
    pthread_cleanup_pop(false);
    if (is_started)
        set_addresses(p, found());
    else
        p->isolated = NULL;
    return is_started;
}

/* ---- after it ---- */

/* Runs one of the functions for an isolated plugin. */
static bool run(plugin *p, const char *what, bool (*function)(struct isolated *, struct error *))
{
    struct error error = {0};
    struct thread_cancel cancel;
    thread_defer_cancel(&cancel);
    bool done = function && function(p->isolated, &error);
    thread_restore_cancel(&cancel);
    if (done)
        return true;
    if (!function)
        error_set(&error, PLUGIN_UNSUPPORTED, "it is not isolated");
    /* It has ended, but what it does at its end failed. */
    if (function && function == found()->stop &&
        (error.code == PLUGIN_CRASHED || error.code == PLUGIN_TIMEOUT))
        error_prefix(&error, "plugin %s was stopped, but ", p->path);
    else
        error_prefix(&error, "cannot %s plugin %s: ", what, p->path);
    error_publish(&error);
    return false;
}

bool plugin_stop(plugin *p)
{
    return p && run(p, "stop", p->isolated ? found()->stop : NULL);
}

bool plugin_restart(plugin *p)
{
    return p && run(p, "restart", p->isolated ? found()->restart : NULL);
}

bool isolated_may_retire(const struct plugin *p, struct error *error)
{
    return found()->may_end(p->isolated, error);
}

bool isolated_retire(const struct plugin *p, struct error *error)
{
    return found()->retire(p->isolated, error);
}

unsigned plugin_isolation_report(const plugin *p)
{
    return p && p->isolated ? found()->report(p->isolated) : 0;
}

bool plugin_token_release(plugin *p, const void *object)
{
    struct error error = {0};
    if (!p)
        return false;
    bool done = p->isolated ? found()->release(p->isolated, object, &error)
                            : error_set(&error, PLUGIN_UNSUPPORTED, "it is not isolated");
    if (!done) {
        error_prefix(&error, "cannot release an object of plugin %s: ", p->path);
        error_publish(&error);
    }
    return done;
}

void *plugin_alloc(plugin *p, size_t bytes)
{
    struct error error = {0};
    if (!p)
        return NULL;
    void *made =
        p->isolated ? found()->alloc(p->isolated, bytes, &error) : calloc(1, bytes ? bytes : 1);
    if (!made) {
        if (!p->isolated)
            error_set_no_memory(&error);
        error_prefix(&error, "cannot allocate memory for plugin %s: ", p->path);
        error_publish(&error);
    }
    return made;
}

void plugin_free(plugin *p, void *memory)
{
    struct error error = {0};
    if (!p)
        return;
    if (!p->isolated) {
        free(memory);
    } else if (!found()->free(p->isolated, memory, &error)) {
        error_prefix(&error, "cannot free memory of plugin %s: ", p->path);
        error_publish(&error);
    }
}
