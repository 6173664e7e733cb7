/* SPDX-License-Identifier: MIT */
/* The graph of a host and its plugins, as the judgement sees them. */
#include "draw/picture_p.h"

#include "judge/uses.h"
#include "src/base/array.h"
#include "src/base/path.h"

#include <stdlib.h>
#include <string.h>

/* ---- nodes ---- */

static const char *picture_copy(struct picture *picture, const char *string)
{
    const char *copy = arena_strndup(&picture->arena, string, strlen(string));
    picture->failed |= !copy;
    return copy ? copy : "";
}

/* Returns the node's number. */
static size_t picture_add_node(struct picture *picture, enum node_kind kind, const char *path,
                               const char *given)
{
    struct node *node =
        array_add(&picture->arena, picture->nodes, picture->node_count, picture->node_capacity);
    picture->failed |= !node;
    if (!node)
        return 0;
    *node = (struct node){
        .kind = kind, .path = picture_copy(picture, path), .given = picture_copy(picture, given)};
    return picture->node_count - 1;
}

/* A module may be a plugin, and a library that another plugin needs. */
static bool picture_find_node(const struct picture *picture, const char *path, size_t *node)
{
    for (*node = 0; *node < picture->node_count; ++*node)
        if (!strcmp(picture->nodes[*node].path, path))
            return true;
    return false;
}

/* Returns the number of the package of the node, plus 1, which is added if it is new. */
static size_t picture_package(struct picture *picture, size_t node, const char *path)
{
    struct node *own = &picture->nodes[node];
    for (size_t i = 0; i < own->package_count; i++)
        if (!strcmp(own->packages[i].path, path))
            return i + 1;
    struct node_package *added =
        array_add(&picture->arena, own->packages, own->package_count, own->package_capacity);
    picture->failed |= !added;
    if (!added)
        return 0;
    *added = (struct node_package){.path = picture_copy(picture, path)};
    return own->package_count;
}

/* Adds the packages of a module. Those of a plugin that is not opened have no part in the process.
 */
static void picture_add_packages(struct picture *picture, size_t node, const struct module *module,
                                 struct host_process *process)
{
    ERROR_AUTO error = {0};
    bool is_open = picture->nodes[node].state == NODE_FITS;
    for (uint32_t i = 0; !picture->failed && i < module->meta.header.packages.count; i++) {
        const char *path = meta_package(&module->meta, i).path;
        struct provider provider = {0};
        bool is_found = false;
        if (!strcmp(path, META_MAIN))
            continue;
        picture->failed |= !host_process_find_package(process, path, &is_found, &provider, &error);
        size_t package = picture_package(picture, node, path);
        if (!package)
            return;
        struct node_package *own = &picture->nodes[node].packages[package - 1];
        bool is_own = is_found && provider.module == module;
        own->is_live = is_open && (is_own || !is_found);
        own->is_not_used = is_found && !is_own;
    }
}

/* Returns the module of this path, which is added if it is new. */
static size_t picture_library(struct picture *picture, const char *path,
                              const struct module *module, struct host_process *process)
{
    size_t node;
    if (picture_find_node(picture, path, &node))
        return node;
    node = picture_add_node(picture, NODE_LIBRARY, path, path);
    if (!picture->failed && module)
        picture_add_packages(picture, node, module, process);
    return node;
}

void picture_add_host(struct picture *picture, const struct host_process *process)
{
    picture_add_node(picture, NODE_HOST, process->host.libraries.items[0].path, process->host.path);
    if (picture->failed)
        return;
    picture_add_packages(picture, 0, &process->host.module, (struct host_process *)process);
    for (size_t i = 0; i < process->built_ins.count; i++)
        picture_add_packages(picture, 0, &process->built_ins.plugins[i].module,
                             (struct host_process *)process);
}

/* ---- uses ---- */

/* What collects the uses of one plugin. */
struct collecting {
    struct picture *picture;
    struct host_process *process;
    size_t own;
};

static struct edge *picture_edge(struct picture *picture, size_t from, size_t to, size_t package)
{
    for (size_t i = picture->edge_count; i && picture->edges[i - 1].from == from; i--) {
        struct edge *edge = &picture->edges[i - 1];
        if (edge->to == to && edge->package == package)
            return edge;
    }
    struct edge *added =
        array_add(&picture->arena, picture->edges, picture->edge_count, picture->edge_capacity);
    picture->failed |= !added;
    if (added)
        *added = (struct edge){.from = from, .to = to, .package = package};
    return added;
}

/* Finds the module and the package that a use leads to. */
static void picture_find_used(struct picture *picture, struct host_process *process,
                              const struct use *use, size_t *node, size_t *package)
{
    *node = use->is_host ? 0 : picture_library(picture, use->path, use->module, process);
    *package = use->package && !picture->failed ? picture_package(picture, *node, use->package) : 0;
}

static bool picture_add_use(void *context, const struct use *use)
{
    const struct collecting *collecting = context;
    struct picture *picture = collecting->picture;
    size_t node, package;
    if (!use->path || (use->is_implementation && !picture->is_full))
        return true;
    picture_find_used(picture, collecting->process, use, &node, &package);
    struct edge *edge =
        picture->failed ? NULL : picture_edge(picture, collecting->own, node, package);
    if (!edge)
        return false;
    /* Several files of the plugin may declare it. */
    if (edge->name_count && !strcmp(edge->names[edge->name_count - 1], use->name))
        return true;
    const char **name =
        array_add(&picture->arena, edge->names, edge->name_count, edge->name_capacity);
    picture->failed |= !name;
    if (!name)
        return false;
    *name = picture_copy(picture, use->name);
    edge->unchecked += use->is_unchecked;
    return true;
}

/* ---- misfits ---- */

static int compare_names(const void *name, const void *item)
{
    const char *const *other = item;
    return strcmp(name, *other);
}

/* Uses are in the order of names. */
static bool edge_has(const struct edge *edge, const char *name)
{
    return bsearch(name, edge->names, edge->name_count, sizeof *edge->names, compare_names);
}

/* Marks the uses that a misfit is about. */
static void picture_mark(struct picture *picture, size_t own, const struct misfit *misfit)
{
    for (size_t i = picture->edge_count; i && picture->edges[i - 1].from == own; i--) {
        struct edge *edge = &picture->edges[i - 1];
        const struct node *to = &picture->nodes[edge->to];
        const char *package = edge->package ? to->packages[edge->package - 1].path : "";
        if (!misfit->symbol && misfit->package)
            edge->is_wrong |= !strcmp(package, misfit->package);
        else if (misfit->symbol && edge->name_count)
            edge->is_wrong |= edge_has(edge, misfit->symbol);
        for (size_t k = 1; k < misfit->symbol_count && edge->name_count; k++)
            edge->is_wrong |= edge_has(edge, misfit->symbols[k]);
    }
}

/* Adds a reason; the text may have more lines than the first one. */
static void picture_add_reason(struct picture *picture, size_t own, const char *text)
{
    struct node *node = &picture->nodes[own];
    struct node_reason *added =
        array_add(&picture->arena, node->reasons, node->reason_count, node->reason_capacity);
    picture->failed |= !added;
    if (!added)
        return;
    *added =
        (struct node_reason){.text = arena_strndup(&picture->arena, text, strcspn(text, "\n"))};
    picture->failed |= !added->text;
}

static void picture_add_reasons(struct picture *picture, size_t own, const struct verdict *verdict)
{
    const struct misfits *misfits = &verdict->misfits;
    for (size_t i = 0; !picture->failed && i < misfits->kept; i++) {
        const struct misfit *misfit = &misfits->items[i];
        const struct text *text = misfit->line.length ? &misfit->line : &misfit->text;
        picture_add_reason(picture, own, text_chars(text));
        picture_mark(picture, own, misfit);
    }
    if (!picture->failed && !misfits->count && !verdict_fits(verdict))
        picture_add_reason(picture, own, error_text(&verdict->error));
    if (!picture->failed)
        picture->nodes[own].more_reasons = misfits->count - misfits->kept;
}

/* ---- plugins ---- */

/* The host opens the plugin, by these interfaces. */
static void picture_add_opening(struct picture *picture, size_t own,
                                const struct host_interfaces *interfaces)
{
    TEXT_AUTO names = {0};
    for (size_t i = 0; i < interfaces->count; i++) {
        const struct host_interface *interface = &interfaces->items[i];
        if (!interface->is_judged || !interface->is_met)
            continue;
        text_add(&names, "%s", names.length ? ", " : "");
        host_interface_add_name(&names, interface);
    }
    struct opening *added = array_add(&picture->arena, picture->openings, picture->opening_count,
                                      picture->opening_capacity);
    picture->failed |= !added || names.failed;
    if (added)
        *added = (struct opening){own, picture_copy(picture, text_chars(&names))};
}

/* Adds the libraries that were not found, of which the judgement told. */
static void picture_add_missing(struct picture *picture, size_t own,
                                const struct libraries *libraries)
{
    for (size_t i = 0; !picture->failed && i < libraries->missing_count; i++) {
        const char *name = libraries->missing[i].name;
        size_t node;
        if (!picture_find_node(picture, name, &node))
            node = picture_add_node(picture, NODE_MISSING, name, name);
        if (!picture->failed)
            picture_edge(picture, own, node, 0);
    }
}

/* Adds the libraries of the plugin that carry packages. */
static void picture_add_carriers(struct picture *picture, size_t own, struct host_process *process)
{
    const struct libraries *libraries = &process->judged->libraries;
    for (size_t i = 1; !picture->failed && i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        bool is_shown = picture->is_full || library->module->meta.header.packages.count;
        if (!is_shown)
            continue;
        size_t node = picture_library(picture, library->path, library->module, process);
        if (!picture->failed)
            picture_edge(picture, own, node, 0);
    }
}

void picture_add_plugin(struct picture *picture, struct host_process *process,
                        const struct verdict *verdict)
{
    ERROR_AUTO error = {0};
    const struct subject *subject = process->judged;
    const struct libraries *libraries = &subject->libraries;
    bool is_read = libraries->count;
    size_t own = picture_add_node(
        picture, NODE_PLUGIN, is_read ? libraries->items[0].path : verdict->path, verdict->path);
    if (picture->failed)
        return;
    picture->nodes[own].state = !verdict_is_given(verdict) ? NODE_NOT_JUDGED
                                : verdict_fits(verdict)    ? NODE_FITS
                                                           : NODE_REFUSED;
    picture_add_opening(picture, own, &process->interfaces);
    if (is_read && !picture->failed) {
        struct collecting collecting = {picture, process, own};
        picture_add_packages(picture, own, &subject->module, process);
        if (!picture->failed && !uses_each(process, picture_add_use, &collecting, &error))
            picture->failed = true;
        picture_add_carriers(picture, own, process);
        picture_add_missing(picture, own, libraries);
    }
    if (!picture->failed)
        picture_add_reasons(picture, own, verdict);
}

void picture_deinit(struct picture *picture)
{
    arena_deinit(&picture->arena);
}
