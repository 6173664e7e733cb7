/* The names of types in C, whatever the compiler or the language called them. */
#ifndef PLUGIN_STAMP_NAMES_H
#define PLUGIN_STAMP_NAMES_H

#include "model/model.h"

/* What a DWARF base type is recorded as. */
struct base_type {
    enum { BASE_INT, BASE_FLOAT, BASE_OPAQUE } kind;
    bool is_signed, is_bool;
    char name[64]; /* as C spells it */
    uint32_t size; /* bytes */
};

/* gcc says "long unsigned int", clang "unsigned long", Rust "usize": C's shortest spelling is what
 * is recorded, so that the compiler's choice of words is no difference. */
void name_base_type(Dwarf_Die *die, uint32_t pointer_size, struct base_type *base);

/* Was the DIE's source file written in C? */
bool name_is_c(Dwarf_Die *die);

/* The tag or name of a type, as a C identifier: in C it is one already; C++ and Rust qualify it
 * ("ns::shape" becomes "ns__shape"). Newly allocated; "" if it has none; NULL without memory. */
char *name_tag(Dwarf_Die *die);

#endif
