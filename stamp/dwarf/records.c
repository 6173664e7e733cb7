/* SPDX-License-Identifier: MIT */
/* The records that the macros of plugin.h leave in the module: variables, found by their names in
 * the debug information. */
#include "dwarf/records_p.h"

#include "dwarf/die.h"
#include "dwarf/uses_p.h"
#include "elf/elf_file.h"
#include "src/base/array.h"
#include "src/base/path.h"

#include <dwarf.h>

/* ---- probes ---- */

bool records_add_probe(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    uint64_t address;
    Dwarf_Attribute location;
    if (dwarf_tag(die) != DW_TAG_variable || !dwarf_attr(die, DW_AT_location, &location))
        return true;
    const char *name = die_string(die, DW_AT_name);
    bool is_interface = name && !strcmp(name, INTERFACE_NAME);
    /* An inlined copy may have no address. */
    if (!name || (!is_interface && strcmp(name, PROBE_NAME) != 0) || !die_address(die, &address))
        return true;
    struct stamp_probe *probe =
        array_add(&stamp->arena, stamp->probes, stamp->probe_count, stamp->probe_capacity);
    if (!probe)
        return error_set_no_memory(error);
    *probe = (struct stamp_probe){.address = address, .die = *die, .is_interface = is_interface};
    return true;
}

static int probe_by_address(const void *a, const void *b)
{
    const struct stamp_probe *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

/* An inlined function describes its probe more than once. */
static void sort_probes(struct stamp *stamp)
{
    size_t kept = 0;
    stamp_sort(stamp->probes, stamp->probe_count, sizeof *stamp->probes, probe_by_address);
    for (size_t i = 0; i < stamp->probe_count; i++)
        if (!kept || stamp->probes[i].address != stamp->probes[kept - 1].address)
            stamp->probes[kept++] = stamp->probes[i];
    stamp->probe_count = kept;
}

/* Is each pointer that plugin_as leaves in the section plugin_probes described? */
static bool check_probes(const struct stamp *stamp, struct error *error)
{
    Elf_Scn *section = NULL;
    while ((section = section_next_named(stamp->elf, section, "plugin_probes"))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return error_set_libelf(error, "cannot read its sections");
        size_t uses = header.sh_size / stamp->pointer_size, described = 0;
        for (size_t i = 0; i < stamp->probe_count; i++)
            described += stamp->probes[i].address - header.sh_addr < header.sh_size;
        if (described < uses)
            return error_set(
                error, PLUGIN_NOT_PLUGIN,
                "%zu of its %zu uses of plugin_as and of interfaces have no debug information, so the "
                "requested types are unknown; compile every file with -g",
                uses - described, uses);
    }
    return true;
}

/* ---- packages ---- */

static bool set_dropped(Dwarf_Die *die, const char *macro, struct error *error)
{
    uint32_t line;
    const char *file = die_declared_in(die, &line);
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "the linker dropped the record of %s at %s:%u; link it without --gc-sections",
                     macro, path_base_name(file), line);
}

/* Adds a PLUGIN_PACKAGE or PLUGIN_IMPORT, unless it is of a built-in plugin. */
static bool add_clause(struct stamp *stamp, struct stamp_clauses *clauses, Dwarf_Die *die,
                       const char *macro, uint64_t number, struct error *error)
{
    uint64_t address;
    /* With -flto, another DIE has the address. */
    if (!die_address(die, &address) || stamp_is_in_section(stamp, FORMAT_BUILT_IN_MARKS, address))
        return true;
    const char *path = address ? stamp_string_at(stamp, address) : NULL;
    if (!path || !*path)
        return set_dropped(die, macro, error);
    struct stamp_clause *clause =
        array_add(&stamp->arena, clauses->items, clauses->count, clauses->capacity);
    if (!clause)
        return error_set_no_memory(error);
    *clause = (struct stamp_clause){die_home(stamp->dwarf, die), number, path};
    return true;
}

/* A macro that defines a function, and leaves a record with its address in a section. */
struct function_macro {
    const char *name, *what, *section, *built_in_section;
    size_t pointers; /* size of a record, in pointers */
};

static const struct function_macro init_macro = {
    .name = "PLUGIN_INIT",
    .what = "init",
    .section = "plugin_inits",
    .built_in_section = FORMAT_BUILT_IN_INITS,
    .pointers = sizeof(struct plugin_init_) / sizeof(void *), /* each member is as large as one */
};
static const struct function_macro retire_macro = {
    .name = "PLUGIN_RETIRE",
    .what = "retire",
    .section = "plugin_retires",
    .built_in_section = FORMAT_BUILT_IN_RETIRES,
    .pointers = 1,
};

/* The library retires plugins that are files, and nothing else. */
static bool has_retires(const struct stamp *stamp)
{
    return !stamp->is_executable && !stamp->is_built_in;
}

/* Adds a PLUGIN_INIT or PLUGIN_RETIRE, unless it is of a built-in plugin. */
static bool add_function(struct stamp *stamp, struct stamp_inits *functions, Dwarf_Die *die,
                         const struct function_macro *macro, uint64_t number, struct error *error)
{
    struct stamp_init function = {.number = number};
    if (!die_address(die, &function.record) ||
        stamp_is_in_section(stamp, macro->built_in_section, function.record))
        return true;
    if (!function.record)
        return set_dropped(die, macro->name, error);
    function.home = die_home(stamp->dwarf, die);
    function.file = path_base_name(die_declared_in(die, &function.line));
    struct stamp_init *added =
        array_add(&stamp->arena, functions->items, functions->count, functions->capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = function;
    return true;
}

bool records_add(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    struct stamp_packages *packages = &stamp->packages;
    uint64_t number;
    const char *rest, *name = die_string(die, DW_AT_name);
    if (dwarf_tag(die) != DW_TAG_variable || !name || strncmp(name, "plugin_", 7) != 0)
        return true;
    if (!strcmp(name, PACKAGE_NAME))
        return add_clause(stamp, &packages->clauses, die, "PLUGIN_PACKAGE", 0, error);
    if (records_read_name(name, "plugin_import_", &number, &rest) && !*rest)
        return add_clause(stamp, &packages->imports, die, "PLUGIN_IMPORT", number, error);
    if (records_read_name(name, "plugin_init_record_", &number, &rest) && !*rest)
        return add_function(stamp, &packages->inits, die, &init_macro, number, error);
    if (records_read_name(name, "plugin_retire_record_", &number, &rest) && !*rest)
        return !has_retires(stamp) ||
               add_function(stamp, &packages->retires, die, &retire_macro, number, error);
    if (records_read_name(name, "plugin_uses_", &number, &rest) && *rest == '_' && rest[1])
        return uses_add_macro(stamp, die, rest + 1, error);
    return records_add_promise(stamp, die, name, error) &&
           records_add_mark(stamp, die, name, error);
}

/* ---- inits and retires ---- */

static int init_by_record(const void *a, const void *b)
{
    const struct stamp_init *x = a, *y = b;
    return x->record < y->record ? -1 : x->record > y->record;
}

/* Is each record that the macro leaves in its section described? */
static bool check_functions(const struct stamp *stamp, const struct stamp_inits *functions,
                            const struct function_macro *macro, struct error *error)
{
    Elf_Scn *section = NULL;
    while ((section = section_next_named(stamp->elf, section, macro->section))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return error_set_libelf(error, "cannot read its sections");
        size_t records = header.sh_size / (macro->pointers * stamp->pointer_size), described = 0;
        for (size_t i = 0; i < functions->count; i++)
            described += functions->items[i].record - header.sh_addr < header.sh_size;
        if (described < records)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "%zu of its %zu %ss have no debug information; compile every file "
                             "with -g",
                             records - described, records, macro->what);
    }
    return true;
}

/* Reads the functions' addresses from the records: a function that the compiler merged with another
 * one has no debug information. */
static bool read_functions(struct stamp *stamp, const struct stamp_inits *functions,
                           const struct function_macro *macro, struct error *error)
{
    size_t count = functions->count;
    struct stamp_init *items = functions->items;
    stamp_sort(items, count, sizeof *items, init_by_record);
    uint64_t *records = arena_alloc(&stamp->arena, 2 * count * sizeof *records);
    if (!records)
        return error_set_no_memory(error);
    for (size_t i = 0; i < count; i++)
        records[i] = items[i].record;
    stamp_read_pointers(stamp, records, records + count, count);
    for (size_t i = 0; i < count; i++) {
        items[i].address = records[count + i];
        if (!items[i].address)
            return error_set(error, PLUGIN_NOT_PLUGIN, "the %s at %s:%u has no address",
                             macro->what, items[i].file, items[i].line);
    }
    return true;
}

static bool complete_functions(struct stamp *stamp, struct error *error)
{
    const struct stamp_inits *inits = &stamp->packages.inits, *retires = &stamp->packages.retires;
    return check_functions(stamp, inits, &init_macro, error) &&
           read_functions(stamp, inits, &init_macro, error) &&
           (!has_retires(stamp) || (check_functions(stamp, retires, &retire_macro, error) &&
                                    read_functions(stamp, retires, &retire_macro, error)));
}

/* Members are marked in the header of an interface, which a file may include without using it. */
static void drop_unused_marks(struct stamp *stamp)
{
    struct stamp_interfaces *interfaces = &stamp->interfaces;
    bool is_used = false;
    size_t kept = 0;
    for (size_t i = 0; i < stamp->probe_count; i++)
        is_used |= stamp->probes[i].is_interface;
    for (size_t i = 0; i < interfaces->mark_count; i++)
        is_used |= interfaces->marks[i].kind == MARK_IMPLEMENTS;
    for (size_t i = 0; i < interfaces->mark_count; i++)
        if (is_used || interfaces->marks[i].kind == MARK_EXPECTS)
            interfaces->marks[kept++] = interfaces->marks[i];
    interfaces->mark_count = kept;
}

bool records_complete(struct stamp *stamp, struct error *error)
{
    sort_probes(stamp);
    if (!records_check_marks(stamp, error))
        return false;
    drop_unused_marks(stamp);
    return check_probes(stamp, error) && complete_functions(stamp, error);
}
