/* SPDX-License-Identifier: MIT */
/* The judgement of symbols: does each one exist, and in which module? */
#include "fit/fast_p.h"
#include "fit/types_p.h"
#include "libraries/toolchain.h"

#include <assert.h>
#include <elf.h>
#include <stdlib.h>

/* How many libraries that lack a symbol a misfit names, and how many needed ones it looks through.
 */
enum { LIBRARIES_MAX = 8, LIBRARIES_SEARCHED_MAX = 64 };

/* A dynamic symbol that a library or the plugin needs, or an import of the plugin, which has a
 * type. */
struct need {
    const char *name;
    uint64_t prefix;  /* the name's first bytes, as a number that sorts alike */
    uint16_t library; /* number of the library that needs it, at most 4,096; 0 is the plugin */
    bool is_import;
    uint32_t index; /* of the dynamic symbol, or of the import */
};

struct needs {
    struct need *items;
    size_t count;
};

/* What the plugin's symbol of the current name will be bound to. */
struct binding {
    const char *name;
    bool is_found;
    bool is_thread_local; /* as the plugin uses it */
    bool is_reported;     /* it is reported as missing */
    struct provider provider;
};

/* ---- needs, sorted by name ---- */

/* Returns the first bytes of a name as a number that sorts alike. Most names differ there. */
static uint64_t name_prefix(const char *name)
{
    uint64_t prefix = 0;
    for (size_t i = 0; i < sizeof prefix; i++) {
        prefix = prefix << 8 | (uint8_t)*name;
        name += *name != '\0';
    }
    return prefix;
}

static int compare_needs(const void *first, const void *second)
{
    const struct need *a = first, *b = second;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    int order = strcmp(a->name, b->name);
    if (order != 0)
        return order;
    if (a->library != b->library)
        return a->library < b->library ? -1 : 1;
    if (a->is_import != b->is_import)
        return a->is_import ? 1 : -1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void needs_add(struct needs *needs, const char *name, uint32_t library, bool is_import,
                      uint32_t index)
{
    needs->items[needs->count++] =
        (struct need){name, name_prefix(name), (uint16_t)library, is_import, index};
}

/* Collects what is not settled. */
static bool needs_init(struct needs *needs, const struct judgement *j,
                       const struct settled *settled)
{
    const struct libraries *libraries = j->libraries;
    uint32_t imports = j->plugin->meta.header.imports.count;
    size_t room = settled->left + 1;
    for (size_t i = 1; i < libraries->count; i++)
        room += libraries->items[i].dynamic.symbol_count;
    needs->items = arena_alloc(libraries->arena, room * sizeof *needs->items);
    if (!needs->items)
        return error_set_no_memory(j->error);
    for (uint32_t i = 0; i < libraries->count; i++) {
        const struct dynamic *dynamic = &libraries->items[i].dynamic;
        for (uint32_t k = 1; k < dynamic->wanted_end; k++) {
            if (i ? dynamic_is_wanted(dynamic, k) : !settled->symbols[k])
                needs_add(needs, dynamic_symbol_name(dynamic, k), i, false, k);
        }
    }
    for (uint32_t i = 0; i < imports; i++)
        if (!settled->imports[i])
            needs_add(needs, meta_import_name(&j->plugin->meta, i), 0, true, i);
    assert(needs->count <= room);
    qsort(needs->items, needs->count, sizeof *needs->items, compare_needs);
    return true;
}

/* ---- missing symbols ---- */

/* Finds the module that a reference will be bound to: one of the process, or a library that will be
 * loaded. Sets j->search. */
static bool search_symbol(struct judgement *j, const char *name, const char *version, uint32_t kind)
{
    const struct fit_host *host = j->host;
    const struct library *library;
    struct symbol_search search = {.name = name, .version = version, .kind = kind};
    if (j->search.name && kind == j->search.kind && !strcmp(j->search.name, name) &&
        (version ? j->search.version && !strcmp(j->search.version, version) : !j->search.version))
        return true;
    if (!host->find_symbol(host->context, name, version, kind, &search.is_found, &search.provider,
                           j->error))
        return false;
    if (!search.is_found) {
        if (!symbol_index_find(&j->definitions, name, version, &library, j->error))
            return false;
        search.is_found = library != NULL;
        if (library)
            search.provider = (struct provider){.path = library->path, .module = library->module};
    }
    j->search = search;
    return true;
}

/* Names the needed libraries that lack the symbol: ", nor by libfoo.so.1". */
static void add_searched(struct misfit *misfit, const struct judgement *j,
                         const struct library *needer)
{
    const char *name;
    size_t count = 0;
    for (size_t i = 0; i < LIBRARIES_SEARCHED_MAX && (name = dynamic_needed(&needer->dynamic, i));
         i++) {
        if (toolchain_has(name))
            continue;
        if (count++ == LIBRARIES_MAX) {
            misfit_add(misfit, ", ...");
            return;
        }
        misfit_add(misfit, "%s%s%s", count == 1 ? ", nor by " : ", ", path_base_name(name),
                   judge_is_missing(j, name) ? ", which is missing" : "");
    }
}

static bool add_missing_symbol(struct judgement *j, const struct need *need)
{
    const struct fit_host *host = j->host;
    const struct library *needer = &j->libraries->items[need->library];
    const char *hidden = NULL, *library = host->library ? host->library(host->context) : NULL;
    if (host->find_hidden && !host->find_hidden(host->context, need->name, &hidden, j->error))
        return false;
    struct misfit *misfit = misfits_start(j->misfits, need->name, NULL);
    misfit->kind = MISFIT_UNDEFINED;
    misfit_add(misfit, "%s: ", need->name);
    if (need->library)
        misfit_add(misfit, "needed by %s, ", needer->path);
    if (hidden) {
        misfit_add(misfit,
                   "defined by %s, which is loaded without RTLD_GLOBAL; link the plugin with it, "
                   "or load it with RTLD_GLOBAL",
                   path_base_name(hidden));
    } else {
        bool is_host = !library || (host->module && host->module->is_stamped);
        misfit_add(misfit, "not exported by %s%s%s", is_host ? "the host" : "",
                   is_host && library ? ", nor by " : "", library ? path_base_name(library) : "");
        add_searched(misfit, j, needer);
    }
    misfits_end(j->misfits);
    return true;
}

/* The name is defined, but not with this version. */
static void add_missing_version(struct judgement *j, const struct need *need,
                                const struct dynamic_symbol *symbol)
{
    misfits_add(j->misfits, need->name, NULL,
                "%s: version %s%s%s not found; %s was linked with a newer one", need->name,
                symbol->version, symbol->library ? " of " : "",
                symbol->library ? symbol->library : "",
                need->library ? j->libraries->items[need->library].path : "the plugin");
}

/* Finds the plugin's first import of this symbol, which follows the symbol in `needs`. */
static bool find_import(const struct judgement *j, const struct need *need, const struct need *end,
                        struct meta_import *import)
{
    bool has_import = need->library == 0 && need + 1 < end && need[1].is_import &&
                      !strcmp(need[1].name, need->name);
    if (has_import)
        *import = meta_import(&j->plugin->meta, need[1].index);
    return has_import;
}

static bool judge_symbol(struct judgement *j, const struct need *need, const struct need *end,
                         struct binding *binding)
{
    struct dynamic_symbol symbol =
        dynamic_symbol(&j->libraries->items[need->library].dynamic, need->index);
    struct meta_import import = {0};
    uint32_t kind = meta_kind_of(symbol.type);
    /* Linkers do not record the type of an undefined symbol. */
    if (find_import(j, need, end, &import) && !kind)
        kind = import.kind;
    /* A weak symbol may be missing, and there is no type to compare. */
    if (symbol.is_weak && !j->is_strict && !import.kind && !import.type)
        return true;
    if (!search_symbol(j, symbol.name, symbol.version, kind))
        return false;
    bool is_found = j->search.is_found;
    if (need->library == 0 && !binding->is_found) {
        binding->is_found = is_found;
        binding->is_thread_local = symbol.type == STT_TLS;
        binding->provider = j->search.provider;
    }
    if (is_found || symbol.is_weak || binding->is_reported || judge_is_explained(j, &symbol))
        return true;
    if (symbol.version && !search_symbol(j, symbol.name, NULL, kind))
        return false;
    binding->is_reported = true;
    if (!j->search.is_found)
        return add_missing_symbol(j, need);
    add_missing_version(j, need, &symbol);
    return true;
}

/* ---- imports ---- */

/* Reads the module's definition of a symbol from its stamp; with a package, of that package's
 * symbol. False if there is none. */
static bool view_definition(struct view *view, const struct module *module, const char *name,
                            const char *package)
{
    const struct meta *meta = &module->meta;
    uint32_t index;
    *view = (struct view){.module = module, .name = name, .package = package};
    if (!package && meta_find_symbol(meta, name, &index)) {
        struct meta_symbol symbol = meta_symbol(meta, index);
        view->hash = symbol.hash;
        view->type = symbol.type;
        view->kind = symbol.kind;
        return true;
    }
    if (!meta_find_shared(meta, name, &index))
        return false;
    struct meta_shared shared = meta_shared(meta, index);
    view->hash = shared.hash;
    view->type = shared.type;
    view->kind = shared.kind;
    return !package || !strcmp(meta_package(meta, shared.package).path, package);
}

/* DWARF does not say whether a declared variable is thread-local. */
static struct view view_use(const struct judgement *j, const struct meta_import *import,
                            bool is_thread_local)
{
    const struct meta *meta = &j->plugin->meta;
    return (struct view){
        .module = j->plugin,
        .name = import->name,
        .package = import->package ? meta_package(meta, import->package - 1).path : NULL,
        .hash = import->hash,
        .type = import->type,
        .kind =
            is_thread_local && import->kind == FORMAT_VARIABLE ? FORMAT_THREAD_LOCAL : import->kind,
        .is_preempted = import->is_by_definition && !import->package,
        .library = import->library};
}

/* An import that the plugin does not define. */
static bool judge_undefined(struct judgement *j, const struct meta_import *import,
                            const struct binding *binding)
{
    const struct provider *provider = &binding->provider;
    struct view use = view_use(j, import, binding->is_thread_local), definition;
    if (!binding->is_found) {
        /* It is told as missing, but what is linked may have it from a library. */
        j->misfits->uses.unchecked +=
            !import->is_weak && !j->libraries->is_linked && !judge_is_implementation(&use);
        return true;
    }
    if (provider->module && provider->module->is_stamped) {
        view_definition(&definition, provider->module, import->name, NULL);
        return judge_use(j, &definition, &use, provider);
    }
    if (judge_is_implementation(&use) || toolchain_has(provider->path))
        return true;
    if (!provider->unread) {
        judge_unchecked(j, &use, provider);
        return true;
    }
    j->misfits->uses.unchecked++;
    misfits_add(j->misfits, use.name, use.package, "%s: its type cannot be compared: %s", use.name,
                provider->unread);
    return true;
}

/* An import that the plugin defines, but that the first definition in the process preempts. */
static bool judge_preemptible(struct judgement *j, const struct meta_import *import)
{
    const struct fit_host *host = j->host;
    struct binding binding = {.name = import->name};
    if (!host->find_symbol(host->context, import->name, NULL, import->kind, &binding.is_found,
                           &binding.provider, j->error))
        return false;
    if (binding.is_found && !strcmp(binding.provider.path, j->libraries->items[0].path))
        return true;
    return judge_undefined(j, import, &binding);
}

/* An import of a plugin that is linked into its host and thus has no dynamic symbols. */
static bool judge_linked(struct judgement *j, const struct meta_import *import)
{
    const struct fit_host *host = j->host;
    struct binding binding = {.name = import->name};
    if (!host->find_symbol(host->context, import->name, NULL, import->kind, &binding.is_found,
                           &binding.provider, j->error))
        return false;
    const struct module *module = binding.provider.module;
    binding.is_thread_local = module && module_kind(module, import->name) == FORMAT_THREAD_LOCAL;
    return judge_undefined(j, import, &binding);
}

/* The plugin's own copy of the package will be live. But its references are bound to the first
 * definition of the name, which may be another module's. */
static bool judge_own(struct judgement *j, const struct meta_import *import, const char *package)
{
    const struct fit_host *host = j->host;
    struct provider provider;
    bool is_found;
    /* Many modules define the same weak C++ function. For a linked plugin, the stamp checks the
     * linker's symbols. */
    if (import->is_weak || j->libraries->is_linked)
        return true;
    if (!host->find_symbol(host->context, import->name, NULL, import->kind, &is_found, &provider,
                           j->error))
        return false;
    /* Nothing of the host but its C library is in an isolated plugin's process. */
    bool is_elsewhere = is_found && strcmp(provider.path, j->libraries->items[0].path) != 0 &&
                        (!host->is_isolated || toolchain_has(provider.path));
    if (!is_elsewhere)
        return true;
    if (provider.is_host && !(provider.module && provider.module->is_stamped))
        misfits_add(j->misfits, import->name, package,
                    "%s: defined by package %s in the plugin, and also in the host, which is not "
                    "stamped and so has no package; compile it with -g and run: plugin stamp %s",
                    import->name, package, provider.path);
    else
        misfits_add(j->misfits, import->name, package,
                    "%s: defined by package %s in the plugin, and outside of that package in "
                    "%s; rename one of them",
                    import->name, package, provider_name(&provider));
    return true;
}

/* An import of a package that the plugin contains; the live copy may be another module's. */
static bool judge_shared(struct judgement *j, const struct meta_import *import)
{
    const struct judged_package *judged = &j->packages[import->package - 1];
    const char *package = meta_package(&j->plugin->meta, import->package - 1).path;
    struct view own, definition;
    if (judged->is_unexported)
        return true;
    if (!judged->is_elsewhere)
        return judge_own(j, import, package);
    view_definition(&own, j->plugin, import->name, package);
    struct view use = view_use(j, import, own.kind == FORMAT_THREAD_LOCAL);
    if (view_definition(&definition, judged->provider.module, import->name, package))
        return judge_use(j, &definition, &use, &judged->provider);
    if (import->is_weak)
        return true;
    j->misfits->uses.unchecked++;
    struct misfit *misfit = misfits_start(j->misfits, import->name, package);
    misfit->kind = MISFIT_OUTDATED;
    misfit_add(misfit, "%s: missing from package %s of %s", import->name, package,
               provider_name(&judged->provider));
    misfits_end(j->misfits);
    return true;
}

static bool judge_import(struct judgement *j, uint32_t index, const struct binding *binding)
{
    struct meta_import import = meta_import(&j->plugin->meta, index);
    if (import.package)
        return judge_shared(j, &import);
    if (import.is_by_definition)
        return judge_preemptible(j, &import);
    return j->libraries->is_linked ? judge_linked(j, &import)
                                   : judge_undefined(j, &import, binding);
}

/* Counts an import that is not judged. */
static void count_unjudged(struct judgement *j, uint32_t index)
{
    struct meta_import import = meta_import(&j->plugin->meta, index);
    struct view use = view_use(j, &import, false);
    j->misfits->uses.unchecked += !judge_is_implementation(&use);
}

void judge_no_symbols(struct judgement *j)
{
    for (uint32_t i = 0; i < j->plugin->meta.header.imports.count; i++)
        count_unjudged(j, i);
}

bool judge_symbols(struct judgement *j)
{
    struct needs needs = {0};
    struct settled settled;
    struct binding binding = {.name = ""};
    bool is_judged = settled_init(&settled, j) && needs_init(&needs, j, &settled);
    for (uint32_t i = 0; is_judged && i < j->plugin->meta.header.imports.count; i++)
        j->misfits->uses.compared += settled.imports[i];
    size_t i = 0;
    for (; is_judged && !misfits_are_too_many(j->misfits) && i < needs.count; i++) {
        const struct need *need = &needs.items[i];
        if (strcmp(need->name, binding.name) != 0)
            binding = (struct binding){.name = need->name};
        is_judged = need->is_import ? judge_import(j, need->index, &binding)
                                    : judge_symbol(j, need, needs.items + needs.count, &binding);
    }
    j->misfits->uses.is_cut = is_judged && i < needs.count;
    for (; is_judged && i < needs.count; i++)
        if (needs.items[i].is_import)
            count_unjudged(j, needs.items[i].index);
    return is_judged;
}
