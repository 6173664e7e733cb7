/* What the module uses and another one may define. */
#ifndef PLUGIN_STAMP_USES_H
#define PLUGIN_STAMP_USES_H

#include "src/base/error.h"

#include <elfutils/libdw.h>
#include <stdint.h>

struct stamp;
struct stamp_symbol;

/* An undefined dynamic symbol. */
struct stamp_undefined {
    const char *name;
    const char *library; /* that its version names; "" */
    uint32_t kind;       /* enum format_symbol_kind; 0: not known */
    uint32_t number;     /* of the symbol; 0: others have the same name */
    bool is_weak;
    bool is_typed; /* a use of it was recorded */
};

/* A place that says what type it takes a function or variable to be of. */
struct stamp_use {
    Dwarf_Die die; /* of the declaration, or of the type that PLUGIN_USES recorded */
    const char *name;
    Dwarf_Off home;
    bool is_macro;                     /* PLUGIN_USES */
    struct stamp_undefined *undefined; /* NULL: */
    struct stamp_symbol *symbol;       /* of a package */
    uint32_t type;                     /* BTF id of its FUNC or VAR */
};

struct stamp_import {
    const char *name, *library;
    uint32_t type, kind, flags, package;
    uint32_t symbol; /* number of its dynamic symbol; 0: none, or several */
};

/* A name, and the home of the DIE that has it. */
struct stamp_name {
    const char *name;
    Dwarf_Off home;
};

struct stamp_names {
    struct stamp_name *items;
    size_t count, capacity;
};

struct stamp_uses {
    struct stamp_undefined *undefined; /* in the order of names */
    size_t undefined_count;
    struct stamp_use *items; /* in the order of DWARF; then in that of names */
    size_t count, capacity;
    struct stamp_import *imports; /* in the order of names, then of types */
    size_t import_count;
    struct stamp_names hidden;      /* what is defined and not exported */
    struct stamp_names hidden_uses; /* declarations of what is neither exported nor undefined */
    bool is_symbolic;               /* DT_SYMBOLIC, or DF_SYMBOLIC */
};

/* wants.c: the undefined symbols, and which of the exported ones relocations refer to. */
bool stamp_read_wants(struct stamp *stamp, struct error *error);

/* The undefined symbol of this name whose type is worth recording; NULL if there is none. */
struct stamp_undefined *stamp_find_undefined(const struct stamp *stamp, const char *name);

/* uses.c: does anything use what another module may define? */
bool stamp_wants_uses(const struct stamp *stamp);

/* uses.c: notes a declaration outside of classes. */
bool stamp_note_declaration(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* uses.c: notes a PLUGIN_USES of this name, whose variable the DIE is. */
bool stamp_note_uses(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error);

/* uses.c: drops what turns out to be no use of another module or package; stamp_split_symbols comes
 * first. */
void stamp_filter_uses(struct stamp *stamp);

/* uses.c: the table of imports, once the types of the uses are written. */
bool stamp_make_imports(struct stamp *stamp, struct error *error);

/* hidden.c: notes a definition, if it is one that is not exported. */
bool stamp_note_hidden_definition(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* hidden.c: notes a declaration of what is not undefined, if it is not exported. */
bool stamp_note_hidden_use(struct stamp *stamp, Dwarf_Die *die, const char *name,
                           struct error *error);

/* hidden.c: refuses a module of which a package is used by what it does not export. */
bool stamp_check_hidden(const struct stamp *stamp, struct error *error);

/* Is the use that of a function? */
bool stamp_use_is_function(const struct stamp_use *use);

void stamp_uses_free(struct stamp_uses *uses);

#endif
