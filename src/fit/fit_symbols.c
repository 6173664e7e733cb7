/* The part of the judgement that is about symbols: whether each is there, and whose. */
#include "base/brief.h"
#include "fit/fit_fast.h"
#include "fit/fit_types.h"
#include "libraries/toolchain.h"

#include <elf.h>
#include <stdlib.h>

/* So many libraries that do not have a symbol are named, of so many that were asked. */
enum { LIBRARIES_MAX = 8, LIBRARIES_ASKED_MAX = 64 };

/* A symbol that a library needs, or an import of the plugin, which says of what type. */
struct need {
    const char *name;
    uint64_t start; /* of the name: its first bytes, in the order of names */
    size_t library; /* number of the library that needs it; 0 is the plugin */
    bool is_import;
    uint32_t index; /* of the dynamic symbol, or of the import */
};

struct needs {
    struct need *items;
    size_t count;
};

/* The name at hand: what the plugin's symbol of this name would be bound to. */
struct binding {
    const char *name;
    bool is_found;
    bool is_thread_local; /* the plugin uses it as such */
    bool is_reported;     /* nobody has it, and that was said */
    struct provider provider;
};

/* ---- what is needed, in the order of names ---- */

/* The first bytes of a name, as a number that is ordered as they are: most names differ there. */
static uint64_t start_of(const char *name)
{
    uint64_t start = 0;
    for (size_t i = 0; i < sizeof start; i++) {
        start = start << 8 | (uint8_t)*name;
        name += *name != '\0';
    }
    return start;
}

static int compare_needs(const void *first, const void *second)
{
    const struct need *a = first, *b = second;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    int order = strcmp(a->name, b->name);
    if (order != 0)
        return order;
    if (a->library != b->library)
        return a->library < b->library ? -1 : 1;
    if (a->is_import != b->is_import)
        return a->is_import ? 1 : -1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void add_need(struct needs *needs, const char *name, size_t library, bool is_import,
                     uint32_t index)
{
    needs->items[needs->count++] = (struct need){name, start_of(name), library, is_import, index};
}

/* Collects what is not settled. */
static bool collect_needs(const struct judgement *j, const struct settled *settled,
                          struct needs *needs)
{
    const struct libraries *libraries = j->libraries;
    uint32_t imports = j->plugin->meta.header.imports.count;
    size_t room = settled->left + 1;
    for (size_t i = 1; i < libraries->count; i++)
        room += libraries->items[i].dynamic.symbol_count;
    needs->items = brief_take(room * sizeof *needs->items);
    if (!needs->items)
        return error_set_no_memory(j->error);
    for (size_t i = 0; i < libraries->count; i++) {
        const struct dynamic *dynamic = &libraries->items[i].dynamic;
        for (uint32_t k = 1; k < dynamic->symbol_count; k++) {
            if (i == 0 && settled->symbols[k])
                continue;
            struct dynamic_symbol symbol = dynamic_symbol(dynamic, k);
            if (symbol.is_wanted)
                add_need(needs, symbol.name, i, false, k);
        }
    }
    for (uint32_t i = 0; i < imports; i++)
        if (!settled->imports[i])
            add_need(needs, meta_import_name(&j->plugin->meta, i), 0, true, i);
    qsort(needs->items, needs->count, sizeof *needs->items, compare_needs);
    return true;
}

/* ---- symbols that nobody has ---- */

static bool is_same_version(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* Who has it: the process, or a library that will be loaded? */
static bool ask(struct judgement *j, struct answer *answer)
{
    const struct fit_host *host = j->host;
    const struct library *library;
    if (!host->find_symbol(host->context, answer->name, answer->version, answer->kind,
                           &answer->is_found, &answer->provider, j->error))
        return false;
    if (answer->is_found)
        return true;
    if (!definitions_find(&j->definitions, answer->name, answer->version, &library, j->error))
        return false;
    answer->is_found = library != NULL;
    if (library)
        answer->provider = (struct provider){.path = library->path, .module = library->module};
    return true;
}

/* The same, which was perhaps found just before. */
static bool find(struct judgement *j, const struct dynamic_symbol *symbol, const char *version,
                 uint32_t kind, bool *found, struct provider *provider)
{
    struct answer *last = &j->answer;
    if (!last->name || kind != last->kind || strcmp(last->name, symbol->name) != 0 ||
        !is_same_version(last->version, version)) {
        struct answer answer = {.name = symbol->name, .version = version, .kind = kind};
        if (!ask(j, &answer))
            return false;
        *last = answer;
    }
    *found = last->is_found;
    *provider = last->provider;
    return true;
}

/* Adds the libraries that were asked as well: ", nor by libfoo.so.1". */
static void add_asked(struct text *text, const struct judgement *j, const struct library *needer)
{
    const char *name;
    size_t count = 0;
    for (size_t i = 0; i < LIBRARIES_ASKED_MAX && (name = dynamic_needed(&needer->dynamic, i));
         i++) {
        if (implementation_has(name))
            continue;
        if (count++ == LIBRARIES_MAX) {
            text_add(text, ", ...");
            return;
        }
        text_add(text, count == 1 ? ", nor by " : ", ");
        text_add_escaped(text, judge_base_name(name));
        if (judge_is_missing(j, name))
            text_add(text, ", which is missing");
    }
}

static void add_missing(struct judgement *j, const struct need *need)
{
    const struct library *needer = &j->libraries->items[need->library];
    struct misfit *misfit = misfits_start(j->misfits, need->name, NULL);
    text_add_escaped(&misfit->text, need->name);
    text_add(&misfit->text, ": ");
    if (need->library) {
        text_add(&misfit->text, "wanted by ");
        text_add_escaped(&misfit->text, needer->path);
        text_add(&misfit->text, ", and ");
    }
    text_add(&misfit->text, "not exported by the host");
    add_asked(&misfit->text, j, needer);
    misfits_end(j->misfits);
}

/* The name is there, and the version is not. */
static void add_missing_version(struct judgement *j, const struct need *need,
                                const struct dynamic_symbol *symbol)
{
    struct misfit *misfit = misfits_start(j->misfits, need->name, NULL);
    text_add_escaped(&misfit->text, need->name);
    text_add(&misfit->text, ": version ");
    text_add_escaped(&misfit->text, symbol->version);
    if (symbol->library) {
        text_add(&misfit->text, " of ");
        text_add_escaped(&misfit->text, symbol->library);
    }
    text_add(&misfit->text, " is not there; ");
    text_add_escaped(&misfit->text,
                     need->library ? j->libraries->items[need->library].path : "the plugin");
    text_add(&misfit->text, " was linked with a newer one");
    misfits_end(j->misfits);
}

/* The first import of the plugin's symbol of this name; false if there is none. */
static bool find_import(const struct judgement *j, const struct need *need, const struct need *end,
                        struct meta_import *import)
{
    bool has_import = need->library == 0 && need + 1 < end && need[1].is_import &&
                      !strcmp(need[1].name, need->name);
    if (has_import)
        *import = meta_import(&j->plugin->meta, need[1].index);
    return has_import;
}

/* Does it make no difference who has the symbol, if anybody? It may be missing, and nothing is
 * recorded of it that could be compared. */
static bool is_any(const struct judgement *j, const struct dynamic_symbol *symbol,
                   const struct meta_import *import)
{
    return symbol->is_weak && !j->is_strict && !import->kind && !import->type;
}

static bool judge_symbol(struct judgement *j, const struct need *need, const struct need *end,
                         struct binding *binding)
{
    struct dynamic_symbol symbol =
        dynamic_symbol(&j->libraries->items[need->library].dynamic, need->index);
    struct provider provider;
    bool found, has_name = false;
    uint32_t kind = meta_kind_of(symbol.type);
    /* Linkers do not say what an undefined symbol is. */
    struct meta_import import = {0};
    if (find_import(j, need, end, &import) && !kind)
        kind = import.kind;
    if (is_any(j, &symbol, &import))
        return true;
    if (!find(j, &symbol, symbol.version, kind, &found, &provider))
        return false;
    if (need->library == 0 && !binding->is_found) {
        binding->is_found = found;
        binding->is_thread_local = symbol.type == STT_TLS;
        binding->provider = provider;
    }
    if (found || symbol.is_weak || binding->is_reported || judge_is_explained(j, &symbol))
        return true;
    if (symbol.version && !find(j, &symbol, NULL, kind, &has_name, &provider))
        return false;
    if (has_name)
        add_missing_version(j, need, &symbol);
    else
        add_missing(j, need);
    binding->is_reported = true;
    return true;
}

/* ---- imports ---- */

/* What the module's stamp says of its symbol, or, with a package, of its symbol of that package. */
static bool find_definition(const struct module *module, const char *name, const char *package,
                            struct view *view)
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

/* DWARF does not say of a declaration whether it is of a thread-local variable. */
static struct view view_of(const struct judgement *j, const struct meta_import *import,
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
        .library = import->library};
}

/* An import that the plugin does not define. */
static bool judge_undefined(struct judgement *j, const struct meta_import *import,
                            const struct binding *binding)
{
    const struct provider *provider = &binding->provider;
    struct view use = view_of(j, import, binding->is_thread_local), definition;
    if (!binding->is_found)
        return true;
    if (provider->module && provider->module->is_stamped) {
        find_definition(provider->module, import->name, NULL, &definition);
        return judge_use(j, &definition, &use, provider);
    }
    if (j->is_strict && !use.type && !judge_is_implementation(&use) &&
        !implementation_has(provider->path))
        judge_add_unchecked(j, &use, provider);
    return true;
}

static void add_not_in_package(struct judgement *j, const char *name, const char *package,
                               const struct provider *provider)
{
    struct misfit *misfit = misfits_start(j->misfits, name, package);
    text_add_escaped(&misfit->text, name);
    text_add(&misfit->text, ": not in package ");
    text_add_escaped(&misfit->text, package);
    text_add(&misfit->text, " of ");
    judge_add_provider(&misfit->text, provider);
    misfits_end(j->misfits);
}

/* Its own copy of the package will be the live one. But references to it are bound to whatever has
 * that name first, and that may be something else. */
static bool judge_own(struct judgement *j, const struct meta_import *import, const char *package)
{
    const struct fit_host *host = j->host;
    struct provider provider;
    bool found;
    /* C++ has the same in many modules; of what is linked together, the linker's symbols tell. */
    if (import->is_weak || j->libraries->is_linked)
        return true;
    if (!host->find_symbol(host->context, import->name, NULL, import->kind, &found, &provider,
                           j->error))
        return false;
    if (!found || !strcmp(provider.path, j->libraries->items[0].path))
        return true;
    struct misfit *misfit = misfits_start(j->misfits, import->name, package);
    text_add_escaped(&misfit->text, import->name);
    text_add(&misfit->text, ": of package ");
    text_add_escaped(&misfit->text, package);
    text_add(&misfit->text, " in the plugin, and not in ");
    judge_add_provider(&misfit->text, &provider);
    text_add(&misfit->text, ", which exports that name; rename one of them");
    misfits_end(j->misfits);
    return true;
}

/* An import from a package that the plugin carries, and whose live copy may be another module's. */
static bool judge_shared(struct judgement *j, const struct meta_import *import)
{
    const struct carried *carried = &j->packages[import->package - 1];
    const char *package = meta_package(&j->plugin->meta, import->package - 1).path;
    struct view own, definition;
    if (carried->is_closed)
        return true;
    if (!carried->is_elsewhere)
        return judge_own(j, import, package);
    find_definition(j->plugin, import->name, package, &own);
    struct view use = view_of(j, import, own.kind == FORMAT_THREAD_LOCAL);
    if (find_definition(carried->provider.module, import->name, package, &definition))
        return judge_use(j, &definition, &use, &carried->provider);
    if (!import->is_weak)
        add_not_in_package(j, import->name, package, &carried->provider);
    return true;
}

/* The same for a plugin without dynamic symbols, which would say what it is bound to. */
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

static bool judge_import(struct judgement *j, uint32_t index, const struct binding *binding)
{
    struct meta_import import = meta_import(&j->plugin->meta, index);
    if (!import.package && j->libraries->is_linked)
        return judge_linked(j, &import);
    return import.package ? judge_shared(j, &import) : judge_undefined(j, &import, binding);
}

bool judge_symbols(struct judgement *j)
{
    struct needs needs = {0};
    struct settled settled;
    struct binding binding = {.name = ""};
    bool is_judged = settle(&settled, j) && collect_needs(j, &settled, &needs);
    settled_free(&settled);
    for (size_t i = 0; is_judged && !misfits_are_too_many(j->misfits) && i < needs.count; i++) {
        const struct need *need = &needs.items[i];
        if (strcmp(need->name, binding.name) != 0)
            binding = (struct binding){.name = need->name};
        is_judged = need->is_import ? judge_import(j, need->index, &binding)
                                    : judge_symbol(j, need, needs.items + needs.count, &binding);
    }
    brief_give(needs.items);
    return is_judged;
}
