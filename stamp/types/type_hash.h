/* What a type is, with all that it reaches, in 64 bits: two modules that record the same number of
 * a symbol agree about its type, and neither's types need to be read to know it. Types that have
 * none (0) are compared. docs/format.md, "The type hash", is the rule. */
#ifndef PLUGIN_STAMP_TYPE_HASH_H
#define PLUGIN_STAMP_TYPE_HASH_H

#include "src/types/btf.h"

struct type_hashes;

/* For the types of this view, which must live as long. NULL with the error set. */
struct type_hashes *type_hashes_start(const struct btf *btf, struct error *error);
void type_hashes_free(struct type_hashes *hashes);

/* Of what this FUNC or VAR is; and of what this pointer, which a plugin_as asks for, points to. 0
 * if it has none, or memory ran out: then all that follow have none. */
uint64_t type_hash_of_symbol(struct type_hashes *hashes, uint32_t id);
uint64_t type_hash_of_target(struct type_hashes *hashes, uint32_t id);

/* Has memory run out for one of these? */
bool type_hashes_failed(const struct type_hashes *hashes);

#endif
