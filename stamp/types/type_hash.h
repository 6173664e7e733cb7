/* SPDX-License-Identifier: MIT */
/* 64-bit hashes of types: each covers the type and all that it reaches. Where two modules record
 * equal hashes for a symbol, its types agree and need not be read. Types without a hash (0) are
 * compared. docs/format.md, "The type hash", specifies the hash. */
#ifndef PLUGIN_STAMP_TYPE_HASH_H
#define PLUGIN_STAMP_TYPE_HASH_H

#include "src/types/btf.h"

struct type_hashes;

/* Returns hashes for the types of `btf`, which must outlive them; NULL with the error set. */
struct type_hashes *type_hashes_new(const struct btf *btf, struct error *error);
void type_hashes_free(struct type_hashes *hashes);

/* Returns the hash of a FUNC's or VAR's type; for a pointer that a plugin_as requests, that of its
 * target. 0 if it has none, or once memory ran out. */
uint64_t type_hash_of_symbol(struct type_hashes *hashes, uint32_t id);
uint64_t type_hash_of_target(struct type_hashes *hashes, uint32_t id);

/* Did memory run out? */
bool type_hashes_failed(const struct type_hashes *hashes);

#endif
