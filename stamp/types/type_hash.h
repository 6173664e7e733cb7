/* Hashes of types in 64 bits: a type with all that it reaches. Where two modules record equal
 * hashes for a symbol, its types agree and need not be read. Types without a hash (0) are compared.
 * docs/format.md, "The type hash", is the rule. */
#ifndef PLUGIN_STAMP_TYPE_HASH_H
#define PLUGIN_STAMP_TYPE_HASH_H

#include "src/types/btf.h"

struct type_hashes;

/* For the types of this view, which must live as long. NULL with the error set. */
struct type_hashes *type_hashes_new(const struct btf *btf, struct error *error);
void type_hashes_free(struct type_hashes *hashes);

/* Returns the hash of a FUNC's or VAR's type; of what a pointer, requested by a plugin_as, points
 * to. 0 if it has none, or once memory ran out. */
uint64_t type_hash_of_symbol(struct type_hashes *hashes, uint32_t id);
uint64_t type_hash_of_target(struct type_hashes *hashes, uint32_t id);

/* Did memory run out? */
bool type_hashes_failed(const struct type_hashes *hashes);

#endif
