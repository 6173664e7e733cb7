/* SPDX-License-Identifier: MIT */
/* Copies of types with other ids. */
#ifndef PLUGIN_STAMP_COPY_P_H
#define PLUGIN_STAMP_COPY_P_H

#include "src/base/bytes.h"
#include "src/base/error.h"

#include <bpf/btf.h>
#include <stdbool.h>
#include <stdint.h>

/* Returns where a type has the id of a type that it refers to, number `index` of them; NULL if it
 * refers to fewer. */
uint32_t *copy_reference(const struct btf_type *type, uint32_t index);

/* Returns the types with new ids, which ascend from 1 for those that are copied: types[i] is,
 * unless an earlier type has its new id, or that is 0. A struct or union of which is_forward is
 * true becomes a FWD; NULL: none does. NULL with the error set. */
struct btf *copy_types(const struct btf *types, const uint32_t *new_ids, const bool *is_forward,
                       struct error *error);

/* Makes a `.BTF` section of types, newly allocated; false without memory. */
bool copy_raw(const struct btf *types, struct bytes *copy);

#endif
