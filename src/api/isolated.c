/* Isolated plugins: opened here, run by libplugin-isolated.so. */
#include "isolated/isolated.h"
#include "api/isolated_p.h"
#include "base/loader.h"
#include "base/lock.h"
#include "base/path.h"
#include "libraries/handed.h"
#include "libraries/toolchain.h"
#include "packages/init.h"
#include "packages/package.h"
#include "process/libc.h"
#include "trust/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY     "libplugin-isolated.so.0"
#define OWN_LIBRARY "libplugin.so.0"

/* ---- the library ---- */

static const struct isolated_functions *functions; /* set once; atomic */

/* Loads the library from the directory of this one, or else as the dynamic loader finds it. */
static void *library_open(void)
{
    char own[PATH_MAX];
    uintptr_t start, behind;
    TEXT_AUTO path = {0};
    bool is_known = loaded_name((void *)library_open, own, &start, &behind);
    const char *end = is_known ? strrchr(own, '/') : NULL;
    if (end)
        text_add(&path, "%.*s/" LIBRARY, (int)(end - own), own);
    void *handle = end && !path.failed ? loader_open(path.chars, RTLD_NOW | RTLD_LOCAL) : NULL;
    return handle ? handle : loader_open(LIBRARY, RTLD_NOW | RTLD_LOCAL);
}

static const struct isolated_functions *isolated_functions(struct error *error)
{
    const struct isolated_functions *known = __atomic_load_n(&functions, __ATOMIC_ACQUIRE);
    if (known)
        return known;
    void *handle = library_open();
    const char *reason = handle ? NULL : loader_error();
    isolated_load *load = handle ? (isolated_load *)loader_find(handle, ISOLATED_LOAD, NULL) : NULL;
    known = load ? load(PLUGIN_VERSION, error_publish) : NULL;
    if (known)
        __atomic_store_n(&functions, known, __ATOMIC_RELEASE);
    else
        error_set(error, PLUGIN_UNSUPPORTED,
                  "PLUGIN_ISOLATED needs " LIBRARY " of this version, beside libplugin: %s",
                  reason   ? reason
                  : handle ? "it is of another version"
                           : "not found");
    return known;
}

/* Returns a sealed copy of libplugin, for plugins that need it: that beside LIBRARY, of which the
 * host may have a copy linked into it. One for the process; -1 with the error set. */
static int own_library(const struct isolated_functions *known, struct error *error)
{
    static int copy = -1; /* atomic */
    char beside[PATH_MAX];
    uintptr_t start, behind;
    FILE_AUTO file = FILE_NONE;
    int made = __atomic_load_n(&copy, __ATOMIC_ACQUIRE), first = -1;
    if (made >= 0)
        return made;
    char *end =
        loaded_name((void *)known->judge, beside, &start, &behind) ? strrchr(beside, '/') : NULL;
    if (!end || end + sizeof OWN_LIBRARY >= beside + sizeof beside) {
        error_set(error, PLUGIN_SYSTEM, "cannot find the directory of " LIBRARY);
        return -1;
    }
    strcpy(end + 1, OWN_LIBRARY);
    if (!file_open(&file, beside, error) || !isolated_seal(&file, error)) {
        error_prefix(error, "it needs " OWN_LIBRARY ", at %s: ", beside);
        return -1;
    }
    file.is_kept = __atomic_compare_exchange_n(&copy, &first, file.descriptor, false,
                                               __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    return file.is_kept ? file.descriptor : first;
}

/* ---- an open ---- */

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

bool isolated_has_library(const char *name)
{
    const struct loaded *libc = libc_module();
    return !strcmp(name, OWN_LIBRARY) || libc_is_called(name) ||
           (libc && !strcmp(name, path_base_name(libc->path))) ||
           !strncmp(name, "ld-linux", strlen("ld-linux"));
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

/* Lists all that the worker maps, the plugin last; for a judgement, `known` is NULL, and libplugin
 * is left out. The files stay those of the opening. */
static bool handed_list(struct handed *handed, const struct opening *opening,
                        const struct isolated_functions *known, struct error *error)
{
    const struct plugin *p = opening->p;
    size_t most = opening->libraries.count + 2;
    handed->files = calloc(most, sizeof *handed->files);
    handed->modules = calloc(most, sizeof *handed->modules);
    if (!handed->files || !handed->modules)
        return error_set_no_memory(error);
    if (known && handed_needs(&opening->libraries, OWN_LIBRARY)) {
        int own = own_library(known, error);
        if (own < 0)
            return false;
        handed_add(handed, own, OWN_LIBRARY, NULL);
    }
    if (!handed_add_libraries(handed, opening, error))
        return false;
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

/* Returns the module that opens the plugin: that of the caller if it is stamped, else the program.
 */
static const struct module *find_host(const struct opening *opening, struct error *error)
{
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *host = loaded_find(opening->caller, &unread);
    if (!host || !host->module->is_stamped)
        host = loaded_at(0, &end, &unread);
    if (host && host->module->is_stamped)
        return host->module;
    error_set(
        error, PLUGIN_UNSUPPORTED,
        "PLUGIN_ISOLATED: the program is not stamped, so it is not known what its pointers lead "
        "to; build it with `plugin build`, or run: plugin stamp FILE");
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
    struct handed handed;
    struct mapped_modules modules;
    struct isolated_open open;
};

static bool start_prepare(struct start *start, const struct opening *opening, bool is_judgement,
                          struct error *error)
{
    struct plugin *p = opening->p;
    const struct module *host = find_host(opening, error);
    start->functions = host ? isolated_functions(error) : NULL;
    const struct isolated_functions *known = is_judgement ? NULL : start->functions;
    if (!start->functions || !handed_list(&start->handed, opening, known, error))
        return false;
    start->modules =
        (struct mapped_modules){start->handed.modules, start->handed.count, host_carrier, p};
    start->open = (struct isolated_open){.path = p->path,
                                         .module = &p->module,
                                         .host = host,
                                         .files = start->handed.files,
                                         .file_count = start->handed.count,
                                         .modules = &start->modules,
                                         .isolation = opening->options->isolation,
                                         .timeout_ms = opening->options->timeout_ms};
    return true;
}

bool isolated_judge(const struct opening *opening, struct error *error)
{
    struct start start = {0};
    bool fits =
        start_prepare(&start, opening, true, error) && start.functions->judge(&start.open, error);
    handed_free(&start.handed);
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
    handed_free(handed);
    return p->isolated;
}

bool isolated_start(struct plugin *p, struct error *error)
{
    bool is_started;
    /* A function of the host that an init calls may end the thread. */
    pthread_cleanup_push(thread_set_ended, NULL);
    is_started = functions->start(p->isolated, error);
    pthread_cleanup_pop(false);
    if (is_started)
        set_addresses(p, functions);
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
    if (function && function == functions->stop &&
        (error.code == PLUGIN_CRASHED || error.code == PLUGIN_TIMEOUT))
        error_prefix(&error, "plugin %s was stopped, but ", p->path);
    else
        error_prefix(&error, "cannot %s plugin %s: ", what, p->path);
    error_publish(&error);
    return false;
}

bool plugin_stop(plugin *p)
{
    return p && run(p, "stop", p->isolated ? functions->stop : NULL);
}

bool plugin_restart(plugin *p)
{
    return p && run(p, "restart", p->isolated ? functions->restart : NULL);
}

bool isolated_may_retire(const struct plugin *p, struct error *error)
{
    return functions->may_end(p->isolated, error);
}

bool isolated_retire(const struct plugin *p, struct error *error)
{
    return functions->retire(p->isolated, error);
}

unsigned plugin_isolation_report(const plugin *p)
{
    return p && p->isolated ? functions->report(p->isolated) : 0;
}

bool plugin_token_release(plugin *p, const void *object)
{
    struct error error = {0};
    if (!p)
        return false;
    bool done = p->isolated ? functions->release(p->isolated, object, &error)
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
        p->isolated ? functions->alloc(p->isolated, bytes, &error) : calloc(1, bytes ? bytes : 1);
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
    } else if (!functions->free(p->isolated, memory, &error)) {
        error_prefix(&error, "cannot free memory of plugin %s: ", p->path);
        error_publish(&error);
    }
}
