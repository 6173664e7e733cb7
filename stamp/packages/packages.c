/* The packages of a module: which files are whose, and the order in which they come: each after
 * those that it imports. */
#include "model/model.h"

#include <stdlib.h>

/* The packages while they are put in order. Main is the last one. */
struct graph {
    struct stamp *stamp;
    struct stamp_package *items;
    size_t count;
    unsigned char *states; /* of each package: enum state */
    uint32_t *way; /* the packages that are being visited, each imported by the one before */
    size_t depth;
    uint32_t *order;   /* the packages, each after those that it imports */
    uint32_t *numbers; /* of each package: its place in the order */
    size_t ordered;
    struct error *error;
};

enum state { STATE_NEW, STATE_OPEN, STATE_DONE };

static const char main_path[] = "main";

/* ---- units ---- */

static int by_home(const void *a, const void *b)
{
    const struct stamp_mark *x = a, *y = b;
    if (x->home != y->home)
        return x->home < y->home ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static struct stamp_unit *find_unit(const struct stamp *stamp, Dwarf_Off home)
{
    size_t low = 0, high = stamp->packages.unit_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct stamp_unit *unit = &stamp->packages.units[middle];
        if (unit->offset == home)
            return unit;
        if (unit->offset < home)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

uint32_t stamp_home_package(const struct stamp *stamp, Dwarf_Off home)
{
    const struct stamp_unit *unit = find_unit(stamp, home);
    return unit ? unit->package : 0;
}

/* The number of the package of this path, which is added if it is new. */
static bool add_package(struct graph *graph, const char *path, uint32_t *number)
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

/* Gives the units to packages, which are numbered as they appear; main comes after them. */
static bool name_units(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    uint32_t number;
    if (packages->mark_count)
        qsort(packages->marks, packages->mark_count, sizeof *packages->marks, by_home);
    for (size_t i = 0; i < packages->mark_count; i++) {
        struct stamp_unit *unit = find_unit(graph->stamp, packages->marks[i].home);
        if (!unit || !strcmp(packages->marks[i].path, main_path))
            continue;
        if (!add_package(graph, packages->marks[i].path, &number))
            return false;
        unit->package = number + 1;
    }
    return add_package(graph, main_path, &number);
}

/* The package of a home, while main has a number like others. */
static uint32_t package_of(const struct graph *graph, Dwarf_Off home)
{
    uint32_t package = stamp_home_package(graph->stamp, home);
    return package ? package - 1 : (uint32_t)graph->count - 1;
}

/* ---- imports ---- */

static int by_importer(const void *a, const void *b)
{
    const struct stamp_dependency *x = a, *y = b;
    if (x->importer != y->importer)
        return x->importer < y->importer ? -1 : 1;
    return x->mark < y->mark ? -1 : x->mark > y->mark;
}

/* Each import, in the order of importers, and of their files and lines. */
static bool collect_imports(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    packages->dependencies = calloc(packages->import_count + 1, sizeof *packages->dependencies);
    if (!packages->dependencies)
        return error_set_no_memory(graph->error);
    if (packages->import_count)
        qsort(packages->imports, packages->import_count, sizeof *packages->imports, by_home);
    for (size_t i = 0; i < packages->import_count; i++) {
        const struct stamp_mark *mark = &packages->imports[i];
        packages->dependencies[i] = (struct stamp_dependency){
            .path = mark->path, .mark = mark, .importer = package_of(graph, mark->home)};
    }
    packages->dependency_count = packages->import_count;
    qsort(packages->dependencies, packages->dependency_count, sizeof *packages->dependencies,
          by_importer);
    return true;
}

/* Adds an import to those of its importer, unless it is among them. */
static bool keep_import(struct graph *graph, struct stamp_dependency import)
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
                         "package \"%s\" imports \"main\", which no package can import",
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

/* Each package imports another one once. */
static bool add_dependencies(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    if (!collect_imports(graph))
        return false;
    size_t count = packages->dependency_count;
    packages->dependency_count = 0;
    for (size_t i = 0; i < count; i++)
        if (!keep_import(graph, packages->dependencies[i]))
            return false;
    return true;
}

/* ---- order ---- */

static bool set_cycle(const struct graph *graph, uint32_t again)
{
    size_t start = graph->depth - 1;
    while (start && graph->way[start] != again)
        start--;
    TEXT_AUTO cycle = {0};
    for (size_t i = start; i < graph->depth; i++) {
        uint32_t next = i + 1 < graph->depth ? graph->way[i + 1] : again;
        text_add(&cycle, "%s%s imports %s", i == start ? "" : ", ",
                 graph->items[graph->way[i]].path, graph->items[next].path);
    }
    return error_set(graph->error, PLUGIN_NOT_PLUGIN, "packages import each other in a cycle: %s",
                     text_chars(&cycle));
}

/* Depth first; there are at most FORMAT_PACKAGES_MAX packages, so the stack suffices. */
static bool visit(struct graph *graph, uint32_t number)
{
    const struct stamp_package *package = &graph->items[number];
    graph->states[number] = STATE_OPEN;
    graph->way[graph->depth++] = number;
    for (uint32_t i = 0; i < package->dependency_count; i++) {
        const struct stamp_dependency *dependency =
            &graph->stamp->packages.dependencies[package->dependencies + i];
        if (!dependency->package)
            continue;
        uint32_t imported = dependency->package - 1;
        if (graph->states[imported] == STATE_OPEN)
            return set_cycle(graph, imported);
        if (graph->states[imported] == STATE_NEW && !visit(graph, imported))
            return false;
    }
    graph->depth--;
    graph->states[number] = STATE_DONE;
    graph->numbers[number] = (uint32_t)graph->ordered;
    graph->order[graph->ordered++] = number;
    return true;
}

/* The numbers of the order take the place of those of appearance. */
static void renumber(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    for (size_t i = 0; i < packages->init_count; i++)
        packages->inits[i].package = graph->numbers[package_of(graph, packages->inits[i].home)];
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

static int by_package(const void *a, const void *b)
{
    const struct stamp_init *x = a, *y = b;
    if (x->package != y->package)
        return x->package < y->package ? -1 : 1;
    if (x->home != y->home)
        return x->home < y->home ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Puts the packages, and what is theirs, into the order. */
static bool apply_order(struct graph *graph)
{
    struct stamp_packages *packages = &graph->stamp->packages;
    packages->items = calloc(graph->count, sizeof *packages->items);
    if (!packages->items)
        return error_set_no_memory(graph->error);
    renumber(graph);
    if (packages->dependency_count)
        qsort(packages->dependencies, packages->dependency_count, sizeof *packages->dependencies,
              by_importer);
    if (packages->init_count)
        qsort(packages->inits, packages->init_count, sizeof *packages->inits, by_package);
    for (size_t i = 0; i < graph->count; i++)
        packages->items[i].path = graph->items[graph->order[i]].path;
    for (uint32_t i = 0; i < packages->dependency_count; i++) {
        struct stamp_package *package = &packages->items[packages->dependencies[i].importer];
        if (!package->dependency_count++)
            package->dependencies = i;
    }
    for (uint32_t i = 0; i < packages->init_count; i++) {
        struct stamp_package *package = &packages->items[packages->inits[i].package];
        if (!package->init_count++)
            package->inits = i;
    }
    /* Main is there if there is something to say of it. */
    const struct stamp_package *last = &packages->items[graph->count - 1];
    packages->count = graph->count - !(last->dependency_count || last->init_count);
    return true;
}

static bool order(struct graph *graph)
{
    if (!graph->items || !graph->states || !graph->way || !graph->order || !graph->numbers)
        return error_set_no_memory(graph->error);
    if (!name_units(graph) || !add_dependencies(graph))
        return false;
    for (uint32_t i = 0; i < graph->count; i++)
        if (graph->states[i] == STATE_NEW && !visit(graph, i))
            return false;
    return apply_order(graph);
}

bool stamp_order_packages(struct stamp *stamp, struct error *error)
{
    struct graph graph = {
        .stamp = stamp,
        .items = calloc(FORMAT_PACKAGES_MAX, sizeof *graph.items),
        .states = calloc(FORMAT_PACKAGES_MAX, sizeof *graph.states),
        .way = calloc(FORMAT_PACKAGES_MAX, sizeof *graph.way),
        .order = calloc(FORMAT_PACKAGES_MAX, sizeof *graph.order),
        .numbers = calloc(FORMAT_PACKAGES_MAX, sizeof *graph.numbers),
        .error = error,
    };
    bool done = order(&graph);
    free(graph.items);
    free(graph.states);
    free(graph.way);
    free(graph.order);
    free(graph.numbers);
    return done;
}

void stamp_packages_free(struct stamp_packages *packages)
{
    for (size_t i = 0; i < packages->source_count; i++)
        free(packages->sources[i].name);
    free(packages->units);
    free(packages->marks);
    free(packages->imports);
    free(packages->inits);
    free(packages->dependencies);
    free(packages->sources);
    free(packages->items);
}
