/* SPDX-License-Identifier: MIT */
/* What the plugin and its libraries import from the host, and from packages that the host carries:
 * functions are calls back. */
#include "crossing/plan_p.h"
#include "libraries/own_library.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

/* ---- what a reference is bound to, in process ---- */

/* Finds a function or variable of one of the host's packages; false if the host's copy lacks it. */
static bool find_in_package(const struct plan_maker *maker, const char *package, const char *name,
                            struct plan_import *found)
{
    const struct module *carrier = mapped_host_carrier(maker->modules, package);
    uint32_t index;
    if (!carrier || !meta_find_shared(&carrier->meta, name, &index))
        return false;
    struct meta_shared shared = meta_shared(&carrier->meta, index);
    found->kind = shared.kind;
    found->definition = shared.type;
    found->carrier = carrier;
    found->package = package;
    return !strcmp(meta_package(&carrier->meta, shared.package).path, package);
}

/* The same for a package that one of the libraries carries, too. */
static bool find_in_libraries(const struct plan_maker *maker, const char *name,
                              struct plan_import *found)
{
    for (size_t i = 0; i + 1 < maker->modules->count; i++) {
        const struct module *library = maker->modules->items[i].module;
        uint32_t index;
        if (library && library->is_stamped && meta_find_shared(&library->meta, name, &index)) {
            uint32_t package = meta_shared(&library->meta, index).package;
            return find_in_package(maker, meta_package(&library->meta, package).path, name, found);
        }
    }
    return false;
}

/* Finds the host's symbol that the import is bound to; false if that is another module's. What has
 * a version is a library's; and of the module's own definitions nobody else's come first in a
 * worker, unless they are of a package of the host. */
static bool find_in_host(const struct plan_maker *maker, const struct meta *meta,
                         const struct meta_import *import, struct plan_import *found)
{
    uint32_t index;
    if (import->package)
        return find_in_package(maker, meta_package(meta, import->package - 1).path, import->name,
                               found);
    if (import->is_by_definition || *import->library || own_library_defines(import->name))
        return false;
    if (find_in_libraries(maker, import->name, found))
        return true;
    if (!maker->host)
        return false;
    if (meta_find_symbol(maker->host, import->name, &index)) {
        struct meta_symbol symbol = meta_symbol(maker->host, index);
        found->kind = symbol.kind;
        found->definition = symbol.type;
        return true;
    }
    if (!meta_find_shared(maker->host, import->name, &index))
        return false;
    struct meta_shared shared = meta_shared(maker->host, index);
    found->kind = shared.kind;
    found->definition = shared.type;
    return true;
}

/* ---- all imports ---- */

static bool add_imports_of(struct plan_maker *maker, size_t number)
{
    const struct module *module = maker->modules->items[number].module;
    uint32_t count = module && module->is_stamped ? module->meta.header.imports.count : 0;
    for (uint32_t i = 0; i < count && plan_pay(maker, maker->modules->count); i++) {
        struct meta_import import = meta_import(&module->meta, i);
        struct plan_import found = {
            .name = import.name, .type = import.type, .is_weak = import.is_weak, .module = number};
        if (!find_in_host(maker, &module->meta, &import, &found))
            continue;
        if (import.kind)
            found.kind = (enum format_symbol_kind)import.kind;
        struct plan_import *added =
            array_add(&maker->arena, maker->imports, maker->found_count, maker->found_capacity);
        if (!added)
            return false;
        *added = found;
    }
    return true;
}

/* The plugin's own types say most, and of each module those that there are. */
static int compare_imports(const void *first, const void *second)
{
    const struct plan_import *a = first, *b = second;
    int order = strcmp(a->name, b->name);
    if (order)
        return order;
    if (!a->type != !b->type)
        return a->type ? -1 : 1;
    if (a->module != b->module)
        return a->module > b->module ? -1 : 1;
    return (a->type > b->type) - (a->type < b->type);
}

/* Joins the plugin's types with those of the libraries that import something. */
static bool join_types(struct plan_maker *maker, struct error *error)
{
    size_t count = maker->modules->count, parts = 1, last = count - 1;
    const struct btf **types = arena_alloc_zeroed(&maker->arena, count, sizeof *types);
    uint32_t *bases = arena_alloc_zeroed(&maker->arena, count, sizeof *bases);
    size_t *part_of = arena_alloc_zeroed(&maker->arena, count, sizeof *part_of);
    if (!types || !bases || !part_of)
        return error_set_no_memory(error);
    types[0] = maker->btf;
    for (size_t i = 0; i < maker->found_count; i++) {
        size_t module = maker->imports[i].module;
        if (module == last || part_of[module] || !maker->imports[i].type)
            continue;
        types[parts] = module_types(maker->modules->items[module].module, error);
        if (!types[parts])
            return false;
        part_of[module] = parts++;
    }
    if (parts == 1)
        return true;
    if (!btf_join(&maker->joined, types, parts, bases, error))
        return false;
    maker->btf = &maker->joined.btf;
    for (size_t i = 0; i < maker->found_count; i++)
        if (maker->imports[i].type)
            maker->imports[i].type += bases[part_of[maker->imports[i].module]];
    return true;
}

/* Lists the carriers, each once. */
static bool add_carriers(struct plan_maker *maker)
{
    for (size_t i = 0; i < maker->found_count; i++) {
        const struct module *carrier = maker->imports[i].carrier;
        size_t known = 0;
        while (known < maker->carrier_count && maker->carriers[known] != carrier)
            known++;
        if (!carrier || &carrier->meta == maker->host || known < maker->carrier_count)
            continue;
        const struct module **added = array_add(&maker->arena, maker->carriers,
                                                maker->carrier_count, maker->carrier_capacity);
        if (!added)
            return false;
        *added = carrier;
    }
    return true;
}

bool plan_find_imports(struct plan_maker *maker, struct error *error)
{
    for (size_t i = maker->modules->count; i-- > 0;)
        if (!add_imports_of(maker, i))
            return error_set_no_memory(error);
    if (!add_carriers(maker))
        return error_set_no_memory(error);
    if (!join_types(maker, error))
        return false;
    if (maker->found_count)
        qsort(maker->imports, maker->found_count, sizeof *maker->imports, compare_imports);
    return true;
}

/* ---- the types of libraries ---- */

static void refuse_type(struct plan_maker *maker, const struct plan_import *import,
                        const struct type_difference *difference)
{
    TEXT_AUTO own = {0}, theirs = {0};
    side_add_to_sentence(&own, &difference->second, &difference->first);
    side_add_to_sentence(&theirs, &difference->first, &difference->second);
    misfits_add(maker->misfits, import->name, import->package,
                "%s: library %s of the plugin calls it by another type than the host's: %s%s%s, "
                "and not %s",
                import->name, maker->modules->items[import->module].path,
                text_chars(&difference->path), difference->path.length ? ": " : "",
                text_chars(&own), text_chars(&theirs));
    maker->has_no_memory |= own.failed || theirs.failed;
}

/* An open judges the imports of the plugin, and of no library. */
static bool check_type(struct plan_maker *maker, const struct plan_import *import,
                       struct error *error)
{
    const struct btf *types =
        import->carrier ? module_types(import->carrier, error) : maker->host_types;
    struct type_difference difference = {.first_name = "the host", .second_name = "the library"};
    struct type_cache cache = {0};
    bool agree = false;
    bool is_compared =
        types && type_compare_import(&cache, (struct type_side){types, import->definition},
                                     (struct type_side){maker->btf, import->type},
                                     TYPE_RULES_STRICT, &agree, &difference, error);
    if (is_compared && !agree)
        refuse_type(maker, import, &difference);
    type_difference_deinit(&difference);
    type_cache_deinit(&cache);
    return is_compared;
}

bool plan_check_imports(struct plan_maker *maker, struct error *error)
{
    for (size_t i = 0; i < maker->found_count && plan_pay(maker, 1); i++) {
        const struct plan_import *import = &maker->imports[i];
        if (import->module + 1 != maker->modules->count && import->type && import->definition &&
            !check_type(maker, import, error))
            return false;
    }
    return true;
}

/* ---- the plan ---- */

static void refuse_variable(struct plan_maker *maker, const char *name, const char *package)
{
    if (package)
        misfits_add(maker->misfits, name, package,
                    "%s: isolated plugins do not support variables of package %s, which the host "
                    "carries: give it a function that returns the value, and make the variable "
                    "static",
                    name, package);
    else
        misfits_add(maker->misfits, name, NULL,
                    "%s: isolated plugins do not support variables of the host: pass what the "
                    "plugin needs to its functions",
                    name);
}

static void refuse_untyped(struct plan_maker *maker, const struct plan_import *import)
{
    bool is_own = import->module + 1 == maker->modules->count;
    if (import->type)
        misfits_add(maker->misfits, import->name, import->package,
                    "%s: the type of this function of the host is not recorded: compile the file "
                    "that defines it with -g",
                    import->name);
    else
        misfits_add(maker->misfits, import->name, import->package,
                    "%s: the type by which %s%s calls this function of the host is not recorded: "
                    "compile the %s with -g; with clang, state PLUGIN_USES(%s)",
                    import->name, is_own ? "the plugin" : "library ",
                    is_own ? "" : maker->modules->items[import->module].path,
                    is_own ? "plugin" : "library", import->name);
}

static void add_import(struct plan_maker *maker, const struct plan_import *import)
{
    bool is_variable = import->kind == FORMAT_VARIABLE || import->kind == FORMAT_THREAD_LOCAL;
    struct meta_symbol symbol = {
        .name = import->name, .type = import->type, .kind = FORMAT_FUNCTION};
    if (!is_variable && import->type && import->definition)
        plan_add_function(maker, &symbol);
    else if (import->is_weak && !(is_variable && import->package))
        return; /* it may be missing, and is; or the module's own is as good */
    else if (is_variable)
        refuse_variable(maker, import->name, import->package);
    else
        refuse_untyped(maker, import);
}

void plan_add_imports(struct plan_maker *maker)
{
    const char *last = NULL;
    for (size_t i = 0; i < maker->found_count && plan_pay(maker, 1); i++) {
        const struct plan_import *import = &maker->imports[i];
        if (!last || strcmp(last, import->name) != 0)
            add_import(maker, import);
        last = import->name;
    }
}
