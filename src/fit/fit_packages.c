/* The part of the judgement that is about packages: whose copy is live, and from which sources. */
#include "fit/judgement.h"

/* So many source files that differ are named. */
enum { SOURCES_MAX = 20 };

/* ---- sources, for options.strict ---- */

/* The source files of one name in a package's list: [start, end). */
struct group {
    const struct meta *meta;
    uint32_t package, count; /* sources of the package */
    uint32_t start, end;
    const char *name; /* NULL behind the last one */
};

static void next_group(struct group *group)
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

static struct group first_group(const struct meta *meta, uint32_t package)
{
    struct group group = {
        .meta = meta, .package = package, .count = meta_package(meta, package).source_count};
    next_group(&group);
    return group;
}

static bool was_missing(const struct group *group)
{
    uint64_t hash = 1;
    for (uint32_t i = group->start; hash && i < group->end; i++)
        meta_source(group->meta, group->package, i, &hash);
    return !hash;
}

static bool is_equal(const struct group *a, const struct group *b)
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

/* What is said of a file that both have; NULL if it is the same. *side: of which side. */
static const char *compare_groups(const struct group *own, const struct group *live,
                                  const char **side, const char *provider)
{
    *side = was_missing(own) ? "the plugin" : provider;
    if (was_missing(own) || was_missing(live))
        return "was not there when %s was stamped";
    return is_equal(own, live) ? NULL : "differs";
}

/* Takes the lists' next file, in the order of names. What is said of it goes to *says, where %s is
 * for *side; NULL if it is the same on both sides. */
static const char *next_source(struct group *own, struct group *live, const char *provider,
                               const char **says, const char **side)
{
    int order = !own->name ? 1 : !live->name ? -1 : strcmp(own->name, live->name);
    const char *name = order <= 0 ? own->name : live->name;
    if (order == 0) {
        *says = compare_groups(own, live, side, provider);
    } else {
        *says = "is in %s only";
        *side = order < 0 ? "the plugin" : provider;
    }
    if (order <= 0)
        next_group(own);
    if (order >= 0)
        next_group(live);
    return name;
}

static void add_difference(struct text *text, size_t number, const char *name, const char *says,
                           const char *side)
{
    const char *place = strstr(says, "%s");
    if (number > SOURCES_MAX)
        return;
    text_add(text, number ? ", " : " ");
    if (number == SOURCES_MAX) {
        text_add(text, "...");
        return;
    }
    text_add_escaped(text, name);
    text_add(text, " ");
    if (!place) {
        text_add(text, "%s", says);
        return;
    }
    text_add_bytes(text, says, (size_t)(place - says));
    text_add(text, "%s%s", side, place + 2);
}

static void judge_sources(struct judgement *j, uint32_t package, uint32_t live_package)
{
    const struct provider *provider = &j->packages[package].provider;
    const char *path = meta_package(&j->plugin->meta, package).path, *says, *side = "";
    struct group own = first_group(&j->plugin->meta, package);
    struct group live = first_group(&provider->module->meta, live_package);
    TEXT_AUTO name = {0};
    judge_add_provider(&name, provider);
    struct misfit *misfit = misfits_start(j->misfits, NULL, path);
    text_add(&misfit->text, "package ");
    text_add_escaped(&misfit->text, path);
    text_add(&misfit->text, ": built from other sources (strict):");
    size_t count = 0;
    while (own.name || live.name) {
        const char *file = next_source(&own, &live, text_chars(&name), &says, &side);
        if (says)
            add_difference(&misfit->text, count++, file, says, side);
    }
    misfit->text.failed |= name.failed;
    if (count)
        misfits_end(j->misfits);
}

/* ---- packages ---- */

static void add_closed(struct judgement *j, const char *path, const struct provider *provider)
{
    struct misfit *misfit = misfits_start(j->misfits, NULL, path);
    text_add(&misfit->text, "package ");
    text_add_escaped(&misfit->text, path);
    text_add(&misfit->text, ": ");
    judge_add_provider(&misfit->text, provider);
    text_add(&misfit->text, " does not export its symbols%s",
             provider->is_host ? "; link it with -rdynamic" : "");
    misfits_end(j->misfits);
}

static bool judge_package(struct judgement *j, uint32_t index)
{
    const struct fit_host *host = j->host;
    const char *path = meta_package(&j->plugin->meta, index).path;
    struct carried *carried = &j->packages[index];
    uint32_t live;
    if (!host->find_package(host->context, path, &carried->is_elsewhere, &carried->provider,
                            j->error))
        return false;
    if (!carried->is_elsewhere || !carried->provider.module ||
        !meta_find_package(&carried->provider.module->meta, path, &live)) {
        carried->is_elsewhere = false;
        return true;
    }
    carried->is_closed =
        carried->is_used && (carried->provider.is_closed ||
                             !meta_exports_package(&carried->provider.module->meta, live));
    if (carried->is_closed)
        add_closed(j, path, &carried->provider);
    if (j->is_strict)
        judge_sources(j, index, live);
    return true;
}

/* ---- packages of the libraries that the plugin brings along ---- */

/* Nobody judges the library's types one by one, so that a copy that is to be bound to the live one
 * must be from the same sources. */
static bool judge_copy(struct judgement *j, const struct library *library, uint32_t package)
{
    const struct fit_host *host = j->host;
    const struct meta *meta = &library->module->meta;
    struct meta_package own = meta_package(meta, package);
    struct provider provider;
    uint32_t live;
    bool found;
    /* What it exports is looked for last: that takes as long as it exports much. */
    if (!host->find_package(host->context, own.path, &found, &provider, j->error))
        return false;
    if (!found || !provider.module || !meta_find_package(&provider.module->meta, own.path, &live) ||
        !meta_exports_package(meta, package))
        return true;
    bool is_closed = !meta_exports_package(&provider.module->meta, live);
    uint64_t fingerprint = meta_package(&provider.module->meta, live).fingerprint;
    if (own.fingerprint && own.fingerprint == fingerprint && !is_closed)
        return true;
    struct misfit *misfit = misfits_start(j->misfits, NULL, own.path);
    text_add(&misfit->text, "package ");
    text_add_escaped(&misfit->text, own.path);
    text_add(&misfit->text, ": ");
    text_add_escaped(&misfit->text, library->path);
    text_add(&misfit->text, ", which the plugin needs, carries it, too, and ");
    text_add_escaped(&misfit->text, provider.path);
    text_add(&misfit->text, is_closed ? ", whose copy is live, does not export it"
                                      : ", whose copy is live, from other sources");
    misfits_end(j->misfits);
    return true;
}

static bool judge_copies(struct judgement *j)
{
    for (size_t i = 1; i < j->libraries->count && !misfits_are_too_many(j->misfits); i++) {
        const struct library *library = &j->libraries->items[i];
        for (uint32_t k = 0; k < library->module->meta.header.packages.count; k++)
            if (!judge_copy(j, library, k))
                return false;
    }
    return true;
}

bool judge_packages(struct judgement *j)
{
    const struct meta *meta = &j->plugin->meta;
    /* Without packages, there are no imports of any. */
    uint32_t count = meta->header.packages.count ? meta->header.imports.count : 0;
    for (uint32_t i = 0; i < count; i++) {
        struct meta_import import = meta_import(meta, i);
        if (import.package && !import.is_weak)
            j->packages[import.package - 1].is_used = true;
    }
    for (uint32_t i = 0; i < meta->header.packages.count; i++)
        if (strcmp(meta_package(meta, i).path, META_MAIN) != 0 && !judge_package(j, i))
            return false;
    return judge_copies(j);
}
