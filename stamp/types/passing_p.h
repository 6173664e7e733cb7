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

/* Is the type of this parameter, or the result of this function, a C++ class of which the address
 * is passed? */
bool passing_is_by_reference(Dwarf_Die *die);

#endif
