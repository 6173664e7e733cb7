/* SPDX-License-Identifier: MIT */
/* The walk through the module's debug information. */
#include "dwarf/scan.h"

#include "dwarf/debug_file.h"
#include "dwarf/die.h"
#include "dwarf/linked.h"
#include "dwarf/match_p.h"
#include "dwarf/objects_p.h"
#include "dwarf/producer_p.h"
#include "dwarf/records_p.h"
#include "dwarf/uses_p.h"
#include "elf/elf_file.h"
#include "src/base/array.h"
#include "src/base/hash.h"
#include "src/base/table.h"

#include <dwarf.h>
#include <stdio.h>

bool stamp_open_dwarf(struct stamp *stamp, struct error *error)
{
    if (!debug_file_open(stamp, error))
        return false;
    stamp->has_packages = debug_file_holds(stamp, PACKAGE_NAME);
    return true;
}

/* ---- DIEs ---- */

/* Compilers do not nest lexical blocks deeper. */
enum { DEPTH_MAX = 256 };

struct scan {
    struct stamp *stamp;
    struct matcher matcher;
    bool has_probes;
    bool has_uses; /* then functions' bodies may declare what they use */
    bool has_objects;
    struct objects objects;
    uint64_t names; /* hash of the namespaces around the current DIE */
    unsigned depth;
    struct table imported; /* units of the alternate file that were scanned */
    Dwarf_Die *units;
    size_t unit_count, unit_capacity;
    struct error *error;
};

/* The scope of a DIE, and what it may declare there. */
enum scope {
    SCOPE_TOP,      /* of a unit, or a namespace: symbols may be defined */
    SCOPE_FUNCTION, /* symbols may be declared */
    SCOPE_TYPE      /* members: no symbols */
};

static enum scope scope_of_children(enum scope scope, int tag)
{
    switch (tag) {
    case DW_TAG_namespace:
    case DW_TAG_module:
        return scope;
    case DW_TAG_subprogram:
    case DW_TAG_lexical_block:
        return SCOPE_FUNCTION;
    default:
        return SCOPE_TYPE;
    }
}

/* g++ describes the use of a constructor by a concrete instance, without code, of its declaration.
 */
static bool is_used_declaration(Dwarf_Die *die, int tag)
{
    Dwarf_Addr entry;
    if (die_is_declaration(die))
        return true;
    if (tag != DW_TAG_subprogram || !dwarf_hasattr(die, DW_AT_abstract_origin) ||
        dwarf_entrypc(die, &entry) == 0)
        return false;
    Dwarf_Die origin = die_origin(die);
    return die_is_declaration(&origin);
}

static bool scan_die(struct scan *scan, Dwarf_Die *die, enum scope scope, int tag)
{
    struct stamp *stamp = scan->stamp;
    if (scan->has_probes && !records_add_probe(stamp, die, scan->error))
        return false;
    if (scan->has_objects && !objects_add(&scan->objects, die, tag, scan->error))
        return false;
    if (scope == SCOPE_TOP && !stamp->names_only &&
        !linked_add(stamp, die, tag, scan->names, scan->error))
        return false;
    if (scope == SCOPE_TYPE || (tag != DW_TAG_subprogram && tag != DW_TAG_variable))
        return true;
    if (is_used_declaration(die, tag))
        return !scan->has_uses || uses_add_declaration(stamp, die, scan->error);
    if (scope != SCOPE_TOP)
        return true;
    return matcher_match(&scan->matcher, die, scan->error) &&
           records_add(stamp, die, scan->error) &&
           uses_add_hidden_definition(stamp, die, scan->error);
}

/* A namespace without a name is of its file. */
static uint64_t names_within(uint64_t outer, Dwarf_Die *namespace)
{
    const char *name = dwarf_diename(namespace);
    return name ? hash_bytes(outer, name, strlen(name))
                : hash_step(outer, (uint64_t)(uintptr_t) namespace->addr);
}

static bool scan_children(struct scan *scan, Dwarf_Die *parent, enum scope scope);

/* Scans a unit of the alternate file, into which `dwz -m` has moved what several modules share;
 * only units that this module imports are its own. The module's own partial units are scanned as
 * such. */
static bool scan_imported(struct scan *scan, Dwarf_Die *import)
{
    Dwarf_Die unit;
    struct arena *arena = &scan->stamp->arena;
    if (!die_follow(import, DW_AT_import, &unit))
        return error_set_libdw(scan->error,
                               "cannot read a unit that its debug information imports");
    if (dwarf_cu_getdwarf(unit.cu) == scan->stamp->dwarf)
        return true;
    struct table_probe probe = {.hash = die_hash(&unit)};
    for (uint32_t item; table_next(&scan->imported, &probe, &item);)
        if (scan->units[item].addr == unit.addr)
            return true;
    Dwarf_Die *added = table_reserve(&scan->imported, arena, scan->unit_count + 1)
                           ? array_add(arena, scan->units, scan->unit_count, scan->unit_capacity)
                           : NULL;
    if (!added)
        return error_set_no_memory(scan->error);
    *added = unit;
    table_add(&scan->imported, probe.hash, (uint32_t)(added - scan->units));
    return scan_children(scan, &unit, SCOPE_TOP);
}

static bool may_hold_more(const struct scan *scan, Dwarf_Die *die, enum scope inner, int tag)
{
    return inner == SCOPE_TOP || scan->has_probes || (inner == SCOPE_FUNCTION && scan->has_uses) ||
           (scan->has_objects && objects_may_be_within(die, tag));
}

/* Scans all depths: probes may be anywhere. */
static bool scan_children(struct scan *scan, Dwarf_Die *parent, enum scope scope)
{
    Dwarf_Die die;
    if (dwarf_child(parent, &die) != 0)
        return true;
    if (scan->depth >= DEPTH_MAX) {
        scan->stamp->objects.is_partial = true;
        return true;
    }
    uint64_t outer = scan->names;
    struct objects_scope outer_scope = objects_enter(&scan->objects, parent);
    if (dwarf_tag(parent) == DW_TAG_namespace)
        scan->names = names_within(outer, parent);
    scan->depth++;
    int next;
    do {
        int tag = dwarf_tag(&die);
        enum scope inner = scope_of_children(scope, tag);
        if (tag == DW_TAG_imported_unit ? !scan_imported(scan, &die)
                                        : !scan_die(scan, &die, scope, tag))
            return false;
        if (dwarf_haschildren(&die) && may_hold_more(scan, &die, inner, tag) &&
            !scan_children(scan, &die, inner))
            return false;
        next = dwarf_siblingof(&die, &die);
    } while (next == 0);
    scan->depth--;
    scan->names = outer;
    scan->objects.scope = outer_scope;
    return next > 0 ? true : error_set_libdw(scan->error, "its debug information is damaged");
}

/* ---- units ---- */

static bool add_compiler(struct stamp *stamp, const char *producer, struct error *error)
{
    struct stamp_compiler compiler = {producer_name(&stamp->arena, producer),
                                      producer_flags(&stamp->arena, producer)};
    if (!compiler.name || !compiler.flags)
        return error_set_no_memory(error);
    for (size_t i = 0; i < stamp->compiler_count; i++)
        if (!strcmp(stamp->compilers[i].name, compiler.name) &&
            !strcmp(stamp->compilers[i].flags, compiler.flags))
            return true;
    if (stamp->compiler_count == FORMAT_COMPILERS_MAX)
        return true;
    struct stamp_compiler *added =
        array_add(&stamp->arena, stamp->compilers, stamp->compiler_count, stamp->compiler_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = compiler;
    return true;
}

static const char *unit_name(Dwarf_Die *unit)
{
    const char *name = dwarf_diename(unit);
    return name ? name : "a source file";
}

static bool set_no_types(Dwarf_Die *unit, struct error *error)
{
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "the debug information of %s has no types (-g1 or "
                     "-gline-tables-only); compile it with -g",
                     unit_name(unit));
}

static bool check_unit(Dwarf_Die *unit, Dwarf_Half version, uint8_t type, const char *producer,
                       struct error *error)
{
    const char *name = unit_name(unit);
    if (version < 4 || version > 5)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "the debug information of %s is DWARF %u; compile it with -gdwarf-5 or "
                         "-gdwarf-4",
                         name, version);
    if (type == DW_UT_skeleton || type == DW_UT_split_compile ||
        dwarf_hasattr(unit, DW_AT_GNU_dwo_name) || dwarf_hasattr(unit, DW_AT_dwo_name))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "the debug information of %s is in a separate file; compile it "
                         "without -gsplit-dwarf or -gmodules",
                         name);
    if (producer_omits_structs(producer))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "the debug information of %s omits structs of headers; compile it without "
                         "-femit-struct-debug-baseonly and the like",
                         name);
    return producer_has_g1(producer) ? set_no_types(unit, error) : true;
}

static bool add_unit(struct stamp *stamp, Dwarf_Die *die, const char *producer, struct error *error)
{
    struct stamp_packages *packages = &stamp->packages;
    struct stamp_unit *unit =
        array_add(&stamp->arena, packages->units, packages->unit_count, packages->unit_capacity);
    if (!unit)
        return error_set_no_memory(error);
    *unit = (struct stamp_unit){.offset = dwarf_dieoffset(die), .die = *die};
    /* The GNU assembler describes nothing that its file uses. */
    unit->is_gcc = !strncmp(producer, "GNU ", 4) && dwarf_srclang(die) != DW_LANG_Mips_Assembler;
    return true;
}

/* Is it musl's crt1.c, of a libc that was built with debug information? */
static bool is_start_file(Dwarf_Die *unit)
{
    Dwarf_Die die;
    const char *name = unit_name(unit), *end = strstr(name, "crt1.c");
    if (!end || strcmp(end, "crt1.c") != 0 || dwarf_child(unit, &die) != 0)
        return false;
    do {
        const char *function = dwarf_diename(&die);
        if (dwarf_tag(&die) == DW_TAG_subprogram && function && !strcmp(function, "_start_c"))
            return true;
    } while (dwarf_siblingof(&die, &die) == 0);
    return false;
}

static bool scan_unit(struct scan *scan, Dwarf_Die *unit, Dwarf_Half version, uint8_t type)
{
    if (!unit->addr)
        return error_set(scan->error, PLUGIN_NOT_PLUGIN,
                         "its debug information is damaged: a unit without a DIE");
    if (scan->has_objects && !objects_begin(&scan->objects, unit, scan->error))
        return false;
    /* Type units are reached by references from others; but types have members. */
    if (type == DW_UT_type || type == DW_UT_split_type || dwarf_tag(unit) == DW_TAG_type_unit)
        return !scan->has_objects || scan_children(scan, unit, SCOPE_TYPE);
    /* dwz's units hold what several others share; only those name a compiler. */
    if (dwarf_tag(unit) == DW_TAG_partial_unit)
        return scan_children(scan, unit, SCOPE_TOP);
    if (is_start_file(unit))
        return true;
    const char *producer = die_string(unit, DW_AT_producer);
    if (!producer)
        producer = "unknown";
    if (!check_unit(unit, version, type, producer, scan->error) ||
        !add_unit(scan->stamp, unit, producer, scan->error))
        return false;
    /* The GNU assembler describes every function as one that returns nothing. */
    if (dwarf_srclang(unit) == DW_LANG_Mips_Assembler)
        return true;
    return add_compiler(scan->stamp, producer, scan->error) && scan_children(scan, unit, SCOPE_TOP);
}

static bool scan_units(struct scan *scan)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Half version;
    uint8_t type;
    Dwarf_Die die, split;
    int more;
    while ((more = dwarf_get_units(scan->stamp->dwarf, unit, &unit, &version, &type, &die,
                                   &split)) == 0)
        if (!scan_unit(scan, &die, version, type))
            return false;
    if (more < 0)
        return error_set_libdw(scan->error, "its debug information is damaged");
    return !scan->has_objects || objects_begin(&scan->objects, NULL, scan->error);
}

/* ---- units without types ---- */

/* Does the unit declare anything? A declaration has a line. With -g1, there are only the names of
 * inlined functions. */
static bool has_declarations(Dwarf_Die *unit)
{
    Dwarf_Die die;
    Dwarf_Attribute line;
    if (dwarf_child(unit, &die) != 0)
        return false;
    do
        if (die_attribute(&die, DW_AT_decl_line, &line))
            return true;
    while (dwarf_siblingof(&die, &die) == 0);
    return false;
}

/* Refuses a unit of line tables alone: a function of its code has no DIE, it declares nothing, and
 * is no assembly. (clang does not record -g1. In a unit with declarations, such a function is in an
 * asm statement.) */
static bool check_unit_typed(const struct matcher *matcher, Dwarf_Die *unit, struct error *error)
{
    const struct stamp *stamp = matcher->stamp;
    Dwarf_Addr base, start, end;
    ptrdiff_t range = 0;
    if (dwarf_srclang(unit) == DW_LANG_Mips_Assembler || has_declarations(unit))
        return true;
    while ((range = dwarf_ranges(unit, range, &base, &start, &end)) > 0)
        for (size_t i = matcher_first_at(matcher, start); i < stamp->symbol_count; i++) {
            const struct stamp_symbol *symbol = &stamp->symbols[matcher->order[i]];
            if (symbol->address >= end)
                break;
            if (!symbol->match && symbol->kind == FORMAT_FUNCTION && !symbol->is_mangled &&
                !symbol->is_dotted)
                return set_no_types(unit, error);
        }
    return true;
}

static bool check_typed(const struct matcher *matcher, struct error *error)
{
    Dwarf_Off offset = 0, next;
    size_t header_size;
    Dwarf_Die unit;
    for (; dwarf_nextcu(matcher->stamp->dwarf, offset, &next, &header_size, NULL, NULL, NULL) == 0;
         offset = next)
        if (dwarf_offdie(matcher->stamp->dwarf, offset + header_size, &unit) &&
            !check_unit_typed(matcher, &unit, error))
            return false;
    return true;
}

bool stamp_read_dwarf(struct stamp *stamp, struct error *error)
{
    struct scan scan = {.stamp = stamp,
                        .has_probes = debug_file_holds(stamp, PROBE_NAME) ||
                                      debug_file_holds(stamp, INTERFACE_NAME),
                        .has_uses = !stamp->names_only && uses_are_possible(stamp),
                        .has_objects = !stamp->names_only || stamp->filter,
                        .objects = {.stamp = stamp},
                        .error = error};
    if (!matcher_init(&scan.matcher, stamp, error) || !scan_units(&scan) ||
        !check_typed(&scan.matcher, error))
        return false;
    if (!stamp->compiler_count)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its debug information describes no source file; compile it with -g, and "
                         "strip it only after the stamp");
    return records_complete(stamp, error);
}
