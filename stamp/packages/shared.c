/* SPDX-License-Identifier: MIT */
/* Shared symbols: which exported symbols belong to packages, and whether another module's copy can
 * replace them. */
#include "dwarf/die.h"
#include "elf/elf_file.h"
#include "model/image.h"
#include "packages/packages.h"
#include "src/libraries/own_library.h"

#include <assert.h>
#include <stdio.h>

/* C++ leaves copies of the system's inline functions and templates wherever they are used. */
static bool is_of_system(struct stamp_symbol *symbol)
{
    uint32_t line;
    return symbol->is_mangled && symbol->is_vague &&
           !strncmp(die_declared_in(&symbol->die, &line), "/usr/", 5);
}

/* Is it a thunk (Itanium C++ ABI 5.1.4)? The module's own virtual tables refer to it, and it calls
 * the function, which is shared; only clang describes it. */
static bool is_thunk(const struct stamp_symbol *symbol)
{
    return symbol->is_mangled && !strncmp(symbol->name, "_ZT", 3) && symbol->name[3] &&
           strchr("hvc", symbol->name[3]);
}

static int symbol_by_package(const void *a, const void *b)
{
    const struct stamp_symbol *x = a, *y = b;
    if (!x->package != !y->package)
        return x->package ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* A definition in a package's header belongs to the package, even if the linker kept another unit's
 * copy. */
static void prefer_copies_of_packages(struct stamp *stamp)
{
    for (size_t i = 0; i < stamp->copy_count; i++) {
        struct stamp_copy *copy = &stamp->copies[i];
        struct stamp_symbol *symbol = &stamp->symbols[copy->symbol];
        if (symbol->match && !stamp_home_package(stamp, die_home(stamp->dwarf, &symbol->die)))
            symbol->die = copy->die;
    }
}

/* Is it code of the C library or of libplugin in a static program, rather than its own? By the
 * name alone, the C library's could be taken for inline functions of its headers. */
static bool is_of_library(const struct stamp *stamp, const struct stamp_symbol *symbol)
{
    bool is_described = symbol->match == MATCH_ADDRESS || symbol->match == MATCH_BOTH;
    return stamp->offers_all && (!is_described || own_library_defines(symbol->name));
}

void stamp_split_symbols(struct stamp *stamp)
{
    size_t kept = 0, shared = 0;
    assert(!stamp->shared);
    prefer_copies_of_packages(stamp);
    for (size_t i = 0; i < stamp->symbol_count; i++) {
        struct stamp_symbol *symbol = &stamp->symbols[i];
        if (symbol->match)
            symbol->package = stamp_home_package(stamp, die_home(stamp->dwarf, &symbol->die));
        if (symbol->package && (is_of_system(symbol) || is_thunk(symbol)))
            symbol->package = 0;
        if ((symbol->is_mangled && !symbol->package) || (symbol->is_dotted && !symbol->match) ||
            is_of_library(stamp, symbol))
            continue;
        shared += symbol->package != 0;
        stamp->symbols[kept++] = *symbol;
    }
    if (shared)
        stamp_sort(stamp->symbols, kept, sizeof *stamp->symbols, symbol_by_package);
    stamp->symbol_count = kept - shared;
    stamp->shared = stamp->symbols ? stamp->symbols + stamp->symbol_count : NULL;
    stamp->shared_count = shared;
}

static bool set_bound(const struct stamp *stamp, const struct stamp_symbol *symbol,
                      struct error *error)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "package \"%s\" cannot be shared: references to its %s bind to the module's "
                     "own copy; link it with `plugin build`, or with --dynamic-list and without "
                     "-Bsymbolic, as `plugin flags --plugin --list=FILE OBJECT...` prints, using "
                     "ld.bfd, lld, or mold 2.3.3 or later",
                     stamp->packages.items[symbol->package - 1].path, symbol->name);
}

/* mold before 2.3.3 ignores the dynamic list. It leaves "mold 1.10.1 (compatible with GNU ld)" in
 * the section .comment. */
static bool is_linked_by_old_mold(Elf *elf)
{
    Elf_Scn *section = section_next_named(elf, NULL, ".comment");
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

/* Refuses a module whose references to its packages bind to its own copy. */
static bool check_binding(const struct stamp *stamp, struct error *error)
{
    if (stamp->image->dynamic.is_symbolic)
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
    /* clang does not describe all uses; relocations show the others. */
    for (size_t i = 0; i < stamp->shared_count; i++)
        if (stamp->shared[i].is_referenced)
            return true;
    if (!used && is_linked_by_old_mold(stamp->elf))
        used = &stamp->shared[0];
    return used ? set_bound(stamp, used, error) : true;
}

/* Refuses a module in which a package uses what another one does not export. */
static bool check_hidden(const struct stamp *stamp, struct error *error)
{
    const struct stamp_names *hidden = &stamp->uses.hidden, *uses = &stamp->uses.hidden_uses;
    stamp_sort(hidden->items, hidden->count, sizeof *hidden->items, stamp_by_name);
    for (size_t i = 0; i < uses->count; i++) {
        const struct stamp_name *use = &uses->items[i];
        const struct stamp_name *definition =
            stamp_find_name(hidden->items, hidden->count, sizeof *hidden->items, use->name);
        uint32_t package = definition ? stamp_home_package(stamp, definition->home) : 0;
        if (package && package != stamp_home_package(stamp, use->home))
            return error_set(
                error, PLUGIN_NOT_PLUGIN,
                "package \"%s\" cannot be shared: its %s is used outside it, but not exported; "
                "give it default visibility, and do not make it local in a version script",
                stamp->packages.items[package - 1].path, use->name);
    }
    return true;
}

/* Adds some of the names, of symbols that no package shares. */
static void add_names(struct text *text, const struct stamp *stamp,
                      const struct stamp_name_set *names)
{
    enum { NAMED_MAX = 5 };
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->names[i];
        if (stamp_find_name(stamp->shared, stamp->shared_count, sizeof *stamp->shared, name))
            continue;
        if (count++ < NAMED_MAX) {
            text_add(text, "%s", text->length ? ", " : "");
            text_add_escaped(text, name);
        }
    }
    text_add(text, "%s", count > NAMED_MAX ? ", ..." : "");
}

/* Refuses a plugin whose references to its own symbols bind to another module's definitions, unless
 * packages share them. A library, which others link to by its DT_SONAME, lets others preempt what
 * it defines, as malloc of libc; the judgement of an open compares the types of what does. */
static bool check_preemptible(const struct stamp *stamp, struct error *error)
{
    TEXT_AUTO names = {0}, unique = {0};
    add_names(&names, stamp, &stamp->preemptible);
    if (!stamp->is_built_in) /* its parts are given names of their own */
        add_names(&unique, stamp, &stamp->unique);
    if (stamp->image->dynamic.soname || (!names.length && !unique.length))
        return true;
    /* -Bsymbolic does not bind these. */
    if (!names.length)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "another module's definitions would preempt its own %s; compile it with "
                         "-fno-gnu-unique (a library that others link to: link it with "
                         "-Wl,-soname)",
                         text_chars(&unique));
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "another module's definitions would preempt its own %s; link it with %s, or "
                     "give them hidden visibility (a library that others link to: link it with "
                     "-Wl,-soname)",
                     text_chars(&names),
                     stamp->shared_count ? "`plugin build`, or with -Wl,--dynamic-list and the "
                                           "symbols of its packages alone"
                                         : "-Wl,-Bsymbolic");
}

bool stamp_check_shared(const struct stamp *stamp, struct error *error)
{
    /* An executable's references bind to itself in any case: it comes first in every search. */
    bool may_bind = stamp->is_executable || !stamp->shared_count || check_binding(stamp, error);
    return may_bind && check_preemptible(stamp, error) && check_hidden(stamp, error);
}
