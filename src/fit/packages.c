/* SPDX-License-Identifier: MIT */
/* The judgement of packages: which module has the live copy and, with is_strict, whether its
 * sources are equal. */
#include "fit/judgement_p.h"

#include <assert.h>

/* The maximum number of differing source files that a refusal names. */
enum { SOURCES_MAX = 20 };

/* ---- sources, for options.strict ---- */

/* The source files of one name: items [start, end) of a package's list. */
struct source_group {
    const struct meta *meta;
    uint32_t package, count; /* sources of the package */
    uint32_t start, end;
    const char *name; /* NULL at the end of the list */
};

static void source_group_next(struct source_group *group)
{
    uint64_t hash;
    group->start = group->end;
    group->name = NULL;
    if (group->start == group->count)
        return;
    group->name = meta_source(group->meta, group->package, group->end++, &hash);
    while (group->end < group->count &&
           !strcmp(meta_source(group->meta, group->package, group->end, &hash), group->name))
        group->end++;
}

static struct source_group source_group_first(const struct meta *meta, uint32_t package)
{
    struct source_group group = {
        .meta = meta, .package = package, .count = meta_package(meta, package).source_count};
    source_group_next(&group);
    return group;
}

/* Compares the names. The end of a list comes last. */
static int source_group_compare(const struct source_group *a, const struct source_group *b)
{
    if (!a->name || !b->name)
        return a->name ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Was one of the files unreadable when the module was stamped? Its hash is 0 then. */
static bool source_group_is_unread(const struct source_group *group)
{
    uint64_t hash = 1;
    for (uint32_t i = group->start; hash && i < group->end; i++)
        meta_source(group->meta, group->package, i, &hash);
    return !hash;
}

static bool source_group_is_equal(const struct source_group *a, const struct source_group *b)
{
    uint64_t first, second;
    if (a->end - a->start != b->end - b->start)
        return false;
    for (uint32_t i = 0; i < a->end - a->start; i++) {
        meta_source(a->meta, a->package, a->start + i, &first);
        meta_source(b->meta, b->package, b->start + i, &second);
        if (first != second)
            return false;
    }
    return true;
}

/* Adds a source file that differs, and how it does: BEFORE side AFTER. */
static void add_source(struct misfit *misfit, size_t number, const char *name, const char *before,
                       const char *side, const char *after)
{
    const char *separator = number ? ", " : " ";
    if (number < SOURCES_MAX)
        misfit_add(misfit, "%s%s %s%s%s", separator, name, before, side, after);
    else if (number == SOURCES_MAX)
        misfit_add(misfit, "%s...", separator);
}

static void judge_sources(struct judgement *j, uint32_t package, uint32_t live_package)
{
    const struct provider *provider = &j->packages[package].provider;
    const char *path = meta_package(&j->plugin->meta, package).path;
    struct source_group own = source_group_first(&j->plugin->meta, package);
    struct source_group live = source_group_first(&provider->module->meta, live_package);
    struct misfit *misfit = misfits_start(j->misfits, NULL, path);
    size_t count = 0;
    misfit_add(misfit, "package %s: built from different sources (strict):", path);
    while (own.name || live.name) {
        int order = source_group_compare(&own, &live);
        bool is_own_unread = order == 0 && source_group_is_unread(&own);
        const char *name = order <= 0 ? own.name : live.name;
        const char *side = order < 0 || is_own_unread ? "the plugin" : provider_name(provider);
        if (order != 0)
            add_source(misfit, count++, name, "is only in ", side, "");
        else if (is_own_unread || source_group_is_unread(&live))
            add_source(misfit, count++, name, "was missing when ", side, " was stamped");
        else if (!source_group_is_equal(&own, &live))
            add_source(misfit, count++, name, "differs", "", "");
        if (order <= 0)
            source_group_next(&own);
        if (order >= 0)
            source_group_next(&live);
    }
    if (count)
        misfits_end(j->misfits);
}

/* ---- packages of the plugin ---- */

static bool judge_package(struct judgement *j, uint32_t index)
{
    const struct fit_host *host = j->host;
    const char *path = meta_package(&j->plugin->meta, index).path;
    struct judged_package *package = &j->packages[index];
    struct provider *provider = &package->provider;
    uint32_t live;
    if (!host->find_package(host->context, path, &package->is_elsewhere, provider, j->error))
        return false;
    package->is_elsewhere = package->is_elsewhere && provider->module &&
                            meta_find_package(&provider->module->meta, path, &live);
    if (!package->is_elsewhere)
        return true;
    /* The linker has bound a linked plugin, whatever the program exports. */
    package->is_unexported =
        package->is_used && !j->libraries->is_linked &&
        (provider->is_unexported || !meta_exports_package(&provider->module->meta, live));
    if (package->is_unexported)
        misfits_add(j->misfits, NULL, path, "package %s: %s does not export its symbols%s", path,
                    provider_name(provider), provider->is_host ? "; link it with -rdynamic" : "");
    if (j->is_strict)
        judge_sources(j, index, live);
    return true;
}

/* ---- packages of its libraries ---- */

/* Libraries are not judged symbol by symbol. So a library's copy that will be bound to the live one
 * must be built from the same sources. */
static bool judge_library_package(struct judgement *j, const struct library *library,
                                  uint32_t package)
{
    const struct fit_host *host = j->host;
    const struct meta *meta = &library->module->meta;
    struct meta_package own = meta_package(meta, package);
    struct provider provider;
    uint32_t live;
    bool is_found;
    if (!host->find_package(host->context, own.path, &is_found, &provider, j->error))
        return false;
    /* meta_exports_package comes last: its time is linear in the package's symbols. */
    if (!is_found || !provider.module ||
        !meta_find_package(&provider.module->meta, own.path, &live) ||
        !meta_exports_package(meta, package))
        return true;
    bool is_unexported = !meta_exports_package(&provider.module->meta, live);
    uint64_t fingerprint = meta_package(&provider.module->meta, live).fingerprint;
    if (own.fingerprint && own.fingerprint == fingerprint && !is_unexported)
        return true;
    misfits_add(j->misfits, NULL, own.path,
                "package %s: also in %s, which the plugin needs; the live copy is in %s, %s",
                own.path, library->path, provider.path,
                is_unexported ? "which does not export it" : "built from different sources");
    return true;
}

static bool judge_library_packages(struct judgement *j)
{
    for (size_t i = 1; i < j->libraries->count && !misfits_are_too_many(j->misfits); i++) {
        const struct library *library = &j->libraries->items[i];
        for (uint32_t k = 0; k < library->module->meta.header.packages.count; k++)
            if (!judge_library_package(j, library, k))
                return false;
    }
    return true;
}

bool judge_packages(struct judgement *j)
{
    const struct meta *meta = &j->plugin->meta;
    uint32_t package_count = meta->header.packages.count;
    uint32_t import_count = package_count ? meta->header.imports.count : 0;
    for (uint32_t i = 0; i < import_count; i++) {
        struct meta_import import = meta_import(meta, i);
        assert(import.package <= package_count);
        if (import.package && !import.is_weak)
            j->packages[import.package - 1].is_used = true;
    }
    for (uint32_t i = 0; i < package_count; i++)
        if (strcmp(meta_package(meta, i).path, META_MAIN) != 0 && !judge_package(j, i))
            return false;
    return judge_library_packages(j);
}
