/* SPDX-License-Identifier: MIT */
/* Unvalidated accessors for the table entries and names of a `.plugin` section. */
#ifndef PLUGIN_META_RAW_H
#define PLUGIN_META_RAW_H

#include "format/meta.h"

/* Returns "" for what is not a name. */
static inline const char *raw_string(struct bytes strings, uint32_t name)
{
    return name < strings.size ? (const char *)strings.data + name : "";
}

static inline const char *raw_name(const struct meta *meta, uint32_t name)
{
    return raw_string(meta->strings, name);
}

/* Returns a name of an import, which may be beyond the strings that last. */
static inline const char *raw_import_name(const struct meta *meta, uint32_t name)
{
    return raw_string(meta->import_strings, name);
}

/* Defines raw_ENTRY, which returns an entry of a table. */
#define RAW_ENTRY(entry, entries)                                                                  \
    static inline struct format_##entry raw_##entry(const struct meta *meta, uint32_t index)       \
    {                                                                                              \
        struct format_##entry entry;                                                               \
        bytes_item(meta->entries, index, &entry, sizeof entry);                                    \
        return entry;                                                                              \
    }

RAW_ENTRY(probe, probes)
RAW_ENTRY(constructor, constructors)
RAW_ENTRY(compiler, compilers)
RAW_ENTRY(shared, shared)
RAW_ENTRY(package, packages)
RAW_ENTRY(dependency, dependencies)
RAW_ENTRY(init, inits)
RAW_ENTRY(source, sources)
RAW_ENTRY(interface, interfaces)
RAW_ENTRY(member, members)
RAW_ENTRY(info, infos)
RAW_ENTRY(retire, retires)

/* Field by field: a copy of the whole goes through memory, where a load of two fields at once waits
 * for two stores. There may be thousands of imports. */
static inline struct format_import raw_import(const struct meta *meta, uint32_t index)
{
    struct format_import import;
    const uint8_t *at = meta->imports.data + index * sizeof import;
#define COPY(field)                                                                                \
    memcpy(&import.field, at + offsetof(struct format_import, field), sizeof import.field)
    COPY(hash);
    COPY(name);
    COPY(type);
    COPY(kind);
    COPY(flags);
    COPY(package);
    COPY(library);
    COPY(symbol);
    COPY(name_hash);
#undef COPY
    return import;
}

static inline struct format_symbol raw_symbol(const struct meta *meta, uint32_t index)
{
    struct format_symbol symbol;
    struct format_small_symbol small;
    if (!meta_is_packed(meta)) {
        bytes_item(meta->symbols, index, &symbol, sizeof symbol);
        return symbol;
    }
    bytes_item(meta->symbols, index, &small, sizeof small);
    return (struct format_symbol){.address = small.address,
                                  .hash = small.hash,
                                  .name = small.name,
                                  .type = small.type_and_kind & FORMAT_SMALL_TYPE,
                                  .kind = small.type_and_kind >> FORMAT_KIND_SHIFT};
}

/* Returns the number of a slot's symbol, plus 1, or 0. Sets *may_be to whether the symbol's name
 * may have this hash. */
static inline uint32_t raw_slot(const struct meta *meta, uint32_t index, uint32_t hash,
                                bool is_small, bool *may_be)
{
    struct format_slot slot;
    format_small_slot small;
    if (!is_small) {
        bytes_item(meta->slots, index, &slot, sizeof slot);
        *may_be = slot.hash == hash;
        return slot.symbol;
    }
    bytes_item(meta->slots, index, &small, sizeof small);
    *may_be = small >> FORMAT_TAG_SHIFT == hash >> FORMAT_TAG_SHIFT;
    return small & FORMAT_SMALL_COUNT;
}

/* A field of a table's entries that is a name. */
struct raw_names {
    struct bytes table;
    size_t entry_size, offset;
};

#define RAW_NAMES(meta, entries, entry, field)                                                     \
    {                                                                                              \
        (meta)->entries, sizeof(struct entry), offsetof(struct entry, field)                       \
    }

static inline struct raw_names raw_symbol_names(const struct meta *meta, bool is_small)
{
    const struct raw_names names = RAW_NAMES(meta, symbols, format_symbol, name);
    const struct raw_names small = RAW_NAMES(meta, symbols, format_small_symbol, name);
    return is_small ? small : names;
}

/* Copies the name alone: copying the whole entry takes twice the time of a search. */
static inline uint32_t raw_names_get(const struct raw_names *names, size_t index)
{
    uint32_t name;
    memcpy(&name, names->table.data + index * names->entry_size + names->offset, sizeof name);
    return name;
}

#endif
