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

static bool add_init(struct stamp *stamp, Dwarf_Die *die, uint64_t number, struct error *error)
{
    struct stamp_packages *packages = &stamp->packages;
    struct stamp_init init = {.number = number};
    if (!die_address(die, &init.record) ||
        stamp_is_in_section(stamp, FORMAT_BUILT_IN_INITS, init.record))
        return true;
    if (!init.record)
        return set_dropped(die, "PLUGIN_INIT", error);
    init.home = die_home(stamp->dwarf, die);
    init.file = path_base_name(die_declared_in(die, &init.line));
    struct stamp_init *added =
        array_add(&stamp->arena, packages->inits, packages->init_count, packages->init_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = init;
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
        return add_init(stamp, die, number, error);
    if (records_read_name(name, "plugin_uses_", &number, &rest) && *rest == '_' && rest[1])
        return uses_add_macro(stamp, die, rest + 1, error);
    return records_add_promise(stamp, die, name, error) &&
           records_add_mark(stamp, die, name, error);
}

/* ---- inits ---- */

static int init_by_record(const void *a, const void *b)
{
    const struct stamp_init *x = a, *y = b;
    return x->record < y->record ? -1 : x->record > y->record;
}

/* Is each record that PLUGIN_INIT leaves in the section plugin_inits described? */
static bool check_inits(const struct stamp *stamp, struct error *error)
{
    Elf_Scn *section = NULL;
    size_t members = sizeof(struct plugin_init_) / sizeof(void *); /* each as large as a pointer */
    while ((section = section_next_named(stamp->elf, section, "plugin_inits"))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return error_set_libelf(error, "cannot read its sections");
        size_t inits = header.sh_size / (members * stamp->pointer_size), described = 0;
        for (size_t i = 0; i < stamp->packages.init_count; i++)
            described += stamp->packages.inits[i].record - header.sh_addr < header.sh_size;
        if (described < inits)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "%zu of its %zu inits have no debug information; compile every file "
                             "with -g",
                             inits - described, inits);
    }
    return true;
}

/* Reads the functions' addresses from the records: a function that the compiler merged with another
 * one has no debug information. */
static bool read_inits(struct stamp *stamp, struct error *error)
{
    size_t count = stamp->packages.init_count;
    struct stamp_init *inits = stamp->packages.inits;
    stamp_sort(inits, count, sizeof *inits, init_by_record);
    uint64_t *records = arena_alloc(&stamp->arena, 2 * count * sizeof *records);
    if (!records)
        return error_set_no_memory(error);
    for (size_t i = 0; i < count; i++)
        records[i] = inits[i].record;
    stamp_read_pointers(stamp, records, records + count, count);
    for (size_t i = 0; i < count; i++) {
        inits[i].address = records[count + i];
        if (!inits[i].address)
            return error_set(error, PLUGIN_NOT_PLUGIN, "the init at %s:%u has no address",
                             inits[i].file, inits[i].line);
    }
    return true;
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
    return check_probes(stamp, error) && check_inits(stamp, error) && read_inits(stamp, error);
}
