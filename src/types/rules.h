/* Do two types agree, and if not, where do they part? The rules are C's own across translation
 * units (C11 6.2.7), applied to what the machine sees: DESIGN, "When two types agree". */
#ifndef PLUGIN_TYPE_H
#define PLUGIN_TYPE_H

#include "base/error.h"
#include "types/btf.h"
#include "types/identical.h"

/* A type of one module. */
struct type_side {
    const struct btf *btf;
    uint32_t id;
};

/* Where two types part: the way there ("parameter 1: struct shape: member r", "" for the types
 * themselves) and what is there on each side, in C with its size and offset. */
struct type_parting {
    struct text path, first, second;
};

void type_parting_free(struct type_parting *parting);

/* Do these two agree? *agree is the answer, and *parting where they part if they do not. Fails only
 * for want of memory, or when a file has types of a depth or number that no program has. */
bool type_compare(struct type_side first, struct type_side second, bool *agree,
                  struct type_parting *parting, struct error *error);

/* May a symbol (a FUNC or VAR) be used through a pointer type like this one? The pointer may add
 * qualifiers to a variable, never drop one. `asked` is the first side of the parting. */
bool type_compare_symbol(struct type_side asked, struct type_side symbol, bool *agree,
                         struct type_parting *parting, struct error *error);

/* The types of two modules that were found to agree: most symbols have types in common, which need
 * to be compared once. A zeroed one is empty. Free with type_memory_free. */
struct type_memory {
    struct same same;
    uint64_t
        *pairs; /* their ids: the first module's in the upper half. Open addressing; 0: empty */
    size_t count, slot_count;
    unsigned long work; /* of all comparisons, which is bounded */
};

void type_memory_free(struct type_memory *memory);

/* May a module use what it declares like this (a FUNC or VAR) in place of its definition in another
 * module (a FUNC or VAR)? Qualifiers may be added to a variable, never dropped; an array's size may
 * be left open. The definition is the first side of the parting. The memory is for these two
 * modules, in this order. */
bool type_compare_import(struct type_memory *memory, struct type_side definition,
                         struct type_side declaration, bool *agree, struct type_parting *parting,
                         struct error *error);

#endif
