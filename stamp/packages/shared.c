/* The symbols of packages: which of the exported symbols they are, and whether the module lets
 * another one's copy take their place. */
#include "dwarf/die.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>

/* C++ leaves copies of the system's inline functions and templates wherever they are used. */
static bool is_of_system(struct stamp_symbol *symbol)
{
    uint32_t line;
    return symbol->is_mangled && symbol->is_vague &&
           !strncmp(die_declared_in(&symbol->die, &line), "/usr/", 5);
}

/* C++'s virtual functions are called through thunks, which the module's own tables lead to. They
 * lead on to the functions, which are shared; clang alone describes them. */
static bool is_thunk(const struct stamp_symbol *symbol)
{
    return symbol->is_mangled && !strncmp(symbol->name, "_ZT", 3) && symbol->name[3] &&
           strchr("hvc", symbol->name[3]);
}

static int by_package(const void *a, const void *b)
{
    const struct stamp_symbol *x = a, *y = b;
    if (!x->package != !y->package)
        return x->package ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* What a package defines in its header is the package's, whichever unit's copy was found first. */
static void prefer_copies_of_packages(struct stamp *stamp)
{
    for (size_t i = 0; i < stamp->copy_count; i++) {
        struct stamp_copy *copy = &stamp->copies[i];
        struct stamp_symbol *symbol = &stamp->symbols[copy->symbol];
        if (symbol->match && !stamp_home_package(stamp, die_home(stamp->dwarf, &symbol->die)))
            symbol->die = copy->die;
    }
}

void stamp_split_symbols(struct stamp *stamp)
{
    size_t kept = 0, shared = 0;
    prefer_copies_of_packages(stamp);
    for (size_t i = 0; i < stamp->symbol_count; i++) {
        struct stamp_symbol *symbol = &stamp->symbols[i];
        if (symbol->match)
            symbol->package = stamp_home_package(stamp, die_home(stamp->dwarf, &symbol->die));
        if (symbol->package && (is_of_system(symbol) || is_thunk(symbol)))
            symbol->package = 0;
        if (symbol->is_mangled && !symbol->package)
            continue;
        shared += symbol->package != 0;
        stamp->symbols[kept++] = *symbol;
    }
    if (shared)
        qsort(stamp->symbols, kept, sizeof *stamp->symbols, by_package);
    stamp->symbol_count = kept - shared;
    stamp->shared = stamp->symbols ? stamp->symbols + stamp->symbol_count : NULL;
    stamp->shared_count = shared;
}

static bool set_bound(const struct stamp *stamp, const struct stamp_symbol *symbol,
                      struct error *error)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "its references to %s, of package \"%s\", bind to its own copy, so that the "
                     "package could not be shared; link it by `plugin build`, or without "
                     "-Bsymbolic, with --dynamic-list, by ld.bfd, lld, or mold 2.3.3 or later",
                     symbol->name, stamp->packages.items[symbol->package - 1].path);
}

/* mold before 2.3.3 binds references to itself whatever the dynamic list says. It is told by what
 * it leaves in a section: "mold 1.10.1 (compatible with GNU ld)". */
static bool is_linked_by_old_mold(Elf *elf)
{
    Elf_Scn *section = stamp_next_section(elf, NULL, ".comment");
    Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
    const char *mold = data ? memmem(data->d_buf, data->d_size, "mold ", 5) : NULL;
    if (!mold)
        return false;
    char text[24];
    size_t rest = (size_t)((const char *)data->d_buf + data->d_size - mold);
    snprintf(text, sizeof text, "%.*s", rest < sizeof text ? (int)rest : (int)sizeof text, mold);
    unsigned major = 0, minor = 0, patch = 0;
    sscanf(text, "mold %4u.%4u.%4u", &major, &minor, &patch);
    return major * 100000000ULL + minor * 10000 + patch < 200030003;
}

/* An executable's references bind to itself in any case: it comes first in every search. */
bool stamp_check_binding(const struct stamp *stamp, struct error *error)
{
    if (stamp->is_executable || !stamp->shared_count)
        return true;
    if (stamp->uses.is_symbolic)
        return set_bound(stamp, &stamp->shared[0], error);
    const struct stamp_symbol *used = NULL;
    for (size_t i = 0; i < stamp->uses.count; i++) {
        const struct stamp_use *use = &stamp->uses.items[i];
        if (!use->symbol)
            continue;
        if (use->symbol->is_referenced)
            return true;
        used = used ? used : use->symbol;
    }
    /* Of what clang leaves undescribed, relocations alone tell. */
    for (size_t i = 0; i < stamp->shared_count; i++)
        if (stamp->shared[i].is_referenced)
            return true;
    if (!used && is_linked_by_old_mold(stamp->elf))
        used = &stamp->shared[0];
    return used ? set_bound(stamp, used, error) : true;
}
