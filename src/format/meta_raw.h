/* The items of a `.plugin` section's tables as they lie there, for its reader and for what is asked
 * of it. Their numbers were not checked, or were, as the reader goes along. */
#ifndef PLUGIN_META_RAW_H
#define PLUGIN_META_RAW_H

#include "format/meta.h"

static inline const char *name_at(const struct meta *meta, uint32_t name)
{
    return (const char *)meta->strings.data + name;
}

static inline const char *import_name_at(const struct meta *meta, uint32_t name)
{
    return (const char *)meta->import_strings.data + name;
}

static inline struct format_symbol raw_symbol(const struct meta *meta, uint32_t index)
{
    struct format_symbol symbol;
    bytes_item(meta->symbols, index, &symbol, sizeof symbol);
    return symbol;
}

static inline struct format_shared raw_shared(const struct meta *meta, uint32_t index)
{
    struct format_shared shared;
    bytes_item(meta->shared, index, &shared, sizeof shared);
    return shared;
}

static inline struct format_import raw_import(const struct meta *meta, uint32_t index)
{
    struct format_import import;
    bytes_item(meta->imports, index, &import, sizeof import);
    return import;
}

static inline struct format_package raw_package(const struct meta *meta, uint32_t index)
{
    struct format_package package;
    bytes_item(meta->packages, index, &package, sizeof package);
    return package;
}

#endif
