/* SPDX-License-Identifier: MIT */
/* Writes each kind of DIE as BTF. The id is the one that the writer has assigned. */
#ifndef PLUGIN_STAMP_KINDS_H
#define PLUGIN_STAMP_KINDS_H

#include "types/writer_p.h"

/* BTF's limit (Documentation/bpf/btf.rst). */
enum { LENGTH_MAX = 0xFFFF };

/* What a DIE has that the stamp does not know; "": nothing. */
struct kind_unknown {
    char words[96];
};

/* arrays.c. Sets the type to which a pointer points that stands for the array: its elements. */
bool kind_add_array(struct writer *writer, Dwarf_Die *die, uint32_t id);
bool kind_array_element_id(struct writer *writer, Dwarf_Die *array, uint32_t *id);

/* functions.c. */
bool kind_add_function(struct writer *writer, Dwarf_Die *die, uint32_t id);

/* records.c: structs, unions, classes; and what the virtual functions of a class are in BTF: a
 * struct of pointers to functions. */
bool kind_add_record(struct writer *writer, Dwarf_Die *die, uint32_t id);
bool kind_add_vtable(struct writer *writer, Dwarf_Die *die, uint32_t id);

#endif
