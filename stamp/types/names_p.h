/* SPDX-License-Identifier: MIT */
/* C names for the types of all compilers and languages. */
#ifndef PLUGIN_STAMP_NAMES_H
#define PLUGIN_STAMP_NAMES_H

#include "model/model.h"

/* The C type as which a DWARF base type is recorded. */
struct base_type {
    enum { BASE_INT, BASE_FLOAT, BASE_OPAQUE, BASE_UNKNOWN } kind;
    bool is_signed, is_bool;
    char name[64]; /* C's spelling; of an unknown one, what is unknown */
    uint32_t size; /* bytes */
};

/* Sets C's shortest spelling, which does not depend on the compiler: gcc writes "long unsigned
 * int", clang "unsigned long", Rust "usize". */
void name_base_type(Dwarf_Die *die, uint32_t pointer_size, struct base_type *base);

/* Returns the tag or name of a type as a C identifier, newly allocated: of C++ and Rust with its
 * scopes, "ns__shape" for "ns::shape". "" if it has none; NULL without memory. */
char *name_tag(Dwarf_Die *die);

/* Returns the end of that, without the scopes. */
char *name_own(Dwarf_Die *die);

#endif
