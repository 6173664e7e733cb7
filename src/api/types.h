/* SPDX-License-Identifier: MIT */
/* Handles of types, for who has the types themselves. */
#ifndef PLUGIN_API_TYPES_H
#define PLUGIN_API_TYPES_H

#include "types/btf.h"
#include <plugin_types.h>

/* Returns the handle of a type, which is valid as long as `types`. Of a FUNC or VAR, that of its
 * type. Who walks through a file's types calls nesting_is_bounded first. */
static inline plugin_type types_handle(const struct btf *types, uint32_t id)
{
    enum btf_kind kind = btf_type(types, id).kind;
    bool is_symbol = kind == BTF_FUNC || kind == BTF_VAR;
    return (plugin_type){types, is_symbol ? btf_type(types, id).type : id};
}

#endif
