/* SPDX-License-Identifier: MIT */
/* The judgement of types: does a definition agree with its use? */
#include "fit/types_p.h"

#include "base/array.h"
#include "fit/type_misfit_p.h"
#include "libraries/toolchain.h"
#include "types/layout.h"
#include "types/print.h"

#include <inttypes.h>

static const char *kind_name(uint32_t kind)
{
    if (format_is_function(kind))
        return "a function";
    return kind == FORMAT_THREAD_LOCAL ? "a thread-local variable" : "a variable";
}

/* Sets the text to the symbol's declaration, with its size if it is a variable. */
static void write_declaration(struct text *text, const struct view *view)
{
    text_free(text);
    if (view->kind == FORMAT_THREAD_LOCAL)
        text_add(text, "_Thread_local ");
    if (!view->type) {
        text_add_escaped(text, view->name);
        text_add(text, ";   /* %s; its type was not recorded */", kind_name(view->kind));
        return;
    }
    uint32_t type = btf_type(view->types, view->type).type;
    print_shown(text, view->types, type, view->name);
    uint64_t size = layout_size(view->types, type);
    text_add(text, ";");
    if (size)
        text_add(text, "   /* %" PRIu64 " byte%s */", size, size == 1 ? "" : "s");
}

static struct misfit_side host_side(const struct provider *provider)
{
    return (struct misfit_side){provider->is_host ? "host" : path_base_name(provider->path),
                                provider_name(provider), provider->module};
}

static struct misfit_side plugin_side(const struct judgement *j)
{
    return (struct misfit_side){"plugin", "the plugin", j->plugin};
}

static void add_preempted(struct text *text, const struct view *use,
                          const struct provider *provider)
{
    if (use->is_preempted)
        text_add_between(text, "; the plugin, linked without -Bsymbolic, would use that of ",
                         provider_name(provider), ", not its own");
}

static void add_other_kind(struct judgement *j, const struct view *definition,
                           const struct view *use, const struct provider *provider)
{
    struct misfit *misfit = misfits_start(j->misfits, use->name, use->package);
    misfit_add(misfit, "%s: %s in %s, %s in the plugin", use->name, kind_name(definition->kind),
               provider_name(provider), kind_name(use->kind));
    misfit->kind = MISFIT_OF_TYPES;
    write_declaration(&misfit->host, definition);
    write_declaration(&misfit->plugin, use);
    add_preempted(&misfit->text, use, provider);
    misfit_add_sides(misfit, host_side(provider), plugin_side(j), true);
    j->misfits->cost += MISFITS_COST_OF_USE;
    misfits_end(j->misfits);
}

static void add_difference(struct judgement *j, const struct view *definition,
                           const struct view *use, const struct provider *provider,
                           struct type_difference *difference)
{
    TEXT_AUTO end = {0};
    add_preempted(&end, use, provider);
    struct type_misfit misfit = {.symbol = use->name,
                                 .package = use->package,
                                 .start = "",
                                 .end = text_chars(&end),
                                 .host = host_side(provider),
                                 .plugin = plugin_side(j),
                                 .host_types = definition->types,
                                 .plugin_types = use->types};
    write_declaration(&misfit.host_declaration, definition);
    write_declaration(&misfit.plugin_declaration, use);
    j->misfits->failed |= end.failed;
    misfits_add_difference(j->misfits, &misfit, difference);
    text_free(&misfit.host_declaration);
    text_free(&misfit.plugin_declaration);
}

/* Returns the cache of type pairs that agree between this module and the plugin; NULL if memory
 * runs out. */
static struct type_cache *find_cache(struct judgement *j, const struct module *module)
{
    for (size_t i = 0; i < j->compared_count; i++)
        if (j->compared[i].module == module)
            return &j->compared[i].cache;
    struct compared *added =
        array_add(j->libraries->arena, j->compared, j->compared_count, j->compared_capacity);
    if (!added)
        return NULL;
    *added = (struct compared){.module = module};
    return &added->cache;
}

/* Only the host may waive, and strict knows no waiver. */
static bool is_waived(struct judgement *j, const struct view *definition, const struct view *use,
                      const struct provider *provider, const struct type_difference *difference)
{
    struct waivable waivable = {use->name, difference, definition->hash, use->hash};
    return provider->is_host && !j->is_strict && !j->host->is_isolated &&
           misfits_waive(j->misfits, definition->types, &waivable);
}

/* What a difference calls the provider's file: the host's, as the caller does. */
static const char *provider_path(const struct judgement *j, const struct provider *provider)
{
    bool is_program = provider->is_host && provider->module == j->host->module;
    return is_program ? j->host->path : provider->path;
}

static bool package_is_unused(const void *context, const char *package)
{
    const struct judgement *j = context;
    const struct meta *meta = &j->plugin->meta;
    uint32_t index;
    return meta_find_package(meta, package, &index) && j->packages[index].is_elsewhere;
}

static bool compare_types(struct judgement *j, const struct view *definition,
                          const struct view *use, const struct provider *provider)
{
    struct type_side first = {definition->types, definition->type};
    struct type_side second = {use->types, use->type};
    struct type_difference difference = {.first_name = provider_name(provider),
                                         .first_path = provider_path(j, provider),
                                         .second_name = "the plugin",
                                         .is_unused = package_is_unused,
                                         .context = j,
                                         .tells_growth = j->misfits->is_verbose};
    struct type_cache *cache = find_cache(j, definition->module);
    bool agree = false;
    if (!cache)
        return error_set_no_memory(j->error);
    bool is_compared =
        type_compare_import(cache, first, second, type_rules(j->is_strict || j->host->is_isolated),
                            &agree, &difference, j->error);
    if (!is_compared)
        error_prefix(j->error, "%s: ", use->name);
    else if (agree)
        misfits_add_lines(j->misfits, &j->misfits->growth, &difference.growth);
    else if (!is_waived(j, definition, use, provider, &difference))
        add_difference(j, definition, use, provider, &difference);
    type_difference_deinit(&difference);
    return is_compared;
}

void judge_unchecked(struct judgement *j, const struct view *use, const struct provider *provider)
{
    bool is_stamped = provider->module && provider->module->is_stamped;
    struct uses_counted *uses = &j->misfits->uses;
    uses->unchecked++;
    if (!is_stamped && !uses->unstamped++)
        uses->unstamped_path = provider->path;
    if (!j->is_strict)
        return;
    if (!use->type)
        misfits_add(j->misfits, use->name, use->package,
                    "%s: its type was not recorded in the plugin (strict); declare PLUGIN_USES(%s)",
                    use->name, use->name);
    else if (!is_stamped)
        misfits_add(j->misfits, use->name, use->package,
                    "%s: %s is not stamped, so its type was not recorded (strict); run: plugin "
                    "stamp %s",
                    use->name, provider_name(provider), provider->path);
    else
        misfits_add(j->misfits, use->name, use->package,
                    "%s: its type was not recorded by %s (strict); compile the file that defines "
                    "it with -g",
                    use->name, provider_name(provider));
}

bool judge_is_implementation(const struct view *use)
{
    return is_sanitizer_symbol(use->name) ||
           (use->library && *use->library && toolchain_has(use->library));
}

static bool is_other_kind(const struct view *definition, const struct view *use)
{
    return definition->kind && use->kind &&
           (format_is_function(definition->kind) != format_is_function(use->kind) ||
            (definition->kind == FORMAT_THREAD_LOCAL) != (use->kind == FORMAT_THREAD_LOCAL));
}

/* Reads the module's types if it recorded the symbol's type. */
static bool view_read_types(struct view *view, const char *path, struct error *error)
{
    if (!view->type)
        return true;
    view->types = module_types(view->module, error);
    return view->types || error_prefix(error, "%s: ", path);
}

bool judge_use(struct judgement *j, struct view *definition, struct view *use,
               const struct provider *provider)
{
    bool is_other = is_other_kind(definition, use);
    if (!is_other && (!definition->type || !use->type)) {
        if (!judge_is_implementation(use))
            judge_unchecked(j, use, provider);
        return true;
    }
    j->misfits->uses.compared++;
    if (!is_other && use->hash && use->hash == definition->hash && !j->host->is_isolated)
        return true;
    if (!view_read_types(use, j->libraries->items[0].path, j->error) ||
        !view_read_types(definition, provider->path, j->error))
        return false;
    if (!is_other)
        return compare_types(j, definition, use, provider);
    add_other_kind(j, definition, use, provider);
    return true;
}
