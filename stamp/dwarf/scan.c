/* The walk through a module's DWARF: finds the DIEs of its symbols and of its probes, what it uses
 * and what macros left in it, and who compiled it. */
#include "dwarf/die.h"
#include "dwarf/match.h"
#include "dwarf/producer.h"

#include <dwarf.h>
#include <stdlib.h>

/* Deeper nesting of lexical blocks than this is an accident. */
enum { DEPTH_MAX = 256 };

struct walk {
    struct stamp *stamp;
    struct matcher matcher;
    bool wants_probes;
    bool wants_bodies; /* of functions, which may declare what they use */
    unsigned depth;
    struct error *error;
};

/* Where a DIE is. */
enum scope {
    SCOPE_TOP,      /* of a unit, or in a namespace: it may define a symbol */
    SCOPE_FUNCTION, /* it may declare one */
    SCOPE_TYPE      /* whose members are no declarations of what is used */
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

/* g++ describes the use of a constructor by a copy, without code, of its declaration. */
static bool is_declaration(Dwarf_Die *die, int tag)
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

static bool read_die(struct walk *walk, Dwarf_Die *die, enum scope scope, int tag)
{
    if (walk->wants_probes && stamp_is_probe(die) &&
        !stamp_note_probe(walk->stamp, die, walk->error))
        return false;
    if (scope == SCOPE_TYPE || (tag != DW_TAG_subprogram && tag != DW_TAG_variable))
        return true;
    if (is_declaration(die, tag))
        return !walk->wants_bodies || stamp_note_declaration(walk->stamp, die, walk->error);
    if (scope != SCOPE_TOP)
        return true;
    return matcher_match(&walk->matcher, die, walk->error) &&
           stamp_note_record(walk->stamp, die, walk->error) &&
           stamp_note_hidden_definition(walk->stamp, die, walk->error);
}

/* Goes through a DIE's children. Probes may be anywhere below. */
static bool walk_children(struct walk *walk, Dwarf_Die *parent, enum scope scope)
{
    Dwarf_Die die;
    if (walk->depth >= DEPTH_MAX || dwarf_child(parent, &die) != 0)
        return true;
    walk->depth++;
    int next;
    do {
        int tag = dwarf_tag(&die);
        enum scope inner = scope_of_children(scope, tag);
        if (!read_die(walk, &die, scope, tag))
            return false;
        bool is_wanted = inner == SCOPE_TOP || walk->wants_probes ||
                         (inner == SCOPE_FUNCTION && walk->wants_bodies);
        if (is_wanted && dwarf_haschildren(&die) && !walk_children(walk, &die, inner))
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

/* An assembler describes nothing that its file uses, whoever wrote it. */
static bool add_unit(struct stamp *stamp, Dwarf_Die *unit, const char *producer,
                     struct error *error)
{
    struct stamp_packages *packages = &stamp->packages;
    struct stamp_unit *units =
        stamp_grow(packages->units, packages->unit_count, &packages->unit_capacity, sizeof *units);
    if (!units)
        return error_set_no_memory(error);
    packages->units = units;
    units[packages->unit_count++] = (struct stamp_unit){
        .offset = dwarf_dieoffset(unit),
        .die = *unit,
        .is_gcc = !strncmp(producer, "GNU ", 4) && dwarf_srclang(unit) != DW_LANG_Mips_Assembler,
    };
    return true;
}

/* Is it musl's C part of a program's start, which its packages have with debug information? */
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

static bool read_unit(struct walk *walk, Dwarf_Die *unit, Dwarf_Half version, uint8_t type)
{
    if (type == DW_UT_type || type == DW_UT_split_type || dwarf_tag(unit) == DW_TAG_type_unit)
        return true; /* reached from others */
    /* What dwz took out of several units; only they say who compiled it. */
    if (dwarf_tag(unit) == DW_TAG_partial_unit)
        return walk_children(walk, unit, SCOPE_TOP);
    if (is_start_file(unit))
        return true;
    const char *producer = die_string(unit, DW_AT_producer);
    if (!producer)
        producer = "unknown";
    if (!check_unit(unit, version, type, producer, walk->error))
        return false;
    if (!add_unit(walk->stamp, unit, producer, walk->error))
        return false;
    if (dwarf_srclang(unit) == DW_LANG_Mips_Assembler)
        return true; /* what it says of functions is that they return nothing */
    struct stamp_compiler compiler = {producer_name(producer), producer_flags(producer)};
    return add_compiler(walk->stamp, compiler, walk->error) && walk_children(walk, unit, SCOPE_TOP);
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
static bool check_unit_typed(const struct matcher *matcher, Dwarf_Die *unit, struct error *error)
{
    const struct stamp *stamp = matcher->stamp;
    Dwarf_Addr base, start, end;
    ptrdiff_t range = 0;
    if (dwarf_srclang(unit) == DW_LANG_Mips_Assembler || describes(unit))
        return true;
    while ((range = dwarf_ranges(unit, range, &base, &start, &end)) > 0)
        for (size_t i = matcher_first_at(matcher, start); i < stamp->symbol_count; i++) {
            const struct stamp_symbol *symbol = &stamp->symbols[matcher->order[i]];
            if (symbol->address >= end)
                break;
            if (!symbol->match && symbol->kind == FORMAT_FUNCTION && !symbol->is_mangled)
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
    struct walk walk = {.stamp = stamp,
                        .wants_probes = stamp_has_probes(stamp),
                        .wants_bodies = !stamp->names_only && stamp_wants_uses(stamp),
                        .error = error};
    if (!matcher_begin(&walk.matcher, stamp, error))
        return false;
    bool done = read_units(&walk) && check_typed(&walk.matcher, error);
    matcher_end(&walk.matcher);
    if (!done)
        return false;
    if (!stamp->compiler_count)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its debug information describes no source file; compile it with -g, and "
                         "strip it only after the stamp");
    return stamp_sort_probes(stamp, error) && stamp_read_inits(stamp, error);
}
