/* The running process, as the fit of a plugin sees it: what the dynamic loader has loaded is asked
 * of the dynamic loader, so that the answer is what a reference will be bound to. */
#include "process.h"

#include "fit.h"
#include "loaded.h"
#include "package.h"

#include <dlfcn.h>
#include <stdlib.h>

/* What one judgement has asked so far. */
struct question {
    const struct plugin *candidate;
    void **libraries; /* those that the plugin needs and that are loaded: they may be local */
    size_t library_count, library_capacity;
};

static void *search(void *handle, const char *name, const char *version)
{
    return version ? dlvsym(handle, name, version) : dlsym(handle, name);
}

/* The stamp's entry for a name that the module exports; false if it has none. */
static bool has_entry(const struct module *module, const char *name)
{
    uint32_t index;
    return module->is_stamped && (meta_find_symbol(&module->meta, name, &index) ||
                                  meta_find_shared(&module->meta, name, &index));
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
        if (loaded && has_entry(&loaded->module, name)) {
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
                                        !has_entry(&loaded->module, name));
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
    void *address = search(RTLD_DEFAULT, name, version);
    for (size_t i = 0; !address && i < question->library_count; i++)
        address = search(question->libraries[i], name, version);
    *found = address;
    return !address || find_provider(name, address, kind, provider, error);
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)error;
    const struct question *question = context;
    const struct carrier *carrier = package_find(package, question->candidate);
    *found = carrier;
    if (carrier)
        *provider = (struct provider){carrier->path, carrier->is_program, carrier->module};
    return true;
}

static bool is_loaded(void *context, const char *name)
{
    struct question *question = context;
    void *handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    if (!handle)
        return false;
    if (question->library_count == question->library_capacity) {
        size_t larger = question->library_capacity ? question->library_capacity * 2 : 8;
        void **libraries = reallocarray(question->libraries, larger, sizeof *libraries);
        if (!libraries) {
            /* Its local symbols will not be found: a refusal, never a wrong approval. */
            dlclose(handle);
            return true;
        }
        question->libraries = libraries;
        question->library_capacity = larger;
    }
    question->libraries[question->library_count++] = handle;
    return true;
}

bool process_judge(const struct plugin *candidate, const char *path, const struct file *file,
                   bool is_strict, struct error *error)
{
    struct question question = {.candidate = candidate};
    bool end;
    ERROR_AUTO unread = {0};
    const struct loaded *host = loaded_at(0, &end, &unread);
    const struct process process = {.host_path = host ? host->path : "the program",
                                    .host = host ? &host->module : NULL,
                                    .context = &question,
                                    .find = find,
                                    .find_package = find_package,
                                    .is_loaded = is_loaded};
    struct dynamic dynamic = {0};
    void *tables = NULL;
    struct libraries libraries = {0};
    bool fits = library_read_dynamic(&dynamic, &tables, &candidate->module, file, error) &&
                libraries_read(&libraries, candidate->path, &candidate->module, &dynamic, is_loaded,
                               &question, error) &&
                fit_judge(path, &libraries, &process, is_strict, error);
    libraries_free(&libraries);
    dynamic_free(&dynamic);
    free(tables);
    for (size_t i = 0; i < question.library_count; i++)
        dlclose(question.libraries[i]);
    free(question.libraries);
    return fits;
}
