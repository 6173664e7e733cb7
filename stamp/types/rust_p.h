/* SPDX-License-Identifier: MIT */
/* What rustc describes in its own words, as the C types that these are. */
#ifndef PLUGIN_STAMP_RUST_H
#define PLUGIN_STAMP_RUST_H

#include <elfutils/libdw.h>
#include <stdbool.h>

/* Is it core::ffi::c_void or (), which are void behind a pointer and as a result? */
bool rust_is_void(Dwarf_Die *type);

/* Is it a member without bytes, such as PhantomData<T> or ()? C has none. */
bool rust_is_empty(Dwarf_Die *member);

/* Replaces an Option of a pointer, for which None is the null pointer (The Rust Reference, "Type
 * layout"; std::option, "Representation"), by that pointer; leaves any other DIE alone. */
void rust_resolve_option(Dwarf_Die *type);

/* Is it a pointer to what may not be changed through it: *const T, or &T? */
bool rust_points_to_const(Dwarf_Die *pointer);

/* Is it a pointer to a function of another calling convention than C's? DWARF tells these by the
 * names of the pointers alone. */
bool rust_points_to_foreign(Dwarf_Die *pointer);

/* Is it a struct, union or enum that C may name by its identifier alone: neither an instance of a
 * generic type nor one of Rust's libraries? */
bool rust_has_plain_tag(Dwarf_Die *type);

#endif
