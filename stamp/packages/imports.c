/* SPDX-License-Identifier: MIT */
/* The table of imports: the undefined symbols, and the shared symbols that other packages of the
 * module use, with the types that the uses expect. */
#include "dwarf/die.h"
#include "packages/packages.h"

#include <assert.h>
#include <dwarf.h>

/* ---- uses ---- */

bool stamp_use_is_function(const struct stamp_use *use)
{
    Dwarf_Die die = use->die, peeled;
    if (use->is_macro && dwarf_peel_type(&die, &peeled) == 0)
        die = peeled;
    return dwarf_tag(&die) == DW_TAG_subprogram || dwarf_tag(&die) == DW_TAG_subroutine_type;
}

static int use_by_name(const void *a, const void *b)
{
    const struct stamp_use *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order)
        return order;
    /* DWARF order: the DIEs are in one section. */
    return x->die.addr < y->die.addr ? -1 : x->die.addr > y->die.addr;
}

void stamp_filter_uses(struct stamp *stamp)
{
    struct stamp_uses *uses = &stamp->uses;
    size_t kept = 0;
    assert(stamp->shared || !stamp->symbols);
    for (size_t i = 0; i < uses->count; i++) {
        struct stamp_use use = uses->items[i];
        if (!use.undefined) {
            use.symbol = stamp_find_name(stamp->shared, stamp->shared_count, sizeof *stamp->shared,
                                         use.name);
            if (!use.symbol || use.symbol->package == stamp_home_package(stamp, use.home))
                continue;
        } else {
            use.undefined->is_typed = true;
        }
        uses->items[kept++] = use;
    }
    uses->count = kept;
    stamp_sort(uses->items, kept, sizeof *uses->items, use_by_name);
}

/* ---- the table ---- */

static struct stamp_import import_of(const struct stamp_use *use)
{
    struct stamp_import import = {.name = use->name, .library = "", .type = use->type};
    uint32_t known = use->undefined ? use->undefined->kind : use->symbol->kind;
    bool is_function = stamp_use_is_function(use);
    if (is_function)
        import.kind = known == FORMAT_INDIRECT ? FORMAT_INDIRECT : FORMAT_FUNCTION;
    else
        import.kind = known == FORMAT_THREAD_LOCAL ? FORMAT_THREAD_LOCAL : FORMAT_VARIABLE;
    if (use->undefined) {
        import.library = use->undefined->library;
        import.symbol = use->undefined->number;
        import.flags = use->undefined->is_weak ? FORMAT_IMPORT_WEAK : 0;
    } else {
        import.package = use->symbol->package;
    }
    return import;
}

/* Does every file outside the package describe what it uses? */
static bool is_described(const struct stamp *stamp, uint32_t package)
{
    for (size_t i = 0; i < stamp->packages.unit_count; i++)
        if (stamp->packages.units[i].package != package && !stamp->packages.units[i].is_gcc)
            return false;
    return true;
}

/* Adds the shared symbols that are referenced but never declared: the reference may be outside the
 * package. */
static void imports_add_by_definition(struct stamp *stamp, const bool *described)
{
    struct stamp_uses *uses = &stamp->uses;
    for (size_t i = 0; i < stamp->shared_count; i++) {
        const struct stamp_symbol *symbol = &stamp->shared[i];
        if (!symbol->is_referenced || (described[symbol->package] && !symbol->is_mangled) ||
            stamp_find_name(uses->items, uses->count, sizeof *uses->items, symbol->name))
            continue;
        /* A module that needs an inline function or a template's instance has a copy. */
        bool is_optional = symbol->is_mangled && symbol->is_vague;
        uses->imports[uses->import_count++] = (struct stamp_import){
            .name = symbol->name,
            .library = "",
            .type = symbol->match ? symbol->type : 0,
            .kind = symbol->kind,
            .flags = FORMAT_IMPORT_BY_DEFINITION | (is_optional ? FORMAT_IMPORT_WEAK : 0U),
            .package = symbol->package,
        };
    }
}

/* Adds the symbols that a library defines and refers to, but that another module may preempt. */
static void imports_add_preemptible(struct stamp *stamp)
{
    struct stamp_uses *uses = &stamp->uses;
    for (size_t i = 0; i < stamp->preemptible.count; i++) {
        const struct stamp_symbol *symbol =
            stamp_find_name(stamp->symbols, stamp->symbol_count, sizeof *stamp->symbols,
                            stamp->preemptible.names[i]);
        if (symbol)
            uses->imports[uses->import_count++] =
                (struct stamp_import){.name = symbol->name,
                                      .library = "",
                                      .type = symbol->match ? symbol->type : 0,
                                      .kind = symbol->kind,
                                      .flags = FORMAT_IMPORT_BY_DEFINITION};
    }
}

static int import_by_name_and_type(const void *a, const void *b)
{
    const struct stamp_import *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->type < y->type ? -1 : x->type > y->type;
}

static void imports_add_all(struct stamp *stamp, const bool *described)
{
    struct stamp_uses *uses = &stamp->uses;
    for (size_t i = 0; i < uses->count; i++)
        uses->imports[uses->import_count++] = import_of(&uses->items[i]);
    for (size_t i = 0; i < uses->undefined_count; i++) {
        const struct stamp_undefined *undefined = &uses->undefined[i];
        if (!undefined->is_typed)
            uses->imports[uses->import_count++] =
                (struct stamp_import){.name = undefined->name,
                                      .library = undefined->library,
                                      .kind = undefined->kind,
                                      .flags = undefined->is_weak ? FORMAT_IMPORT_WEAK : 0,
                                      .symbol = undefined->number};
    }
    imports_add_by_definition(stamp, described);
    imports_add_preemptible(stamp);
    stamp_sort(uses->imports, uses->import_count, sizeof *uses->imports, import_by_name_and_type);
    size_t kept = 0;
    for (size_t i = 0; i < uses->import_count; i++)
        if (!kept || import_by_name_and_type(&uses->imports[kept - 1], &uses->imports[i]) != 0)
            uses->imports[kept++] = uses->imports[i];
    uses->import_count = kept;
}

bool stamp_make_imports(struct stamp *stamp, struct error *error)
{
    struct stamp_uses *uses = &stamp->uses;
    size_t count =
        uses->count + uses->undefined_count + stamp->shared_count + stamp->preemptible.count;
    bool *described =
        arena_alloc_zeroed(&stamp->arena, stamp->packages.count + 1, sizeof *described);
    uses->imports = arena_alloc_zeroed(&stamp->arena, count, sizeof *uses->imports);
    if (!uses->imports || !described)
        return error_set_no_memory(error);
    for (size_t i = 1; i <= stamp->packages.count; i++)
        described[i] = is_described(stamp, (uint32_t)i);
    imports_add_all(stamp, described);
    assert(uses->import_count <= count);
    return true;
}
