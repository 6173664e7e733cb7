/* SPDX-License-Identifier: MIT */
/* Types behind handles. */
#ifndef PLUGIN_API_TYPES_P_H
#define PLUGIN_API_TYPES_P_H

#include "api/types.h"
#include "process/plugin.h"

static inline const struct btf *types_of(plugin_type type)
{
    return (const struct btf *)type.types_;
}

/* Returns the type without typedefs and qualifiers. Not of PLUGIN_TYPE_NONE. */
static inline struct btf_unqualified types_unqualified(plugin_type type)
{
    return btf_unqualified(types_of(type), type.id_);
}

/* Returns the type of a plugin's symbol, which has this id; PLUGIN_TYPE_NONE with the error set if
 * the types cannot be read. */
plugin_type types_read(const struct plugin *p, uint32_t id, struct error *error);

#endif
