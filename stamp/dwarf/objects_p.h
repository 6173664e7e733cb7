/* SPDX-License-Identifier: MIT */
/* The objects of structs that the module has, as far as the debug information tells. */
#ifndef PLUGIN_STAMP_OBJECTS_H
#define PLUGIN_STAMP_OBJECTS_H

#include "model/model.h"
#include "src/base/table.h"

/* Where the walk through the debug information is. */
struct objects_scope {
    Dwarf_Die owner;   /* the innermost function or struct, or type of functions; addr NULL: none */
    uint64_t names;    /* hash of the namespaces and classes */
    bool is_discarded; /* by the linker */
};

/* The scope of a struct's DIE. */
struct objects_struct {
    const void *address; /* of the DIE */
    uint64_t names;
};

/* A struct of which there are objects, by its DIE. */
struct objects_found {
    Dwarf_Die die;
    bool is_scoped; /* it may have scopes */
    struct stamp_object object;
};

struct objects {
    struct stamp *stamp;
    struct objects_scope scope;
    bool has_scopes;              /* the unit's language has */
    struct objects_struct *types; /* of languages with scopes */
    size_t type_count, type_capacity;
    struct table types_by_die;
    struct objects_found *found; /* in this unit, or of types that the walk has not reached */
    size_t found_count, found_capacity;
    struct table found_by_die, by_name;
    uint64_t order;
};

/* Begins a unit, or ends the last one if it is NULL. */
bool objects_begin(struct objects *objects, Dwarf_Die *unit, struct error *error);

/* Can children of this tag lead to objects? */
bool objects_may_be_within(Dwarf_Die *die, int tag);

/* Enters a DIE's children. Returns the scope around it, to be restored behind them. */
struct objects_scope objects_enter(struct objects *objects, Dwarf_Die *die);

/* Adds the object, if the DIE is one of a struct. */
bool objects_add(struct objects *objects, Dwarf_Die *die, int tag, struct error *error);

#endif
