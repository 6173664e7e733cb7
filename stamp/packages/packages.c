/* SPDX-License-Identifier: MIT */
/* The packages of a module: which units belong to each, and their order, each after its
 * dependencies. */
#include "packages/packages.h"

#include <assert.h>
#include <stdlib.h>

static const char main_path[] = "main";

enum state { STATE_NEW, STATE_OPEN, STATE_DONE };

/* The packages while they are sorted, numbered as they appear. Main is the last one. */
struct graph {
    struct stamp *stamp;
    struct error *error;
    size_t count, depth, ordered;
    struct stamp_package items[FORMAT_PACKAGES_MAX];
    enum state states[FORMAT_PACKAGES_MAX];
    uint32_t path[FORMAT_PACKAGES_MAX];    /* being visited; each imports the next one */
    uint32_t order[FORMAT_PACKAGES_MAX];   /* the packages, each after its dependencies */
    uint32_t numbers[FORMAT_PACKAGES_MAX]; /* of each package: its place in the order */
};

/* ---- units ---- */

static int clause_by_home(const void *a, const void *b)
{
    const struct stamp_clause *x = a, *y = b;
    if (x->home != y->home)
        return x->home < y->home ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int unit_by_offset(const void *a, const void *b)
{
    const struct stamp_unit *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static struct stamp_unit *find_unit(const struct stamp *stamp, Dwarf_Off home)
{
    struct stamp_unit key = {.offset = home};
    const struct stamp_packages *packages = &stamp->packages;
    return packages->unit_count
               ? bsearch(&key, packages->units, packages->unit_count, sizeof key, unit_by_offset)
               : NULL;
}

uint32_t stamp_home_package(const struct stamp *stamp, Dwarf_Off home)
{
    const struct stamp_unit *unit = find_unit(stamp, home);
    return unit ? unit->package : 0;
}

/* Finds or adds the package of this path. */
static bool graph_add_package(struct graph *graph, const char *path, uint32_t *number)
{
    for (*number = 0; *number < graph->count; ++*number)
        if (!strcmp(graph->items[*number].path, path))
            return true;
    if (graph->count == FORMAT_PACKAGES_MAX)
        return error_set(graph->error, PLUGIN_UNSUPPORTED, "it carries more than %d packages",
                         FORMAT_PACKAGES_MAX - 1);
    graph->items[graph->count++].path = path;
    return true;
}

/* Assigns the units to packages. */
static bool graph_assign_units(struct graph *graph)
{
    struct stamp_clauses *clauses = &graph->stamp->packages.clauses;
    uint32_t number;
    stamp_sort(clauses->items, clauses->count, sizeof *clauses->items, clause_by_home);
    for (size_t i = 0; i < clauses->count; i++) {
        struct stamp_unit *unit = find_unit(graph->stamp, clauses->items[i].home);
        if (!unit || !strcmp(clauses->items[i].path, main_path))
            continue;
        if (!graph_add_package(graph, clauses->items[i].path, &number))
            return false;
        unit->package = number + 1;
    }
    return graph_add_package(graph, main_path, &number);
}

/* Returns the number of a home's package; here, main has one, too. */
static uint32_t graph_package_of(const struct graph *graph, Dwarf_Off home)
{
    uint32_t package = stamp_home_package(graph->stamp, home);
    return package ? package - 1 : (uint32_t)graph->count - 1;
}

/* ---- imports ---- */

static int dependency_by_importer(const void *a, const void *b)
{
    const struct stamp_dependency *x = a, *y = b;
    if (x->importer != y->importer)
        return x->importer < y->importer ? -1 : 1;
    return x->clause < y->clause ? -1 : x->clause > y->clause;
}

/* Lists every import, sorted by importer, file and line. */
static bool graph_collect_imports(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    struct stamp_clauses *imports = &packages->imports;
    stamp_sort(imports->items, imports->count, sizeof *imports->items, clause_by_home);
    packages->dependencies =
        arena_alloc_zeroed(&graph->stamp->arena, imports->count, sizeof *packages->dependencies);
    if (!packages->dependencies)
        return error_set_no_memory(graph->error);
    for (size_t i = 0; i < imports->count; i++) {
        const struct stamp_clause *clause = &imports->items[i];
        packages->dependencies[i] =
            (struct stamp_dependency){.path = clause->path,
                                      .clause = clause,
                                      .importer = graph_package_of(graph, clause->home)};
    }
    packages->dependency_count = imports->count;
    stamp_sort(packages->dependencies, packages->dependency_count, sizeof *packages->dependencies,
               dependency_by_importer);
    return true;
}

/* Adds an import to its importer's dependencies, unless that package is among them. */
static bool graph_add_dependency(struct graph *graph, struct stamp_dependency import)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    struct stamp_package *importer = &graph->items[import.importer];
    struct stamp_dependency *known = &packages->dependencies[packages->dependency_count];
    known -= importer->dependency_count;
    for (size_t i = 0; i < importer->dependency_count; i++)
        if (!strcmp(known[i].path, import.path))
            return true;
    if (!strcmp(import.path, main_path))
        return error_set(graph->error, PLUGIN_NOT_PLUGIN,
                         "package \"%s\" imports \"main\", which cannot be imported",
                         importer->path);
    if (importer->dependency_count == FORMAT_PACKAGES_MAX)
        return error_set(graph->error, PLUGIN_UNSUPPORTED,
                         "package \"%s\" imports more than %d packages", importer->path,
                         FORMAT_PACKAGES_MAX);
    for (size_t i = 0; i + 1 < graph->count; i++)
        if (!strcmp(graph->items[i].path, import.path))
            import.package = (uint32_t)i + 1;
    if (!importer->dependency_count++)
        importer->dependencies = (uint32_t)packages->dependency_count;
    packages->dependencies[packages->dependency_count++] = import;
    return true;
}

static bool graph_add_dependencies(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    if (!graph_collect_imports(graph))
        return false;
    size_t count = packages->dependency_count;
    packages->dependency_count = 0;
    for (size_t i = 0; i < count; i++)
        if (!graph_add_dependency(graph, packages->dependencies[i]))
            return false;
    return true;
}

/* ---- order ---- */

static bool graph_set_cycle(const struct graph *graph, uint32_t again)
{
    size_t start = graph->depth - 1;
    while (start && graph->path[start] != again)
        start--;
    TEXT_AUTO cycle = {0};
    for (size_t i = start; i < graph->depth; i++) {
        uint32_t next = i + 1 < graph->depth ? graph->path[i + 1] : again;
        text_add(&cycle, "%s%s imports %s", i == start ? "" : ", ",
                 graph->items[graph->path[i]].path, graph->items[next].path);
    }
    return error_set(graph->error, PLUGIN_NOT_PLUGIN, "import cycle not allowed: %s",
                     text_chars(&cycle));
}

/* Visits depth first. FORMAT_PACKAGES_MAX bounds the recursion. */
static bool graph_visit_package(struct graph *graph, uint32_t number)
{
    const struct stamp_package *package = &graph->items[number];
    graph->states[number] = STATE_OPEN;
    graph->path[graph->depth++] = number;
    for (uint32_t i = 0; i < package->dependency_count; i++) {
        const struct stamp_dependency *dependency =
            &graph->stamp->packages.dependencies[package->dependencies + i];
        if (!dependency->package)
            continue;
        uint32_t imported = dependency->package - 1;
        if (graph->states[imported] == STATE_OPEN)
            return graph_set_cycle(graph, imported);
        if (graph->states[imported] == STATE_NEW && !graph_visit_package(graph, imported))
            return false;
    }
    graph->depth--;
    graph->states[number] = STATE_DONE;
    graph->numbers[number] = (uint32_t)graph->ordered;
    graph->order[graph->ordered++] = number;
    return true;
}

/* Renumbers the packages: from their order of appearance to the sorted one. */
static void graph_renumber(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    for (size_t i = 0; i < packages->inits.count; i++)
        packages->inits.items[i].package =
            graph->numbers[graph_package_of(graph, packages->inits.items[i].home)];
    for (size_t i = 0; i < packages->dependency_count; i++) {
        struct stamp_dependency *dependency = &packages->dependencies[i];
        dependency->importer = graph->numbers[dependency->importer];
        if (dependency->package)
            dependency->package = graph->numbers[dependency->package - 1] + 1;
    }
    for (size_t i = 0; i < packages->unit_count; i++)
        if (packages->units[i].package)
            packages->units[i].package = graph->numbers[packages->units[i].package - 1] + 1;
}

static int init_by_package(const void *a, const void *b)
{
    const struct stamp_init *x = a, *y = b;
    if (x->package != y->package)
        return x->package < y->package ? -1 : 1;
    if (x->home != y->home)
        return x->home < y->home ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Puts the packages and their inits and dependencies into the order. */
static bool graph_apply_order(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    assert(graph->ordered == graph->count);
    packages->items =
        arena_alloc_zeroed(&graph->stamp->arena, graph->count, sizeof *packages->items);
    if (!packages->items)
        return error_set_no_memory(graph->error);
    graph_renumber(graph);
    stamp_sort(packages->dependencies, packages->dependency_count, sizeof *packages->dependencies,
               dependency_by_importer);
    stamp_sort(packages->inits.items, packages->inits.count, sizeof *packages->inits.items,
               init_by_package);
    for (size_t i = 0; i < graph->count; i++)
        packages->items[i].path = graph->items[graph->order[i]].path;
    for (uint32_t i = 0; i < packages->dependency_count; i++) {
        struct stamp_package *package = &packages->items[packages->dependencies[i].importer];
        if (!package->dependency_count++)
            package->dependencies = i;
    }
    for (uint32_t i = 0; i < packages->inits.count; i++) {
        struct stamp_package *package = &packages->items[packages->inits.items[i].package];
        if (!package->init_count++)
            package->inits = i;
    }
    /* Main is recorded only if it imports or initialises something. */
    const struct stamp_package *last = &packages->items[graph->count - 1];
    packages->count = graph->count - !(last->dependency_count || last->init_count);
    return true;
}

bool stamp_order_packages(struct stamp *stamp, struct error *error)
{
    struct graph *graph = arena_alloc_zeroed(&stamp->arena, 1, sizeof *graph);
    if (!graph)
        return error_set_no_memory(error);
    graph->stamp = stamp;
    graph->error = error;
    if (!graph_assign_units(graph) || !graph_add_dependencies(graph))
        return false;
    for (uint32_t i = 0; i < graph->count; i++)
        if (graph->states[i] == STATE_NEW && !graph_visit_package(graph, i))
            return false;
    return graph_apply_order(graph);
}

/* ---- retires ---- */

/* The reverse of inits. */
static int retire_by_home(const void *a, const void *b)
{
    const struct stamp_init *x = a, *y = b;
    if (x->home != y->home)
        return x->home > y->home ? -1 : 1;
    return x->number > y->number ? -1 : x->number < y->number;
}

void stamp_order_retires(struct stamp *stamp)
{
    struct stamp_inits *retires = &stamp->packages.retires;
    size_t kept = 0;
    for (size_t i = 0; i < retires->count; i++) {
        const struct stamp_init *retire = &retires->items[i];
        uint32_t package = stamp_home_package(stamp, retire->home);
        if (!package) {
            retires->items[kept++] = *retire;
            continue;
        }
        text_add(stamp->warnings, "PLUGIN_RETIRE at ");
        text_add_escaped(stamp->warnings, retire->file);
        text_add(stamp->warnings, ":%u never runs, as it is of package \"", retire->line);
        text_add_escaped(stamp->warnings, stamp->packages.items[package - 1].path);
        text_add(stamp->warnings,
                 "\": a package is never retired; move it to a file without PLUGIN_PACKAGE\n");
    }
    retires->count = kept;
    stamp_sort(retires->items, kept, sizeof *retires->items, retire_by_home);
}
