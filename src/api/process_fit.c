/* The running process, as the fit of a plugin sees it: what the dynamic loader has loaded is asked
 * of the dynamic loader, so that the answer is what a reference will be bound to. */
#include "api/process_fit.h"

#include "base/brief.h"
#include "base/loader.h"
#include "fit/fit.h"
#include "go/plugins.h"
#include "packages/foreign_modules.h"
#include "packages/package.h"
#include "process/libc.h"
#include "process/loaded.h"
#include "process/map.h"
#include "trust/sealed.h"
#include "trust/trust.h"

#include <stdlib.h>
#include <string.h>

/* What one judgement has asked so far. */
struct question {
    const struct plugin *candidate;
    void **libraries; /* those that the plugin needs and that are loaded: they may be local */
    size_t library_count, library_capacity;
    bool failed; /* memory ran out, so that some may be lacking */
};

/* What a reference of the plugin will be bound to, among what is loaded. What it has itself comes
 * before what the libraries have that it needs: such a one may be left from an open that failed. */
static void *search(const struct question *question, const char *name, const char *version)
{
    void *address = map_find_global(name, version);
    if (!address && module_kind(&question->candidate->module, name))
        return NULL;
    for (size_t i = 0; !address && i < question->library_count; i++)
        address = loader_find(question->libraries[i], name, version);
    return address;
}

/* The first module whose stamp has the name. It is asked when the address does not lead to the
 * module that defines a variable: the program may hold a copy of it (R_*_COPY), or each thread. */
static bool find_definer(const char *name, const struct loaded **definer, struct error *error)
{
    bool end = false;
    for (unsigned i = 0; !end; i++) {
        ERROR_AUTO unread = {0};
        const struct loaded *loaded = loaded_at(i, &end, &unread);
        if (unread.code == PLUGIN_NO_MEMORY)
            return error_set_no_memory(error);
        if (loaded && module_kind(&loaded->module, name)) {
            *definer = loaded;
            return true;
        }
    }
    return true;
}

static bool find_provider(const char *name, const void *address, uint32_t kind,
                          struct provider *provider, struct error *error)
{
    const struct loaded *loaded = NULL;
    if (kind != FORMAT_THREAD_LOCAL) {
        ERROR_AUTO unread = {0};
        loaded = loaded_find(address, &unread);
        if (unread.code == PLUGIN_NO_MEMORY)
            return error_set_no_memory(error);
    }
    bool is_elsewhere =
        kind == FORMAT_THREAD_LOCAL || (kind == FORMAT_VARIABLE && loaded && loaded->is_program &&
                                        !module_kind(&loaded->module, name));
    if (is_elsewhere && !find_definer(name, &loaded, error))
        return false;
    *provider = (struct provider){.path = loaded ? loaded->path : "a module that cannot be read",
                                  .is_host = loaded && loaded->is_program,
                                  .module = loaded ? &loaded->module : NULL};
    return true;
}

static bool find(void *context, const char *name, const char *version, uint32_t kind, bool *found,
                 struct provider *provider, struct error *error)
{
    const struct question *question = context;
    const struct loaded *libc = libc_module();
    if (libc && libc_has(name, version)) {
        *found = true;
        *provider = (struct provider){.path = libc->path, .module = &libc->module};
        return true;
    }
    void *address = search(question, name, version);
    *found = address;
    if (address && !find_provider(name, address, kind, provider, error))
        return false;
    if (address && libc && provider->module == &libc->module)
        libc_remember(name, version);
    return true;
}

/* The same for what is linked into the program, in which a reference may be bound to what it does
 * not export. */
static bool find_linked(void *context, const char *name, const char *version, uint32_t kind,
                        bool *found, struct provider *provider, struct error *error)
{
    (void)context, (void)version, (void)kind;
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *host = loaded_at(0, &end, &unread);
    if (unread.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    *found = host && module_kind(&host->module, name);
    if (*found)
        *provider = (struct provider){.path = host->path, .is_host = true, .module = &host->module};
    return true;
}

/* Does the program export the package of a plugin that is built into it? */
static bool is_exported(const struct carrier *carrier, const char *package)
{
    const char *name = meta_find_package_symbol(&carrier->module->meta, package);
    return !name || map_find_global(name, NULL);
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)error;
    const struct question *question = context;
    const struct carrier *carrier = package_find(package, question->candidate);
    *found = carrier;
    if (carrier)
        *provider =
            (struct provider){.path = carrier->path,
                              .is_host = carrier->is_program,
                              .is_unexported = carrier->built_in && !is_exported(carrier, package),
                              .module = carrier->module};
    return true;
}

static bool is_loaded(void *context, const char *name)
{
    struct question *question = context;
    /* Nearly all need it, and each question would wait for another thread's dlopen. */
    if (libc_is_called(name))
        return true;
    void *handle = loader_open(name, RTLD_LAZY | RTLD_NOLOAD);
    if (!handle)
        return false;
    libc_remember_name(name, handle);
    /* One library may be needed by many names; each is asked for every symbol. */
    for (size_t i = 0; i < question->library_count; i++)
        if (question->libraries[i] == handle) {
            loader_close(handle);
            return true;
        }
    if (question->library_count == question->library_capacity) {
        size_t larger = question->library_capacity ? question->library_capacity * 2 : 8;
        void **libraries =
            brief_resize(question->libraries, question->library_capacity * sizeof *libraries,
                         larger * sizeof *libraries);
        if (!libraries) {
            question->failed = true;
            loader_close(handle);
            return true;
        }
        question->libraries = libraries;
        question->library_capacity = larger;
    }
    question->libraries[question->library_count++] = handle;
    return true;
}

/* A plugin that used another copy of this library would have its packages initialised twice, by
 * both of them. */
static void judge_own_library(const struct question *question, struct misfits *misfits)
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
                   search(question, own[i].name, NULL) != own[i].address;
    if (!is_other)
        return;
    misfits_add(misfits, NULL, NULL,
                "the plugin would use another copy of libplugin than the host, which "
                "does not export its own; link the host with -rdynamic");
}

/* Packages of the plugin that a module has as well which cannot share them: there would be two
 * copies, one of which nobody knows. */
static void judge_unknown(const struct plugin *candidate, struct misfits *misfits)
{
    const struct meta *meta = &candidate->module.meta;
    for (uint32_t i = 0; i < meta->header.packages.count; i++) {
        const char *path = meta_package(meta, i).path;
        const struct loaded *module;
        if (!strcmp(path, META_MAIN) || !foreign_modules_find_unknown(path, &module))
            continue;
        if (module)
            misfits_add(misfits, NULL, path,
                        "package %s: it is part of %s, which is not stamped; run: plugin stamp %s",
                        path, module->path, module->path);
        else
            misfits_add(misfits, NULL, path,
                        "package %s: it is part of a module whose file cannot be read any more",
                        path);
    }
}

/* ---- the libraries that the plugin brings along ---- */

/* The module whose copy is the live one of a package that the library carries, and is to be bound
 * to; NULL: its own is. *number is the package's in there. */
static const struct carrier *find_live_copy(const struct library *library, uint32_t package,
                                            const struct plugin *candidate, uint32_t *number)
{
    const struct meta *meta = &library->module->meta;
    const char *path = meta_package(meta, package).path;
    const struct carrier *carrier = package_find(path, candidate);
    bool is_bound = carrier && meta_find_package(&carrier->module->meta, path, number) &&
                    meta_exports_package(meta, package);
    return is_bound ? carrier : NULL;
}

static uint32_t package_count(const struct library *library)
{
    return library->module->is_stamped ? library->module->meta.header.packages.count : 0;
}

/* Lets the libraries be bound to the live copies. */
static bool promote_copies(const struct libraries *libraries, const struct plugin *candidate,
                           struct error *error)
{
    uint32_t number;
    for (size_t i = 1; i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        for (uint32_t k = 0; k < package_count(library); k++)
            if (find_live_copy(library, k, candidate, &number) &&
                !package_promote_live(meta_package(&library->module->meta, k).path, error))
                return false;
    }
    return true;
}

static bool judge_all(const struct question *question, const struct libraries *libraries,
                      const struct fit_host *host, bool is_strict, const char *path,
                      struct error *error)
{
    MISFITS_AUTO misfits = {0};
    if (!fit_collect(&misfits, libraries, host, is_strict, error))
        return false;
    judge_unknown(question->candidate, &misfits);
    judge_own_library(question, &misfits);
    if (question->candidate->module.go)
        go_plugin_judge(question->candidate, &misfits);
    return !misfits.count || misfits_refuse(&misfits, path, host->path, error);
}

/* What the linker has bound, and the stamp of the program has judged, needs no second judgement;
 * but only here is it known whose packages are in the process. */
bool process_judge_built_in(const struct plugin *candidate, bool is_strict, struct error *error)
{
    struct question question = {.candidate = candidate};
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *program = is_strict ? loaded_at(0, &end, &unread) : NULL;
    const struct fit_host host = {.path = program ? program->path : "the program",
                                  .module = program ? &program->module : NULL,
                                  .context = &question,
                                  .find_symbol = find_linked,
                                  .find_package = find_package};
    struct library own = {
        .name = candidate->path, .path = candidate->path, .module = &candidate->module};
    const struct libraries libraries = {.items = &own, .count = 1, .is_linked = true};
    MISFITS_AUTO misfits = {0};
    if (is_strict && !fit_collect(&misfits, &libraries, &host, is_strict, error))
        return false;
    judge_unknown(candidate, &misfits);
    return !misfits.count || misfits_refuse(&misfits, candidate->path, host.path, error);
}

/* ---- libraries under a trust policy ---- */

static bool admit(void *context, const char *name, const char *path, struct file *file,
                  struct error *error)
{
    return trust_admit_library(context, name, path, file, error);
}

/* Does the dynamic loader have a library of this name? */
static bool is_there(const char *name)
{
    void *handle = loader_open(name, RTLD_LAZY | RTLD_NOLOAD);
    if (handle)
        loader_close(handle);
    return handle;
}

static bool has_all_needed(const struct library *library)
{
    const char *name;
    for (size_t i = 0; (name = dynamic_needed(&library->dynamic, i)); i++)
        if (!is_there(name))
            return false;
    return true;
}

/* Maps a library's sealed copy, which must be what the dynamic loader then takes for its name. */
static bool load_copy(struct library *library, struct error *error)
{
    char *path = sealed_path(&library->file);
    if (!path)
        return error_set_no_memory(error);
    void *handle = map_load_library(path);
    const char *reason = handle ? NULL : loader_error();
    free(path);
    if (!handle)
        return error_set(error, PLUGIN_SYSTEM, "%s: the dynamic loader refuses it: %s",
                         library->path, reason ? reason : "no reason given");
    library->file.is_kept = true;
    return is_there(library->name) ||
           error_set(error, PLUGIN_UNTRUSTED,
                     "its library %s, at %s, has not that name itself (DT_SONAME), so that the "
                     "dynamic loader would take a file that was not checked",
                     library->name, library->path);
}

/* Maps the libraries, each after those that it needs, so that the dynamic loader searches for
 * nothing by itself. */
static bool load_copies(struct libraries *libraries, struct error *error)
{
    size_t left = libraries->count - 1;
    for (bool is_moving = true; left && is_moving;) {
        is_moving = false;
        for (size_t i = 1; i < libraries->count; i++) {
            struct library *library = &libraries->items[i];
            if (library->file.is_kept || !has_all_needed(library))
                continue;
            if (!load_copy(library, error))
                return false;
            is_moving = true;
            left--;
        }
    }
    if (left || !has_all_needed(&libraries->items[0]))
        return error_set(error, PLUGIN_UNTRUSTED,
                         "libraries that it needs, need each other, so that the dynamic loader "
                         "would take files that were not checked");
    return true;
}

bool process_judge(const struct plugin *candidate, const char *path, const struct file *file,
                   const struct plugin_options *options, struct error *error)
{
    struct question question = {.candidate = candidate};
    struct plugin_trust trust;
    if (options->trust && !trust_read(&trust, options->trust, error))
        return false;
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *program = loaded_at(0, &end, &unread), *libc = libc_module();
    const struct fit_host host = {.path = program ? program->path : "the program",
                                  .module = program ? &program->module : NULL,
                                  .libc_path = libc ? libc->path : NULL,
                                  .context = &question,
                                  .find_symbol = find,
                                  .find_package = find_package};
    struct dynamic dynamic = {0};
    struct libraries libraries = {.program.path = host.path,
                                  .admit = options->trust ? admit : NULL,
                                  .admit_context = options->trust ? &trust : NULL};
    libraries.program.runpath = map_program_runpath(&libraries.program.is_rpath);
    bool fits = library_read_dynamic(&dynamic, &candidate->module, file, error) &&
                libraries_read_of(&libraries, candidate->path, file, &candidate->module, &dynamic,
                                  is_loaded, &question, error) &&
                judge_all(&question, &libraries, &host, options->strict, path, error) &&
                promote_copies(&libraries, candidate, error) &&
                (!options->trust || load_copies(&libraries, error));
    if (question.failed)
        fits = error_set_no_memory(error);
    libraries_free(&libraries);
    dynamic_free(&dynamic);
    for (size_t i = 0; i < question.library_count; i++)
        loader_close(question.libraries[i]);
    brief_give(question.libraries);
    return fits;
}
