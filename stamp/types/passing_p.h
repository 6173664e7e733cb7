/* SPDX-License-Identifier: MIT */
/* How a function is called, and how its parameters are passed. */
#ifndef PLUGIN_STAMP_PASSING_H
#define PLUGIN_STAMP_PASSING_H

#include "model/model.h"

/* Where a parameter is when the function is entered. */
struct place {
    enum { PLACE_UNKNOWN, PLACE_REGISTER, PLACE_STACK } kind;
    int64_t number;   /* of the register; of bytes above the return address */
    bool is_indirect; /* its address is there */
};

/* The DIEs of a function with code, and of a parameter of it. */
struct place passing_place(const struct stamp *stamp, Dwarf_Die *function, Dwarf_Die *parameter);

/* Returns the calling convention of a function or a type of functions, as an attribute of gcc and
 * clang; "" for the usual one; NULL if it is unknown. */
const char *passing_convention(const struct stamp *stamp, Dwarf_Die *function);

enum passing { PASSING_BY_VALUE, PASSING_BY_REFERENCE, PASSING_UNKNOWN };

/* How is this parameter of the function, or its result if the DIE is the function's own, passed: if
 * it is a C++ class, its address may be. Unknown if the compiler does not say enough of the class's
 * constructors, and there is no code to tell. An incomplete class counts as one of C then. */
enum passing passing_of(const struct stamp *stamp, Dwarf_Die *function, Dwarf_Die *die);

#endif
