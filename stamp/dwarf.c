/* Finds, in a module's DWARF, the DIEs of its symbols and of its probes, and who compiled it. */
#include "die.h"
#include "internal.h"
#include "producer.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>

/* How well a DIE's definition matches a symbol, from worst to best. Of the same name, but
 * elsewhere, is a namesake; of another name, but there, an alias, unless the linker folded equal
 * functions into one: then it left the DIEs of all but one without an address. */
enum symbol_match { MATCH_NONE, MATCH_NAMESAKE, MATCH_ADDRESS, MATCH_NAME, MATCH_BOTH };

/* Deeper nesting of lexical blocks than this is an accident. */
enum { DEPTH_MAX = 256 };

static const char probe_name[] = "plugin_probe_";

/* ---- symbols ---- */

/* Symbols by address: an index of stamp->symbols. */
struct addresses {
    const struct stamp *stamp;
    size_t *order;
};

static int by_address(const void *a, const void *b, void *context)
{
    const struct stamp_symbol *symbols = context;
    uint64_t x = symbols[*(const size_t *)a].address, y = symbols[*(const size_t *)b].address;
    return x < y ? -1 : x > y;
}

static size_t first_at(const struct addresses *addresses, uint64_t address)
{
    size_t low = 0, high = addresses->stamp->symbol_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (addresses->stamp->symbols[addresses->order[middle]].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct stamp_symbol *find_symbol(const struct stamp *stamp, const char *name)
{
    size_t low = 0, high = stamp->symbol_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(stamp->symbols[middle].name, name);
        if (order == 0)
            return &stamp->symbols[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_function(const struct stamp_symbol *symbol)
{
    return symbol->kind == FORMAT_FUNCTION || symbol->kind == FORMAT_INDIRECT;
}

static void match(struct stamp_symbol *symbol, Dwarf_Die *die, int how)
{
    /* What is at the address of an indirect function is its resolver; no compiler describes the
     * function itself. */
    if (symbol->kind == FORMAT_INDIRECT && how != MATCH_ADDRESS && how != MATCH_BOTH)
        return;
    if (how > symbol->match && is_function(symbol) == (dwarf_tag(die) == DW_TAG_subprogram)) {
        symbol->match = how;
        symbol->die = *die;
    }
}

/* Gives a function's or variable's DIE to the symbols that it may define. */
static void match_definition(struct stamp *stamp, const struct addresses *addresses, Dwarf_Die *die)
{
    uint64_t address = 0;
    /* Of code that it dropped, a linker leaves an address that can be none: 0, or the likes of -1.
     */
    bool has_address = die_address(die, &address) && address > 1 && address < UINT64_MAX - 1;
    if (die_is_declaration(die))
        return;
    const char *name = die_string(die, DW_AT_linkage_name);
    if (!name)
        name = die_string(die, DW_AT_MIPS_linkage_name);
    if (!name)
        name = die_string(die, DW_AT_name);
    struct stamp_symbol *named = name ? find_symbol(stamp, name) : NULL;
    if (named && has_address && named->address == address)
        match(named, die, MATCH_BOTH);
    else if (named && die_has_flag(die, DW_AT_external))
        match(named, die, has_address ? MATCH_NAMESAKE : MATCH_NAME);
    if (!has_address)
        return;
    for (size_t i = first_at(addresses, address);
         i < stamp->symbol_count && stamp->symbols[addresses->order[i]].address == address; i++) {
        struct stamp_symbol *symbol = &stamp->symbols[addresses->order[i]];
        if (symbol != named && symbol->kind != FORMAT_THREAD_LOCAL) /* whose value is an offset */
            match(symbol, die, MATCH_ADDRESS);
    }
}

/* ---- probes ---- */

static bool add_probe(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    uint64_t address;
    if (!die_address(die, &address))
        return true; /* an inlined copy that says nothing about where it is */
    if (stamp->probe_count == stamp->probe_capacity) {
        size_t larger = stamp->probe_capacity ? stamp->probe_capacity * 2 : 16;
        struct stamp_probe *probes = reallocarray(stamp->probes, larger, sizeof *probes);
        if (!probes)
            return error_set_no_memory(error);
        stamp->probes = probes;
        stamp->probe_capacity = larger;
    }
    stamp->probes[stamp->probe_count++] = (struct stamp_probe){.address = address, .die = *die};
    return true;
}

static int by_probe_address(const void *a, const void *b)
{
    uint64_t x = ((const struct stamp_probe *)a)->address;
    uint64_t y = ((const struct stamp_probe *)b)->address;
    return x < y ? -1 : x > y;
}

/* Sorts the probes; a function that was inlined describes its probe more than once. */
static void sort_probes(struct stamp *stamp)
{
    if (!stamp->probe_count)
        return;
    qsort(stamp->probes, stamp->probe_count, sizeof *stamp->probes, by_probe_address);
    size_t kept = 1;
    for (size_t i = 1; i < stamp->probe_count; i++)
        if (stamp->probes[i].address != stamp->probes[kept - 1].address)
            stamp->probes[kept++] = stamp->probes[i];
    stamp->probe_count = kept;
}

/* ---- sections ---- */

/* The section ".NAME", or ".zNAME", as older tools call it when it is compressed. */
static Elf_Scn *find_debug_section(Elf *elf, const char *name)
{
    char full[32];
    snprintf(full, sizeof full, ".%s", name);
    Elf_Scn *section = stamp_next_section(elf, NULL, full);
    snprintf(full, sizeof full, ".z%s", name);
    return section ? section : stamp_next_section(elf, NULL, full);
}

static bool has_debug_info(Elf *elf)
{
    return find_debug_section(elf, "debug_info");
}

static bool section_holds(Elf *elf, const char *section_name, const char *string)
{
    /* libdw has decompressed in place what it uses. */
    Elf_Scn *section = find_debug_section(elf, section_name);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    return data && memmem(data->d_buf, data->d_size, string, strlen(string) + 1);
}

/* Does the module use plugin_as at all? Its probes have a name, which DWARF keeps as a string. */
static bool has_probes(const struct stamp *stamp)
{
    return section_holds(stamp->elf, "debug_str", probe_name) ||
           section_holds(stamp->elf, "debug_info", probe_name);
}

/* ---- the walk ---- */

struct walk {
    struct stamp *stamp;
    struct addresses addresses;
    bool wants_probes;
    unsigned depth;
    struct error *error;
};

static bool is_probe(Dwarf_Die *die)
{
    Dwarf_Attribute location;
    if (dwarf_tag(die) != DW_TAG_variable || !dwarf_attr(die, DW_AT_location, &location))
        return false;
    const char *name = die_string(die, DW_AT_name);
    return name && !strcmp(name, probe_name);
}

/* Goes through a DIE's children: those of a unit or a namespace may define symbols; probes may be
 * anywhere below. */
static bool walk_children(struct walk *walk, Dwarf_Die *parent, bool is_scope)
{
    Dwarf_Die die;
    if (walk->depth >= DEPTH_MAX || dwarf_child(parent, &die) != 0)
        return true;
    walk->depth++;
    int next;
    do {
        int tag = dwarf_tag(&die);
        bool is_definable = tag == DW_TAG_subprogram || tag == DW_TAG_variable;
        if (is_scope && is_definable)
            match_definition(walk->stamp, &walk->addresses, &die);
        if (walk->wants_probes && is_probe(&die) && !add_probe(walk->stamp, &die, walk->error))
            return false;
        bool is_namespace = tag == DW_TAG_namespace || tag == DW_TAG_module;
        if ((is_namespace || (walk->wants_probes && dwarf_haschildren(&die))) &&
            !walk_children(walk, &die, is_scope && is_namespace))
            return false;
        next = dwarf_siblingof(&die, &die);
    } while (next == 0);
    walk->depth--;
    return next > 0 ? true : set_libdw_error(walk->error, "its debug information is damaged");
}

/* ---- units ---- */

static bool knows_compiler(const struct stamp *stamp, const struct stamp_compiler *compiler)
{
    for (size_t i = 0; i < stamp->compiler_count; i++)
        if (!strcmp(stamp->compilers[i].name, compiler->name) &&
            !strcmp(stamp->compilers[i].flags, compiler->flags))
            return true;
    return false;
}

/* Takes the compiler's strings. */
static bool add_compiler(struct stamp *stamp, struct stamp_compiler compiler, struct error *error)
{
    bool has_memory = compiler.name && compiler.flags;
    if (has_memory && stamp->compiler_count < FORMAT_COMPILERS_MAX &&
        !knows_compiler(stamp, &compiler)) {
        struct stamp_compiler *larger =
            reallocarray(stamp->compilers, stamp->compiler_count + 1, sizeof *larger);
        if (larger) {
            stamp->compilers = larger;
            larger[stamp->compiler_count++] = compiler;
            return true;
        }
        has_memory = false;
    }
    free(compiler.name);
    free(compiler.flags);
    return has_memory ? true : error_set_no_memory(error);
}

static const char *unit_name(Dwarf_Die *unit)
{
    const char *name = dwarf_diename(unit);
    return name ? name : "a source file";
}

static bool set_no_types(Dwarf_Die *unit, struct error *error)
{
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "the debug information of %s leaves out the types (-g1 or "
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
                         "the debug information of %s is split into another file; compile it "
                         "without -gsplit-dwarf",
                         name);
    return producer_has_g1(producer) ? set_no_types(unit, error) : true;
}

static bool read_unit(struct walk *walk, Dwarf_Die *unit, Dwarf_Half version, uint8_t type)
{
    if (type == DW_UT_type || type == DW_UT_split_type || dwarf_tag(unit) == DW_TAG_type_unit)
        return true; /* reached from others */
    /* What dwz took out of several units; only they say who compiled it. */
    if (dwarf_tag(unit) == DW_TAG_partial_unit)
        return walk_children(walk, unit, true);
    const char *producer = die_string(unit, DW_AT_producer);
    if (!producer)
        producer = "unknown";
    if (!check_unit(unit, version, type, producer, walk->error))
        return false;
    if (dwarf_srclang(unit) == DW_LANG_Mips_Assembler)
        return true; /* what it says of functions is that they return nothing */
    struct stamp_compiler compiler = {producer_name(producer), producer_flags(producer)};
    return add_compiler(walk->stamp, compiler, walk->error) && walk_children(walk, unit, true);
}

static bool read_units(struct walk *walk)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Half version;
    uint8_t type;
    Dwarf_Die die, split;
    int more;
    while ((more = dwarf_get_units(walk->stamp->dwarf, unit, &unit, &version, &type, &die,
                                   &split)) == 0)
        if (!read_unit(walk, &die, version, type))
            return false;
    return more > 0 ? true : set_libdw_error(walk->error, "its debug information is damaged");
}

/* Does the unit describe anything? A declaration has a line; of -g1 there are only the names of
 * functions that were inlined. */
static bool describes(Dwarf_Die *unit)
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

/* A function without a DIE, in the code of a unit that describes nothing, and is no assembly: the
 * unit has lines alone. (clang does not record that it got -g1. Of a unit that does describe
 * something, it is a function in an asm statement.) */
static bool check_unit_typed(const struct addresses *addresses, Dwarf_Die *unit,
                             struct error *error)
{
    const struct stamp *stamp = addresses->stamp;
    Dwarf_Addr base, start, end;
    ptrdiff_t range = 0;
    if (dwarf_srclang(unit) == DW_LANG_Mips_Assembler || describes(unit))
        return true;
    while ((range = dwarf_ranges(unit, range, &base, &start, &end)) > 0)
        for (size_t i = first_at(addresses, start); i < stamp->symbol_count; i++) {
            const struct stamp_symbol *symbol = &stamp->symbols[addresses->order[i]];
            if (symbol->address >= end)
                break;
            if (!symbol->match && symbol->kind == FORMAT_FUNCTION)
                return set_no_types(unit, error);
        }
    return true;
}

static bool check_typed(const struct addresses *addresses, struct error *error)
{
    Dwarf_Off offset = 0, next;
    size_t header_size;
    Dwarf_Die unit;
    for (;
         dwarf_nextcu(addresses->stamp->dwarf, offset, &next, &header_size, NULL, NULL, NULL) == 0;
         offset = next)
        if (dwarf_offdie(addresses->stamp->dwarf, offset + header_size, &unit) &&
            !check_unit_typed(addresses, &unit, error))
            return false;
    return true;
}

bool stamp_read_dwarf(struct stamp *stamp, struct error *error)
{
    if (!has_debug_info(stamp->elf))
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it has no debug information, from which the types are read; compile it "
                         "with -g, and strip it only after the stamp");
    stamp->dwarf = dwarf_begin_elf(stamp->elf, DWARF_C_READ, NULL);
    if (!stamp->dwarf)
        return set_libdw_error(error, "its debug information cannot be read");
    struct walk walk = {.stamp = stamp, .addresses = {.stamp = stamp}, .error = error};
    walk.addresses.order = calloc(stamp->symbol_count + 1, sizeof *walk.addresses.order);
    if (!walk.addresses.order)
        return error_set_no_memory(error);
    for (size_t i = 0; i < stamp->symbol_count; i++)
        walk.addresses.order[i] = i;
    if (stamp->symbol_count)
        qsort_r(walk.addresses.order, stamp->symbol_count, sizeof *walk.addresses.order, by_address,
                stamp->symbols);
    walk.wants_probes = has_probes(stamp);
    bool done = read_units(&walk) && check_typed(&walk.addresses, error);
    free(walk.addresses.order);
    if (!done)
        return false;
    if (!stamp->compiler_count)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its debug information describes no source file; compile it with -g, and "
                         "strip it only after the stamp");
    sort_probes(stamp);
    return true;
}
