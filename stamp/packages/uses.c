/* What the module uses and another one may define: an undefined symbol, or one of a package that
 * the module carries, used from outside that package. Each use that the debug information shows
 * says of what type it takes the symbol to be. */
#include "dwarf/die.h"
#include "model/model.h"
#include "src/libraries/toolchain.h"

#include <dwarf.h>
#include <stdlib.h>

bool stamp_wants_uses(const struct stamp *stamp)
{
    /* Types that nobody compares with would only bloat the stamp. */
    for (size_t i = 0; i < stamp->uses.undefined_count; i++)
        if (!implementation_has(stamp->uses.undefined[i].library))
            return true;
    return stamp->has_packages;
}

/* ---- while the debug information is read ---- */

/* Notes a use, unless it is known by now that it is none of another module or package. */
static bool note(struct stamp *stamp, struct stamp_use use, struct error *error)
{
    struct stamp_uses *uses = &stamp->uses;
    use.undefined = stamp_find_undefined(stamp, use.name);
    if (use.undefined && implementation_has(use.undefined->library))
        return true;
    if (!use.undefined && (!stamp->has_packages || !stamp_find_symbol(stamp, use.name)))
        return stamp_note_hidden_use(stamp, &use.die, use.name, error);
    struct stamp_use *items = stamp_grow(uses->items, uses->count, &uses->capacity, sizeof *items);
    if (!items)
        return error_set_no_memory(error);
    uses->items = items;
    items[uses->count++] = use;
    return true;
}

bool stamp_note_declaration(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    const char *name = die_linkage_name(die);
    if (!name)
        return true;
    return note(stamp,
                (struct stamp_use){.die = *die, .name = name, .home = die_home(stamp->dwarf, die)},
                error);
}

/* static T *const plugin_uses_...: the type is T. */
bool stamp_note_uses(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error)
{
    struct stamp_use use = {.name = name, .home = die_home(stamp->dwarf, die), .is_macro = true};
    Dwarf_Die pointer;
    if (!die_follow(die, DW_AT_type, &pointer) || dwarf_peel_type(&pointer, &pointer) != 0 ||
        dwarf_tag(&pointer) != DW_TAG_pointer_type)
        return true;
    /* What a pointer to void points to has no DIE; nothing can be declared void. */
    return !die_follow(&pointer, DW_AT_type, &use.die) || note(stamp, use, error);
}

/* ---- once the packages are known ---- */

static struct stamp_symbol *find_shared(const struct stamp *stamp, const char *name)
{
    size_t low = 0, high = stamp->shared_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(stamp->shared[middle].name, name);
        if (order == 0)
            return &stamp->shared[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool stamp_use_is_function(const struct stamp_use *use)
{
    Dwarf_Die die = use->die, peeled;
    if (use->is_macro && dwarf_peel_type(&die, &peeled) == 0)
        die = peeled;
    return dwarf_tag(&die) == DW_TAG_subprogram || dwarf_tag(&die) == DW_TAG_subroutine_type;
}

static int by_name(const void *a, const void *b)
{
    const struct stamp_use *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order)
        return order;
    /* The order of DWARF: that of the nodes, whose addresses are in one section. */
    return x->die.addr < y->die.addr ? -1 : x->die.addr > y->die.addr;
}

void stamp_filter_uses(struct stamp *stamp)
{
    struct stamp_uses *uses = &stamp->uses;
    size_t kept = 0;
    for (size_t i = 0; i < uses->count; i++) {
        struct stamp_use use = uses->items[i];
        if (!use.undefined) {
            use.symbol = find_shared(stamp, use.name);
            if (!use.symbol || use.symbol->package == stamp_home_package(stamp, use.home))
                continue;
        } else {
            use.undefined->is_typed = true;
        }
        uses->items[kept++] = use;
    }
    uses->count = kept;
    if (kept)
        qsort(uses->items, kept, sizeof *uses->items, by_name);
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

/* Does the debug information of every file outside the package show what it uses of it? */
static bool is_described(const struct stamp *stamp, uint32_t package)
{
    for (size_t i = 0; i < stamp->packages.unit_count; i++)
        if (stamp->packages.units[i].package != package && !stamp->packages.units[i].is_gcc)
            return false;
    return true;
}

static bool is_declared(const struct stamp *stamp, const struct stamp_symbol *symbol)
{
    for (size_t low = 0, high = stamp->uses.count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(stamp->uses.items[middle].name, symbol->name);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Adds the symbols of packages that nobody declares, and that something refers to: something that
 * may be outside the package. */
static void add_by_definition(struct stamp *stamp, const bool *described)
{
    struct stamp_uses *uses = &stamp->uses;
    for (size_t i = 0; i < stamp->shared_count; i++) {
        const struct stamp_symbol *symbol = &stamp->shared[i];
        if (!symbol->is_referenced || (described[symbol->package] && !symbol->is_mangled) ||
            is_declared(stamp, symbol))
            continue;
        /* Of an inline function or a template's instance, a module that needs it has a copy. */
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

static int by_name_and_type(const void *a, const void *b)
{
    const struct stamp_import *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->type < y->type ? -1 : x->type > y->type;
}

static void add_imports(struct stamp *stamp, const bool *described)
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
    add_by_definition(stamp, described);
    if (uses->import_count)
        qsort(uses->imports, uses->import_count, sizeof *uses->imports, by_name_and_type);
    size_t kept = 0;
    for (size_t i = 0; i < uses->import_count; i++)
        if (!kept || by_name_and_type(&uses->imports[kept - 1], &uses->imports[i]) != 0)
            uses->imports[kept++] = uses->imports[i];
    uses->import_count = kept;
}

bool stamp_make_imports(struct stamp *stamp, struct error *error)
{
    struct stamp_uses *uses = &stamp->uses;
    uses->imports = calloc(uses->count + uses->undefined_count + stamp->shared_count + 1,
                           sizeof *uses->imports);
    bool *described = calloc(stamp->packages.count + 1, sizeof *described);
    bool has_memory = uses->imports && described;
    if (has_memory) {
        for (size_t i = 1; i <= stamp->packages.count; i++)
            described[i] = is_described(stamp, (uint32_t)i);
        add_imports(stamp, described);
    }
    free(described);
    return has_memory ? true : error_set_no_memory(error);
}

void stamp_uses_free(struct stamp_uses *uses)
{
    free(uses->undefined);
    free(uses->items);
    free(uses->imports);
    free(uses->hidden.items);
    free(uses->hidden_uses.items);
}
