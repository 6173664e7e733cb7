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

RAW_ENTRY(symbol, symbols)
RAW_ENTRY(slot, slots)
RAW_ENTRY(probe, probes)
RAW_ENTRY(constructor, constructors)
RAW_ENTRY(compiler, compilers)
RAW_ENTRY(shared, shared)
RAW_ENTRY(import, imports)
RAW_ENTRY(package, packages)
RAW_ENTRY(dependency, dependencies)
RAW_ENTRY(init, inits)
RAW_ENTRY(source, sources)
RAW_ENTRY(interface, interfaces)
RAW_ENTRY(member, members)
RAW_ENTRY(info, infos)
RAW_ENTRY(retire, retires)

/* A field of a table's entries that is a name. */
struct raw_names {
    struct bytes table;
    size_t entry_size, offset;
};

#define RAW_NAMES(meta, entries, entry, field)                                                     \
    {                                                                                              \
        (meta)->entries, sizeof(struct entry), offsetof(struct entry, field)                       \
    }

/* Copies the name alone: copying the whole entry takes twice the time of a search. */
static inline uint32_t raw_names_get(const struct raw_names *names, size_t index)
{
    uint32_t name;
    memcpy(&name, names->table.data + index * names->entry_size + names->offset, sizeof name);
    return name;
}

#endif
