/* Opening a plugin: resolve, read, judge, map, initialise. */
#include "api/process_fit.h"
#include "api/resolve.h"
#include "base/brief.h"
#include "base/hash.h"
#include "base/loader.h"
#include "go/plugins.h"
#include "module/content.h"
#include "packages/built_in.h"
#include "packages/foreign_modules.h"
#include "packages/init.h"
#include "packages/package.h"
#include "process/kept_memory.h"
#include "process/map.h"
#include "process/registry.h"
#include "trust/sealed.h"
#include "trust/trust.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- options ---- */

/* Takes the options of this or an older header; what is beyond our own must be zero. */
static bool read_options(struct plugin_options *own, const struct plugin_options *given,
                         struct error *error)
{
    *own = (struct plugin_options){.size = sizeof *own};
    if (!given)
        return true;
    if (given->size < sizeof given->size)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.size is %zu; set it to sizeof(struct plugin_options)",
                         given->size);
    size_t size = given->size < sizeof *own ? given->size : sizeof *own;
    memcpy(own, given, size);
    for (size_t i = sizeof *own; i < given->size; i++)
        if (((const char *)given)[i])
            return error_set(error, PLUGIN_UNSUPPORTED,
                             "options hold something that this version of the library does not "
                             "know");
    if (own->timeout_ms)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.timeout_ms is not supported by this version of the library");
    if ((unsigned)own->placement > PLUGIN_BUILT_IN)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.placement: only PLUGIN_ANY, PLUGIN_IN_PROCESS and "
                         "PLUGIN_BUILT_IN are supported by this version of the library");
    return true;
}

/* ---- read: is it a plugin? ---- */

static void free_plugin(struct plugin *p)
{
    if (!p || p->built_in)
        return;
    free(p->failure);
    free(p->mapped);
    module_free(&p->module);
    if (!p->kept) {
        free(p->symbols);
        brief_give(p->path);
    }
    keep_give(p->kept, p->kept_size);
    keep_give(p, sizeof *p);
}

static bool make_symbols(struct plugin *p, struct plugin_symbol *place, struct error *error)
{
    uint32_t count = p->module.meta.header.symbols.count;
    p->symbols = place ? place : calloc(count ? count : 1, sizeof *p->symbols);
    if (!p->symbols)
        return error_set_no_memory(error);
    p->symbol_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct meta_symbol symbol = meta_symbol(&p->module.meta, i);
        p->symbols[i] = (struct plugin_symbol){
            .plugin = p, .name = symbol.name, .type = symbol.type, .kind = symbol.kind};
    }
    return true;
}

/* Opens the file, unless it is open. Under a trust policy it is checked before anything else is,
 * and then its sealed copy takes its place. */
static bool open_file(struct plugin *p, const struct plugin_options *options, struct file *file,
                      struct error *error)
{
    bool is_open = file_is_open(file);
    if (!(is_open ? file_read_ahead(file, error) : file_open(file, p->path, error)))
        return false;
    p->device = file->device;
    p->inode = file->inode;
    if (options->trust) {
        struct plugin_trust trust;
        if (!trust_read(&trust, options->trust, error) ||
            !trust_admit(&trust, p->path, file, error))
            return false;
        p->mapped = sealed_path(file);
        if (!p->mapped)
            return error_set_no_memory(error);
    }
    p->mapped_device = file->device;
    p->mapped_inode = file->inode;
    return true;
}

/* Go's run-time maps plugins by their paths. */
static bool check_go(const struct plugin *p, const struct plugin_options *options,
                     struct error *error)
{
    return !p->module.go || !options->trust ||
           error_set(error, PLUGIN_UNSUPPORTED,
                     "options.trust: it is a Go plugin, of which Go itself maps the file");
}

/* What copies have in common. Without build IDs, plugins that differ in types alone may have the
 * same bytes loaded. To Go, all plugins of one path are the same. */
static uint64_t content_of(const struct module *module)
{
    const struct format_header *header = &module->meta.header;
    return module->go ? header->content
                      : hash_bytes(header->content, &header->checksum, sizeof header->checksum);
}

/* Lets what will last of a plugin that was read do so, each part by itself. */
static bool make_apart(struct plugin *p, struct error *error)
{
    char *old = p->path, *path = strdup(old);
    if (!path)
        return error_set_no_memory(error);
    p->path = path;
    brief_give(old);
    return module_keep(&p->module, error) && make_symbols(p, NULL, error);
}

/* Makes the symbols of a plugin that was read, and puts together what will last. What is large has
 * a place of its own in any case, and Go plugins are few. */
static bool make_lasting(struct plugin *p, struct error *error)
{
    size_t symbols = (size_t)p->module.meta.header.symbols.count * sizeof *p->symbols;
    size_t module = module_lasting_size(&p->module), path = strlen(p->path) + 1;
    if (p->module.go || symbols > KEEP_MAX || module > KEEP_MAX || path > KEEP_MAX ||
        symbols + module + path > KEEP_MAX)
        return make_apart(p, error);
    char *place = keep_take(symbols + module + path);
    if (!place)
        return error_set_no_memory(error);
    p->kept = place;
    p->kept_size = symbols + module + path;
    module_move(&p->module, place + symbols);
    char *old = p->path;
    p->path = memcpy(place + symbols + module, old, path);
    brief_give(old);
    return make_symbols(p, (struct plugin_symbol *)(void *)place, error);
}

/* Reads the file, and judges it by itself. NULL with the error set. */
static struct plugin *read_plugin(const char *path, const struct plugin_options *options,
                                  struct file *file, struct error *error)
{
    struct plugin *p = keep_take(sizeof *p);
    if (!p) {
        error_set_no_memory(error);
        return NULL;
    }
    p->path = brief_copy(path, strlen(path));
    bool has_path = p->path || error_set_no_memory(error);
    if (has_path && open_file(p, options, file, error) && module_read(&p->module, file, error) &&
        module_judge_machine(&p->module, error) && module_judge(&p->module, error) &&
        check_go(p, options, error) &&
        (!options->verify || verify_content(&p->module, file, error)) && make_lasting(p, error)) {
        p->content = content_of(&p->module);
        return p;
    }
    free_plugin(p);
    return NULL;
}

/* ---- judge, map, initialise ---- */

/* A plugin that is mapped: the inits of what came with it, of what it needs, and its own. */
static enum outcome initialise(struct plugin *p, struct error *error)
{
    package_set_mapped(p);
    enum package_result result =
        foreign_modules_register(p, error) && foreign_modules_start(p, error)
            ? package_start_needed(p, error)
        : error->code == PLUGIN_INIT_FAILED ? PACKAGE_FAILED
                                            : PACKAGE_BUSY;
    if (result == PACKAGE_STARTED && p->carrier)
        result = package_start(p->carrier, error);
    if (result == PACKAGE_FAILED)
        p->failure = strdup(error_text(error));
    return result == PACKAGE_STARTED                ? OPEN_DONE
           : result == PACKAGE_FAILED && p->failure ? OPEN_FAILED
                                                    : OPEN_REFUSED;
}

static enum outcome judge_and_map(struct plugin *p, const char *path,
                                  const struct plugin_options *options, struct file *file,
                                  struct error *error)
{
    if (!foreign_modules_register(NULL, error) || !package_claim(p, error))
        return OPEN_REFUSED;
    bool is_mapped = process_judge(p, path, file, options, error) && package_promote(p, error) &&
                     map_plugin(p, file, error);
    if (!is_mapped) {
        package_unclaim(p);
        return OPEN_REFUSED;
    }
    module_end_judgement(&p->module);
    return initialise(p, error);
}

/* The same for a Go plugin, which Go's run-time maps and initialises in one step. */
static enum outcome judge_and_open_go(struct plugin *p, const char *path,
                                      const struct plugin_options *options, struct file *file,
                                      struct error *error)
{
    bool fits = go_plugin_prepare(p, options->go_bridge, error) &&
                process_judge(p, path, file, options, error);
    enum outcome outcome = fits ? go_plugin_open(p, file, error) : OPEN_REFUSED;
    go_plugin_finish(p, outcome);
    if (outcome != OPEN_REFUSED)
        module_end_judgement(&p->module);
    return outcome;
}

/* The same for a built-in plugin, whose code is in the process already, but has not run. */
static enum outcome judge_and_start(struct plugin *p, const char *path,
                                    const struct plugin_options *options, struct file *file,
                                    struct error *error)
{
    (void)path, (void)file;
    if (!process_judge_built_in(p, options->strict, error) ||
        (!p->symbols && !make_symbols(p, NULL, error)))
        return OPEN_REFUSED;
    built_in_set_addresses(p);
    enum outcome outcome = initialise(p, error);
    /* Those of a main package that has inits have run before these. */
    if (outcome == OPEN_DONE)
        built_in_construct_main(p);
    return outcome;
}

/* Opens a plugin that was read, unless it is open by now. Takes the candidate. */
static struct plugin *open_read(struct plugin *candidate, const char *path,
                                const struct plugin_options *options, struct file *file,
                                struct error *error)
{
    struct plugin *open;
    if (!registry_begin(candidate, &open, error)) {
        free_plugin(candidate);
        return NULL;
    }
    if (!open) {
        enum outcome outcome =
            (candidate->built_in    ? judge_and_start
             : candidate->module.go ? judge_and_open_go
                                    : judge_and_map)(candidate, path, options, file, error);
        open = registry_end(candidate, outcome != OPEN_REFUSED, error);
    }
    /* Packages that live in its memory stay, whatever became of the plugin. */
    if (open != candidate && !package_is_own(candidate) && !candidate->entry)
        free_plugin(candidate);
    /* What others load meanwhile may have waited for this plugin's packages. */
    ERROR_AUTO ignored = {0};
    foreign_modules_start(NULL, &ignored);
    return open;
}

/* A Go plugin cannot be built in, and in the second C library that a static program would load for
 * it, Go's threads crash. */
static void set_no_loader(const struct plugin *candidate, struct error *error)
{
    if (candidate->module.go)
        error_set(error, PLUGIN_UNSUPPORTED,
                  "a program that is linked with -static cannot open Go plugins");
    else
        error_set(error, PLUGIN_UNSUPPORTED,
                  "it is a file to be loaded, and a static program has no dynamic loader; build "
                  "the plugin into the program with: plugin build --with");
}

/* The open plugin that is the file at this path, by whichever name; NULL: there is none. */
static struct plugin *find_by_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? registry_find_file(status.st_dev, status.st_ino) : NULL;
}

static struct plugin *open_path(const char *path, const struct plugin_options *options,
                                struct error *error)
{
    char resolved[PATH_MAX];
    FILE_AUTO file = FILE_NONE;
    /* A trust policy loads libsodium, which may be anybody's by now: nothing is tried any more. */
    bool is_sealed = registry_is_sealed();
    if (!resolve(resolved, is_sealed ? NULL : &file, path, options->search, error))
        return NULL;
    struct plugin *open =
        file_is_open(&file) ? registry_find_file(file.device, file.inode) : find_by_file(resolved);
    if (!open)
        open = registry_find_path(resolved);
    if (!open && is_sealed)
        registry_set_sealed(error);
    if (open || is_sealed)
        return open;
    struct plugin *candidate = read_plugin(resolved, options, &file, error);
    if (candidate && !loader_is_there()) {
        set_no_loader(candidate, error);
        free_plugin(candidate);
        return NULL;
    }
    return candidate ? open_read(candidate, path, options, &file, error) : NULL;
}

static struct plugin *open_built_in(uint32_t number, const struct plugin_options *options,
                                    struct error *error)
{
    struct plugin *open = registry_find_path(built_in_name(number));
    /* What packages it is bound to depends on those of the program, and of the plugins before it.
     */
    struct plugin *candidate =
        !open && foreign_modules_register(NULL, error) ? built_in_plugin(number, error) : NULL;
    return candidate ? open_read(candidate, candidate->path, options, NULL, error) : open;
}

static struct plugin *set_not_built_in(struct error *error)
{
    TEXT_AUTO names = {0};
    built_in_add_names(&names);
    error_set(error, PLUGIN_NOT_FOUND, "the program has no built-in plugin of that name%s",
              text_chars(&names));
    return NULL;
}

/* NULL, with the error set, for a plugin whose init has failed. */
static struct plugin *check_failure(struct plugin *p, struct error *error)
{
    if (!p || !p->failure)
        return p;
    error_set(error, PLUGIN_INIT_FAILED, "%s", p->failure);
    return NULL;
}

static struct plugin *open_with(const char *path, const struct plugin_options *options,
                                struct error *error)
{
    struct plugin_options own;
    if (!read_options(&own, options, error))
        return NULL;
    uint32_t number;
    bool may_be_built_in = own.placement != PLUGIN_IN_PROCESS;
    if (may_be_built_in && built_in_find(path, &number))
        return check_failure(open_built_in(number, &own, error), error);
    if (own.placement == PLUGIN_BUILT_IN)
        return set_not_built_in(error);
    /* All that an open plugin needs. */
    struct plugin *open = !own.search && registry_has_led(path) ? find_by_file(path) : NULL;
    if (!open) {
        struct area *area = brief_begin();
        open = open_path(path, &own, error);
        brief_end(area);
        if (!open)
            loader_forget_error();
        else if (!own.search)
            registry_note_path(path);
    }
    return check_failure(open, error);
}

plugin *plugin_open_with(const char *path, const struct plugin_options *options)
{
    struct error error = {0};
    struct plugin *open = path ? open_with(path, options, &error) : NULL;
    if (open)
        return open;
    if (!path)
        error_set(&error, PLUGIN_NOT_FOUND, "cannot open a plugin: the path is NULL");
    else if (error.code != PLUGIN_MISFIT) /* whose text starts with the path */
        error_prefix(&error, "cannot open plugin %s: ", path);
    error_publish(&error);
    return NULL;
}

plugin *plugin_open(const char *path)
{
    return plugin_open_with(path, NULL);
}

const char *plugin_path(const plugin *p)
{
    return p ? p->path : NULL;
}

void plugin_seal(void)
{
    registry_seal();
}
