/* SPDX-License-Identifier: MIT */
/* Opening a plugin: resolve, read, judge, prepare, map, initialise. */
#include "api/current_p.h"
#include "api/isolated_p.h"
#include "api/opening_p.h"
#include "api/options_p.h"
#include "api/resolve_p.h"
#include "base/loader.h"
#include "base/path.h"
#include "go/plugins.h"
#include "packages/built_in.h"
#include "packages/foreign_modules.h"
#include "packages/init.h"
#include "packages/package.h"
#include "process/map.h"
#include "process/places.h"
#include "process/registry.h"
#include "trust/sealed.h"
#include "trust/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- read ---- */

/* Chooses the path that the dynamic loader gets: the plugin's own, unless the sealed copy is to be
 * mapped, or the path has a token ($LIB), which glibc's dlopen would replace. A path through the
 * directory's descriptor leaves $ORIGIN to what the plugin needs. */
static bool open_set_mapped(const struct opening *opening, struct plugin *p, struct error *error)
{
    const char *name = path_base_name(p->path);
    if (opening->options->trust || path_has_token(name)) {
        p->mapped = file_descriptor_path(opening->file.descriptor, NULL);
        p->holds_file = true;
    } else if (path_has_token(p->path)) {
        char directory[PATH_MAX];
        snprintf(directory, sizeof directory, "%.*s", (int)(name - p->path), p->path);
        p->held = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (p->held < 0)
            return error_set(error, PLUGIN_SYSTEM, "cannot open its directory: %s",
                             strerror(errno));
        p->mapped = file_descriptor_path(p->held, name);
    } else {
        return true;
    }
    return p->mapped || error_set_no_memory(error);
}

/* Reads the plugin at the resolved path into a new opening->p. The file may be open already. */
static bool open_read_plugin(struct opening *opening, const char *path, struct error *error)
{
    struct file *file = &opening->file;
    struct module module;
    void *pin = NULL;
    if (!file_is_open(file) && !file_open(file, path, error))
        return false;
    const struct file given = *file;
    bool is_copied = opening->options->trust || opening->options->placement == PLUGIN_ISOLATED;
    if (is_copied && !(pin = sealed_pin(file, error)))
        return false;
    if (opening_read(opening, path, &module, error)) {
        opening->p = plugin_new(path, &module, error);
        if (!opening->p)
            module_deinit(&module);
    }
    if (!opening->p) {
        sealed_unpin(pin);
        return false;
    }
    opening->p->pin = pin;
    return plugin_set_file(opening->p, &given, file, error) && isolated_set_content(opening) &&
           open_set_mapped(opening, opening->p, error);
}

/* The dynamic loader would take a file that it has mapped for a retired plugin, or another one of
 * its path, for that plugin: it gets another path, or a copy of what it maps of the file. */
static bool open_avoid_former(struct opening *opening, struct error *error)
{
    struct plugin *p = opening->p;
    struct file copy;
    enum registry_former former = registry_find_former(p);
    if (former == FORMER_FILE) {
        if (!sealed_copy(&copy, &opening->file, p->memory.file_end, error))
            return false;
        if (!file_is_still(&opening->file, p->path)) {
            file_close(&copy);
            return error_set(error, PLUGIN_SYSTEM, "the file changed while it was being opened");
        }
        file_close(&opening->file);
        opening->file = copy;
        p->mapped_device = copy.device;
        p->mapped_inode = copy.inode;
        free(p->mapped);
        p->mapped = file_descriptor_path(copy.descriptor, NULL);
    } else if (former == FORMER_PATH && !p->mapped) {
        p->mapped = file_other_path(p->path);
    } else {
        return true;
    }
    return p->mapped || error_set_no_memory(error);
}

/* If others may be bound to the plugin's packages later, keeps the file open, which may be replaced
 * until then. */
static bool open_keep_promotable(struct opening *opening, struct error *error)
{
    struct plugin *p = opening->p;
    if (!map_promotes_by_file() || p->holds_file || !p->module.meta.header.shared.count)
        return true;
    p->promoted = file_descriptor_path(opening->file.descriptor, NULL);
    p->holds_file = p->promoted;
    return p->promoted || error_set_no_memory(error);
}

/* ---- initialise ---- */

/* Runs the inits of modules that were loaded with the plugin, then those of all modules that it
 * needs, then its own. */
static enum package_result open_start_packages(struct plugin *p, struct error *error)
{
    if (!foreign_modules_register(p, error) || !foreign_modules_start(p, error))
        return error->code == PLUGIN_INIT_FAILED ? PACKAGE_FAILED : PACKAGE_BUSY;
    enum package_result result = package_start_needed(p, error);
    if (result == PACKAGE_STARTED && p->carrier)
        result = package_start(p->carrier, error);
    return result;
}

static enum outcome open_initialise(struct plugin *p, struct error *error)
{
    package_set_mapped(p);
    enum package_result result = open_start_packages(p, error);
    if (result == PACKAGE_STARTED)
        return OPEN_DONE;
    if (result == PACKAGE_FAILED)
        p->failure = strdup(error_text(error));
    return p->failure ? OPEN_FAILED : OPEN_REFUSED;
}

/* ---- each placement: judge, prepare, map, initialise ---- */

static void opening_forget_libraries(struct opening *opening)
{
    for (size_t i = 0; i < opening->judged_count; i++) {
        free(opening->judged[i].name);
        free(opening->judged[i].path);
    }
    free(opening->judged);
    opening->judged = NULL;
    opening->judged_count = 0;
}

void opening_deinit(struct opening *opening)
{
    opening_forget_libraries(opening);
    libraries_deinit(&opening->libraries);
    arena_deinit(&opening->arena);
    go_bridge_file_deinit(&opening->bridge);
    file_close(&opening->file);
}

/* Frees what only the judgement needs before foreign code runs, which may leave plugin_open by
 * longjmp or open plugins itself. */
static void opening_end_judgement(struct opening *opening)
{
    libraries_deinit(&opening->libraries);
    module_end_judgement(&opening->p->module);
    arena_deinit(&opening->arena);
}

static enum outcome open_in_process(struct opening *opening, struct error *error)
{
    struct plugin *p = opening->p;
    if (!open_avoid_former(opening, error) || !open_keep_promotable(opening, error) ||
        !foreign_modules_register(NULL, error) || !package_claim(p, error))
        return OPEN_REFUSED;
    bool is_ready = process_judge(opening, error) && process_prepare(opening, error);
    opening_end_judgement(opening);
    if (!is_ready || !map_plugin(p, &opening->file, error) ||
        !process_check_libraries(opening, error)) {
        package_unclaim(p);
        return OPEN_REFUSED;
    }
    places_add(p);
    file_close(&opening->file);
    opening_forget_libraries(opening);
    return open_initialise(p, error);
}

/* What the plugin's process maps is what was judged: sealed copies. */
static enum outcome open_isolated(struct opening *opening, struct error *error)
{
    bool is_ready = foreign_modules_register(NULL, error) && isolated_find_bridge(opening, error) &&
                    process_judge(opening, error) && isolated_prepare(opening, error);
    opening_end_judgement(opening);
    return is_ready && isolated_start(opening->p, error) ? OPEN_DONE : OPEN_REFUSED;
}

/* Go's run-time maps and initialises a Go plugin in one step. */
static enum outcome open_go(struct opening *opening, struct error *error)
{
    struct plugin *p = opening->p;
    bool fits =
        go_plugin_prepare(p, opening->options->go_bridge, error) && process_judge(opening, error);
    opening_end_judgement(opening);
    enum outcome outcome = fits ? go_plugin_open(p, &opening->file, error) : OPEN_REFUSED;
    go_plugin_finish(p, outcome);
    return outcome;
}

/* The code of a built-in plugin is in the process already, but has not run. */
static enum outcome open_built_in(struct opening *opening, struct error *error)
{
    struct plugin *p = opening->p;
    bool fits = process_judge_built_in(opening, error);
    arena_deinit(&opening->arena);
    if (!fits)
        return OPEN_REFUSED;
    built_in_set_addresses(p);
    enum outcome outcome = open_initialise(p, error);
    /* The constructors of a main package with inits have run before these. */
    if (outcome == OPEN_DONE)
        built_in_construct_main(p);
    return outcome;
}

/* The dynamic loader knows no symbols of a built-in or Go plugin. */
bool opening_check_global(const struct plugin *p, struct error *error)
{
    const char *kind = p->built_in    ? "a built-in"
                       : p->isolated  ? "an isolated"
                       : p->module.go ? "a Go"
                                      : NULL;
    return !kind || error_set(error, PLUGIN_UNSUPPORTED,
                              "options.is_global: the symbols of %s plugin cannot be offered to "
                              "others",
                              kind);
}

static enum outcome open_in_placement(struct opening *opening, struct error *error)
{
    if (opening->options->is_global && !opening_check_global(opening->p, error))
        return OPEN_REFUSED;
    if (opening->p->built_in)
        return open_built_in(opening, error);
    if (opening->options->placement == PLUGIN_ISOLATED)
        return open_isolated(opening, error);
    if (opening->p->module.go)
        return open_go(opening, error);
    return open_in_process(opening, error);
}

/* ---- the whole ---- */

/* Opens the plugin that was read, unless another thread has opened it meanwhile. */
static struct plugin *open_read(struct opening *opening, struct error *error)
{
    struct plugin *candidate = opening->p, *open;
    bool may_open = registry_begin(candidate, &open, error);
    if (may_open && !open) {
        candidate->is_strict = options_want_equal_types(opening->options);
        candidate->has_own_marks = opening->options->has_no_types;
        enum outcome outcome = open_in_placement(opening, error);
        open = registry_end(candidate, outcome != OPEN_REFUSED, error);
    }
    /* A plugin stays, even if its open failed, if plugin_find may have returned it, or if its
     * memory holds live packages. */
    bool is_placed = candidate->place.end;
    if (open && open != candidate && is_placed)
        places_add(open);
    if (open != candidate && !candidate->built_in && !is_placed && !package_is_own(candidate) &&
        !candidate->entry)
        plugin_discard(candidate);
    /* Inits of modules that were loaded meanwhile may have waited for this plugin's packages. */
    ERROR_AUTO ignored = {0};
    if (may_open)
        foreign_modules_start(NULL, &ignored);
    return open;
}

/* An isolated plugin is mapped by its own process. */
bool opening_is_possible(const struct plugin_options *options)
{
    enum loader kind = loader_kind();
    return kind == LOADER_THERE || (kind == LOADER_NONE && options->placement == PLUGIN_ISOLATED);
}

/* A Go plugin cannot be built in, and a static program would load a second C library for it, in
 * which Go's threads crash. */
void opening_set_no_loader(const struct plugin *candidate, struct error *error)
{
    if (loader_kind() == LOADER_OF_NAMESPACE)
        error_set(
            error, PLUGIN_UNSUPPORTED,
            "libplugin was loaded by dlmopen into a namespace, from which it does not see the "
            "program that the plugin would be bound to; load it by dlopen");
    else if (candidate->module.go)
        error_set(error, PLUGIN_UNSUPPORTED, "a static program cannot open Go plugins");
    else
        error_set(error, PLUGIN_UNSUPPORTED,
                  "a static program has no dynamic loader; build the plugin into the program with "
                  "plugin build --with, or open it with PLUGIN_ISOLATED");
}

/* Returns the open plugin with the file at this path, if that was not changed since; else NULL. */
static struct plugin *open_find(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return NULL;
    struct plugin *p = registry_find_file(status.st_dev, status.st_ino);
    return p && plugin_is_unchanged(p, &status) ? p : NULL;
}

/* Finds the open plugin with this file, which may be open, or with this path: *known, or NULL.
 * Fails if the path has another file than the plugin. NULL, too, if only reading the file can tell,
 * as an open does: not before the file is checked against options.trust and options.content. */
static bool open_find_known(const struct opening *opening, const char *path, struct plugin **known,
                            struct error *error)
{
    const struct file *file = &opening->file;
    const struct plugin_options *options = opening->options;
    *known = open_find(path);
    if (*known && !options->content)
        return true;
    if (options->content || options->trust) {
        *known = NULL;
        return true;
    }
    *known = file_is_open(file) ? registry_find_file(file->device, file->inode) : NULL;
    if (!*known)
        *known = registry_find_path(path);
    if (!*known)
        return true;
    if (current_judge(*known, path, error)) {
        /* It may have been retired since, and another file of the same content put there. */
        *known = registry_find_file((*known)->device, (*known)->inode);
        return true;
    }
    bool is_replaced = error->code == PLUGIN_ALREADY_LOADED;
    bool gives_way = is_replaced && (*known)->failure && !(*known)->module.go;
    if (gives_way)
        error_free(error);
    else if (is_replaced)
        registry_set_replaced(*known, error);
    *known = NULL;
    return gives_way;
}

static struct plugin *open_file(const char *path, const struct plugin_options *options,
                                struct wanted *wanted, const void *caller, struct error *error)
{
    char resolved[PATH_MAX];
    __attribute__((cleanup(opening_deinit))) struct opening opening = {
        .path = path, .options = options, .caller = caller, .wanted = wanted, .file = FILE_NONE};
    /* After plugin_seal nothing is loaded, not even libsodium for a trust policy. */
    bool is_sealed = registry_is_sealed();
    struct plugin *open;
    if (!wanted_read(wanted, error) ||
        !resolve(resolved, is_sealed ? NULL : &opening.file, path, options->search, error) ||
        !open_find_known(&opening, resolved, &open, error))
        return NULL;
    if (!open && is_sealed)
        registry_set_sealed(error);
    if (open || is_sealed)
        return open;
    bool is_read = open_read_plugin(&opening, resolved, error);
    if (is_read && opening_is_possible(options))
        return open_read(&opening, error);
    if (is_read)
        opening_set_no_loader(opening.p, error);
    plugin_discard(opening.p);
    return NULL;
}

static struct plugin *open_number(uint32_t number, const struct plugin_options *options,
                                  struct wanted *wanted, struct error *error)
{
    if (options->content) {
        error_set(error, PLUGIN_UNSUPPORTED,
                  "options.content does not support built-in plugins: they are no files");
        return NULL;
    }
    struct plugin *open = registry_find_path(built_in_name(number));
    /* The copies that its packages are bound to are known once those of the program, and of the
     * built-in plugins before it, are registered. */
    if (open || !wanted_read(wanted, error) || !foreign_modules_register(NULL, error))
        return open;
    __attribute__((cleanup(opening_deinit))) struct opening opening = {
        .options = options,
        .wanted = wanted,
        .p = built_in_plugin(number, error),
        .file = FILE_NONE};
    return opening.p ? open_read(&opening, error) : NULL;
}

static struct plugin *open_set_not_built_in(struct error *error)
{
    TEXT_AUTO names = {0};
    built_in_add_names(&names);
    error_set(error, PLUGIN_NOT_FOUND, "the program has no such built-in plugin%s",
              text_chars(&names));
    return NULL;
}

/* Returns the plugin; NULL, with the error set, if its init has failed, or if it is open in another
 * process, or by other marks, than the options demand. */
static struct plugin *open_check(struct plugin *p, const struct plugin_options *options,
                                 struct error *error)
{
    enum plugin_placement placement = options->placement;
    bool may_be_anywhere = placement == PLUGIN_ANY || placement == PLUGIN_BUILT_IN;
    bool is_elsewhere = p && !may_be_anywhere && (placement == PLUGIN_ISOLATED) != !!p->isolated;
    bool has_marks = p && p->has_own_marks && !options->has_no_types;
    if (!p || (!p->failure && !is_elsewhere && !has_marks))
        return p;
    if (p->failure)
        error_set(error, PLUGIN_INIT_FAILED, "%s", p->failure);
    else
        error_set(error, PLUGIN_ALREADY_LOADED,
                  "it is open %s; plugin_retire lets it be opened again",
                  has_marks     ? "with options.has_no_types, by its own marks"
                  : p->isolated ? "isolated"
                                : "in this process");
    return NULL;
}

static struct plugin *open_with(const char *path, const struct plugin_options *given,
                                struct wanted *wanted, const void *caller, struct error *error)
{
    static const struct plugin_options defaults = {.size = sizeof defaults};
    struct plugin_options own;
    struct plugin_trust trust;
    uint32_t number;
    if (given && (!options_read(&own, &trust, given, error) ||
                  (own.expect && (!wanted_read(wanted, error) ||
                                  !wanted_add_expected(wanted, own.expect, error)))))
        return NULL;
    const struct plugin_options *options = given ? &own : &defaults;
    wanted->rules = type_rules(options_want_equal_types(options));
    wanted->is_global = options->is_global;
    bool may_be_built_in =
        options->placement == PLUGIN_ANY || options->placement == PLUGIN_BUILT_IN;
    if (may_be_built_in && built_in_find(path, &number))
        return open_check(open_number(number, options, wanted, error), options, error);
    if (options->placement == PLUGIN_BUILT_IN)
        return open_set_not_built_in(error);
    /* For an open plugin, one stat is enough. */
    struct plugin *open = options->search || options->content ? NULL : open_find(path);
    if (!open && !(open = open_file(path, options, wanted, caller, error)))
        loader_forget_error();
    return open_check(open, options, error);
}

/* Apart, so that an open of an open plugin is short. */
__attribute__((noinline, cold)) void opening_add_path(const char *what, const char *path,
                                                      struct error *error)
{
    if (!path || !*path)
        error_set(error, PLUGIN_NOT_FOUND, "cannot %s a plugin: the path is %s", what,
                  path ? "empty" : "NULL");
    else if (error->code != PLUGIN_MISFIT) /* its text starts with the path */
        error_prefix(error, "cannot %s plugin %s: ", what, path);
}

/* Judges the open plugin, unless the open has. It may have been open for another interface, or for
 * none. */
static inline bool open_meets(const struct plugin *open, struct wanted *wanted, struct error *error)
{
    if (!wanted->count && !wanted->probe)
        return true;
    if (wanted->judged == open)
        return true;
    bool is_known = wanted->probe && wanted->met == open && wanted->rules == TYPE_RULES;
    return is_known ||
           (wanted_read(wanted, error) && wanted_judge(wanted, open, open->path, error));
}

static inline plugin *open_that_meets(const char *path, const struct plugin_options *options,
                                      struct wanted *wanted, const void *caller,
                                      struct error *error)
{
    struct thread_cancel cancel;
    thread_defer_cancel(&cancel);
    struct plugin *open = path && *path ? open_with(path, options, wanted, caller, error) : NULL;
    thread_restore_cancel(&cancel);
    if (open && open_meets(open, wanted, error) &&
        (!wanted->is_global || (opening_check_global(open, error) && map_make_global(open, error))))
        return open;
    opening_add_path("open", path, error);
    return NULL;
}

plugin *open_wanted(const char *path, const struct plugin_options *options, struct wanted *wanted,
                    const void *caller, struct error *error)
{
    return open_that_meets(path, options, wanted, caller, error);
}

static plugin *open_for(const char *path, const struct plugin_options *options, const void *caller)
{
    struct error error = {0};
    struct wanted wanted = {0};
    struct plugin *open = open_that_meets(path, options, &wanted, caller, &error);
    if (wanted.items)
        wanted_deinit(&wanted);
    if (!open)
        error_publish(&error);
    return open;
}

plugin *plugin_open_with(const char *path, const struct plugin_options *options)
{
    return open_for(path, options, __builtin_return_address(0));
}

plugin *plugin_open(const char *path)
{
    return open_for(path, NULL, __builtin_return_address(0));
}

const char *plugin_path(const plugin *p)
{
    return p ? p->path : NULL;
}

void plugin_seal(void)
{
    registry_seal();
}
