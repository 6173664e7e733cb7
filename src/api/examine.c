/* SPDX-License-Identifier: MIT */
/* Examining a plugin's file: what an open would do, up to the mapping. */
#include "api/examine_p.h"
#include "api/isolated_p.h"
#include "api/options_p.h"
#include "api/resolve_p.h"
#include "api/suggest_p.h"
#include "api/symbol_p.h"
#include "api/types_p.h"
#include "base/loader.h"
#include "base/search.h"
#include "go/plugins.h"
#include "packages/foreign_modules.h"
#include "process/registry.h"
#include "trust/sha256.h"

#include <stdlib.h>
#include <string.h>

struct plugin_file {
    struct plugin candidate; /* of it, only what a judgement reads */
    const char *asked;       /* the path as the caller gave it, for messages */
    struct file given;       /* not open: which file was examined */
    struct arena arena;      /* has the path and the module */
    struct error verdict;    /* of an open; no code: it would have succeeded */
    char *content;           /* set once; atomic. Owned */
    char **decls;            /* of the symbols, then of the imports; each as `content` */
};

/* ---- the verdict ---- */

static bool examine_judge_candidate(struct opening *opening, struct error *error)
{
    struct plugin *candidate = opening->p;
    bool fits = opening->options->is_global ? opening_check_global(candidate, error) : true;
    if (!fits || !foreign_modules_register(NULL, error))
        return false;
    if (opening->options->placement == PLUGIN_ISOLATED)
        return isolated_find_bridge(opening, error) && process_judge(opening, error) &&
               isolated_judge(opening, error);
    fits = !candidate->module.go ||
           go_plugin_find_bridge(candidate, opening->options->go_bridge, error);
    fits = fits && process_judge(opening, error);
    if (candidate->module.go)
        go_plugin_finish(candidate, OPEN_REFUSED);
    return fits;
}

static bool examine_judge(struct opening *opening, struct error *error)
{
    struct plugin *open;
    if (!opening_is_possible(opening->options)) {
        opening_set_no_loader(opening->p, error);
        return false;
    }
    if (!registry_judge(opening->p, &open, error))
        return false;
    if (open && open->failure)
        return error_set(error, PLUGIN_INIT_FAILED, "%s", open->failure);
    return open ? wanted_judge(opening->wanted, open, open->path, error)
                : examine_judge_candidate(opening, error);
}

/* ---- the file ---- */

/* Opens and reads the file, and allocates what lasts. */
static bool examine_read(struct plugin_file *file, struct opening *opening, struct error *error)
{
    char resolved[PATH_MAX];
    struct module *module = &file->candidate.module;
    if (opening->options->trust && registry_is_sealed())
        return registry_set_sealed(error); /* to check the policy would load libsodium */
    if (!resolve(resolved, &opening->file, opening->path, opening->options->search, error) ||
        (!file_is_open(&opening->file) && !file_open(&opening->file, resolved, error)))
        return false;
    file->given = opening->file;
    file->given.start = file->given.end = (struct file_part){0};
    file->given.descriptor = -1;
    if (!opening_read(opening, resolved, module, error))
        return false;
    opening->p = &file->candidate;
    opening->p->is_strict = options_want_equal_types(opening->options);
    const struct format_header *header = &module->meta.header;
    file->decls = arena_alloc_zeroed(&opening->arena, header->symbols.count + header->imports.count,
                                     sizeof *file->decls);
    file->candidate.path = arena_strndup(&opening->arena, resolved, strlen(resolved));
    file->asked = arena_strndup(&opening->arena, opening->path, strlen(opening->path));
    return (file->decls && file->candidate.path && file->asked &&
            plugin_set_file(&file->candidate, &file->given, &opening->file, error) &&
            isolated_set_content(opening)) ||
           (!error->code && error_set_no_memory(error));
}

static bool examine_file(struct plugin_file *file, struct opening *opening, struct error *error)
{
    bool is_read = examine_read(file, opening, error);
    /* The judgement has an arena of its own, which ends with it. */
    file->arena = opening->arena;
    opening->arena = (struct arena){0};
    if (!is_read)
        return false;
    if (!examine_judge(opening, &file->verdict) && file->verdict.code != PLUGIN_MISFIT)
        opening_add_path("open", opening->path, &file->verdict);
    loader_forget_error();
    if (file->verdict.code != PLUGIN_NO_MEMORY)
        return true;
    return error_set_no_memory(error);
}

plugin_file *examine(const char *path, const struct plugin_options *options, const void *caller,
                     struct error *error)
{
    struct wanted wanted = {.rules = type_rules(options_want_equal_types(options)),
                            .is_global = options->is_global};
    __attribute__((cleanup(opening_deinit))) struct opening opening = {
        .path = path, .options = options, .caller = caller, .wanted = &wanted, .file = FILE_NONE};
    struct plugin_file *file = calloc(1, sizeof *file);
    bool is_examined = false;
    if (!file)
        error_set_no_memory(error);
    else if (path && *path)
        is_examined = (!options->expect || wanted_add_expected(&wanted, options->expect, error)) &&
                      examine_file(file, &opening, error);
    wanted_deinit(&wanted);
    if (is_examined)
        return file;
    opening_add_path("examine", path, error);
    plugin_file_free(file);
    return NULL;
}

bool examine_read_options(struct plugin_options *options, struct plugin_trust *trust,
                          const struct plugin_options *given, struct error *error)
{
    return options_read(options, trust, given, error) &&
           (options->placement != PLUGIN_BUILT_IN ||
            error_set(error, PLUGIN_UNSUPPORTED,
                      "options.placement: a built-in plugin is no file"));
}

plugin_file *plugin_examine(const char *path, const struct plugin_options *given)
{
    struct error error = {0};
    struct plugin_options options;
    struct plugin_trust trust;
    struct thread_cancel cancel;
    plugin_file *file = NULL;
    thread_defer_cancel(&cancel);
    if (examine_read_options(&options, &trust, given, &error))
        file = examine(path, &options, __builtin_return_address(0), &error);
    else
        opening_add_path("examine", path, &error);
    thread_restore_cancel(&cancel);
    if (!file)
        error_publish(&error);
    return file;
}

void plugin_file_free(plugin_file *file)
{
    if (!file)
        return;
    const struct format_header *header = &file->candidate.module.meta.header;
    for (size_t i = 0; file->decls && i < header->symbols.count + header->imports.count; i++)
        free(file->decls[i]);
    module_deinit(&file->candidate.module);
    arena_deinit(&file->arena);
    error_free(&file->verdict);
    free(file->content);
    free(file);
}

/* ---- what is known of it ---- */

bool plugin_file_fits(const plugin_file *file)
{
    struct error error = {0};
    if (!file || file->verdict.code == PLUGIN_OK)
        return file;
    error_copy(&error, &file->verdict);
    error_publish(&error);
    return false;
}

/* Puts the verdict in front of the misfits of an interface: an open tells all at once. */
static void file_add_verdict(const plugin_file *file, struct error *error)
{
    ERROR_AUTO interface = *error;
    *error = (struct error){0};
    error_copy(error, &file->verdict);
    if (interface.code == PLUGIN_OK)
        return;
    text_add(&error->text, "\n");
    text_add_bytes(&error->text, error_text(&interface), interface.text.length);
    error->text.failed |= interface.text.failed;
}

bool plugin_file_meets_(const plugin_file *file, const void *probe, size_t size)
{
    struct error error = {0};
    struct wanted wanted = {0};
    if (!file)
        return false;
    wanted.rules = type_rules(file->candidate.is_strict);
    bool is_met = wanted_add_interface(&wanted, probe, size, &error) &&
                  wanted_judge(&wanted, &file->candidate, file->asked, &error);
    wanted_deinit(&wanted);
    if (file->verdict.code != PLUGIN_OK) {
        file_add_verdict(file, &error);
        is_met = false;
    }
    if (!is_met)
        error_publish(&error);
    return is_met;
}

const char *plugin_file_path(const plugin_file *file)
{
    return file ? file->candidate.path : NULL;
}

/* Returns the SHA-256 of the file, newly allocated; NULL with the error set. */
static char *file_hash(const plugin_file *file, struct error *error)
{
    const char *path = file->candidate.path;
    char *text = malloc(SHA256_DIGITS + 1);
    FILE_AUTO own = FILE_NONE;
    bool is_hashed = text || error_set_no_memory(error);
    is_hashed = is_hashed && file_open(&own, path, error) && sha256_of_file(text, &own, error);
    if (is_hashed && !file_is_still(&file->given, path))
        is_hashed = error_set(error, PLUGIN_SYSTEM, "it was changed since it was examined");
    if (is_hashed)
        return text;
    free(text);
    error_prefix(error, "cannot hash plugin %s: ", path);
    return NULL;
}

const char *plugin_file_content(const plugin_file *file)
{
    struct error error = {0};
    if (!file)
        return "";
    char **place = (char **)&file->content, *known = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    char *made = known ? NULL : file_hash(file, &error);
    if (made)
        return text_keep_first(place, made);
    if (!known)
        error_publish(&error);
    return known ? known : "";
}

const char *plugin_file_info(const plugin_file *file, const char *key)
{
    return file ? plugin_info(&file->candidate, key) : NULL;
}

const char *plugin_file_info_at(const plugin_file *file, size_t index, const char **value)
{
    if (!file || index >= file->candidate.module.meta.header.infos.count)
        return NULL;
    struct meta_info info = meta_info(&file->candidate.module.meta, (uint32_t)index);
    *value = info.value;
    return info.key;
}

/* ---- names ---- */

static const char *name_of_symbol(const struct meta *meta, uint32_t index)
{
    return meta_symbol(meta, index).name;
}

struct names_after {
    const struct meta *meta;
    const char *(*name)(const struct meta *, uint32_t);
    const char *after;
};

static bool is_not_after(const void *context, size_t item)
{
    const struct names_after *names = context;
    return names->after && strcmp(names->name(names->meta, (uint32_t)item), names->after) <= 0;
}

/* Returns the first of sorted names after this one; after NULL, the first of all. */
static const char *name_after(const struct meta *meta, uint32_t count, const char *after,
                              const char *(*name)(const struct meta *, uint32_t))
{
    const struct names_after names = {meta, name, after};
    size_t first = search_first(count, is_not_after, &names);
    return first < count ? name(meta, (uint32_t)first) : NULL;
}

const char *plugin_file_next(const plugin_file *file, const char *after)
{
    const struct meta *meta = file ? &file->candidate.module.meta : NULL;
    return meta ? name_after(meta, meta->header.symbols.count, after, name_of_symbol) : NULL;
}

const char *plugin_file_next_import(const plugin_file *file, const char *after)
{
    const struct meta *meta = file ? &file->candidate.module.meta : NULL;
    return meta ? name_after(meta, meta->header.imports.count, after, meta_import_name) : NULL;
}

/* Packages are in the order of imports; there are FORMAT_PACKAGES_MAX at most. */
const char *plugin_file_next_package(const plugin_file *file, const char *after)
{
    const char *next = NULL;
    const struct meta *meta = file ? &file->candidate.module.meta : NULL;
    for (uint32_t i = 0; meta && i < meta->header.packages.count; i++) {
        const char *path = meta_package(meta, i).path;
        if (strcmp(path, META_MAIN) != 0 && (!after || strcmp(path, after) > 0) &&
            (!next || strcmp(path, next) < 0))
            next = path;
    }
    return next;
}

/* ---- declarations ---- */

/* Finds the symbol or import of this name: its type, 0 if it was not recorded, and the place of its
 * declaration. */
static bool file_find_type(const plugin_file *file, const char *name, uint32_t *type, char ***place)
{
    const struct meta *meta = &file->candidate.module.meta;
    uint32_t index;
    if (meta_find_symbol(meta, name, &index)) {
        *type = meta_symbol(meta, index).type;
        *place = &file->decls[index];
        return true;
    }
    if (!meta_find_import(meta, name, &index))
        return false;
    *type = meta_import(meta, index).type;
    *place = &file->decls[meta->header.symbols.count + index];
    return true;
}

const char *plugin_file_decl(const plugin_file *file, const char *name)
{
    uint32_t type;
    char **place;
    return file && name && file_find_type(file, name, &type, &place)
               ? decl_get(place, &file->candidate, name, type)
               : NULL;
}

static plugin_type file_find(const plugin_file *file, const char *name, struct error *error)
{
    const struct plugin *candidate = &file->candidate;
    plugin_type type = {0};
    uint32_t id;
    char **place;
    if (!file_find_type(file, name, &id, &place)) {
        error_set(error, PLUGIN_NO_SYMBOL,
                  "cannot read the type of %s: plugin %s neither exports nor imports it", name,
                  candidate->path);
        near_add(&error->text, &candidate->module.meta, name);
        return type;
    }
    if (id)
        type = types_read(candidate, id, error);
    else
        error_set(error, PLUGIN_WRONG_TYPE, "its type was not recorded");
    if (!type.types_)
        error_prefix(error, "cannot read the type of %s of plugin %s: ", name, candidate->path);
    return type;
}

plugin_type plugin_file_type(const plugin_file *file, const char *name)
{
    struct error error = {0};
    plugin_type type = {0};
    if (!file)
        return type;
    type = file_find(file, name ? name : "(null)", &error);
    if (!type.types_)
        error_publish(&error);
    return type;
}
