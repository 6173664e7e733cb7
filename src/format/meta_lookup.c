/* SPDX-License-Identifier: MIT */
/* Entries of a validated `.plugin` section, and searches for them. */
#include "base/hash.h"
#include "base/search.h"
#include "format/meta_raw.h"

#include <assert.h>
#include <elf.h>

struct meta_symbol meta_symbol(const struct meta *meta, uint32_t index)
{
    struct format_symbol symbol = raw_symbol(meta, index);
    return (struct meta_symbol){.name = raw_name(meta, symbol.name),
                                .address = symbol.address,
                                .hash = symbol.hash,
                                .type = symbol.type,
                                .kind = (enum format_symbol_kind)symbol.kind};
}

/* A name that is searched for in a table in the order of names. */
struct name_search {
    struct raw_names names;
    struct bytes strings;
    const char *name;
};

static int name_search_compare(const struct name_search *search, size_t index)
{
    return strcmp(raw_string(search->strings, raw_names_get(&search->names, index)), search->name);
}

static bool name_search_is_before(const void *search, size_t index)
{
    return name_search_compare(search, index) < 0;
}

/* Sets *index to the first entry of this name; false if there is none. */
static bool name_search_find(const struct name_search *search, uint32_t *index)
{
    size_t count = search->names.table.size / search->names.entry_size;
    *index = (uint32_t)search_first(count, name_search_is_before, search);
    return *index < count && !name_search_compare(search, *index);
}

/* The same for either form of the tables: each is compiled by itself, as lookups are short. */
static inline __attribute__((always_inline)) uint32_t symbol_by_hash(const struct meta *meta,
                                                                     const char *name,
                                                                     size_t length, uint32_t hash,
                                                                     bool is_small)
{
    const struct raw_names names = raw_symbol_names(meta, is_small);
    uint32_t mask = meta->header.slots.count - 1, count = meta->header.symbols.count;
    for (uint32_t i = 0; i <= FORMAT_SLOTS_IN_A_ROW_MAX; i++) {
        bool may_be;
        uint32_t symbol = raw_slot(meta, (hash + i) & mask, hash, is_small, &may_be);
        if (!symbol || symbol > count)
            return 0;
        if (!may_be)
            continue;
        uint32_t own = raw_names_get(&names, symbol - 1);
        if (own < meta->strings.size && length < meta->strings.size - own &&
            bytes_equal(raw_name(meta, own), name, length + 1))
            return symbol;
    }
    return 0;
}

uint32_t meta_symbol_by_hash(const struct meta *meta, const char *name, size_t length,
                             uint32_t hash)
{
    return meta_is_packed(meta) ? symbol_by_hash(meta, name, length, hash, true)
                                : symbol_by_hash(meta, name, length, hash, false);
}

uint32_t meta_symbol_by_name(const struct meta *meta, const char *name)
{
    size_t length = strlen(name);
    return meta_symbol_by_hash(meta, name, length, hash_name_of(name, length));
}

bool meta_find_symbol(const struct meta *meta, const char *name, uint32_t *index)
{
    uint32_t found = meta_symbol_by_name(meta, name);
    if (found)
        *index = found - 1;
    return found;
}

struct probe_search {
    const struct meta *meta;
    uint64_t address;
};

static bool probe_search_is_before(const void *context, size_t index)
{
    const struct probe_search *search = context;
    return raw_probe(search->meta, (uint32_t)index).address < search->address;
}

struct format_probe meta_probe(const struct meta *meta, uint32_t index)
{
    struct format_probe probe = raw_probe(meta, index);
    if (meta->header.version == FORMAT_VERSION_4)
        probe.interface = 0; /* the field was reserved */
    return probe;
}

bool meta_find_probe(const struct meta *meta, uint64_t address, struct format_probe *probe)
{
    const struct probe_search search = {meta, address};
    uint32_t count = meta->header.probes.count;
    uint32_t index = (uint32_t)search_first(count, probe_search_is_before, &search);
    if (index < count)
        *probe = meta_probe(meta, index);
    return index < count && probe->address == address &&
           probe->interface <= meta->header.interfaces.count;
}

const char *meta_constructor(const struct meta *meta, uint32_t index, uint64_t *address)
{
    struct format_constructor constructor = raw_constructor(meta, index);
    *address = constructor.address;
    return raw_name(meta, constructor.name);
}

const char *meta_compiler(const struct meta *meta, uint32_t index, const char **flags)
{
    struct format_compiler compiler = raw_compiler(meta, index);
    *flags = raw_name(meta, compiler.flags);
    return raw_name(meta, compiler.name);
}

struct meta_shared meta_shared(const struct meta *meta, uint32_t index)
{
    struct format_shared shared = raw_shared(meta, index);
    return (struct meta_shared){.name = raw_name(meta, shared.name),
                                .address = shared.address,
                                .hash = shared.hash,
                                .type = shared.type,
                                .kind = (enum format_symbol_kind)shared.kind,
                                .package = shared.package};
}

bool meta_find_shared(const struct meta *meta, const char *name, uint32_t *index)
{
    const struct name_search search = {RAW_NAMES(meta, shared, format_shared, name), meta->strings,
                                       name};
    return name_search_find(&search, index);
}

struct meta_interface meta_interface(const struct meta *meta, uint32_t index)
{
    struct format_interface interface = raw_interface(meta, index);
    return (struct meta_interface){.name = raw_name(meta, interface.name),
                                   .type = interface.type,
                                   .size = interface.size,
                                   .kind = interface.kind,
                                   .member_count = interface.member_count};
}

struct meta_member meta_member(const struct meta *meta, uint32_t interface, uint32_t index)
{
    struct format_interface own = raw_interface(meta, interface);
    assert(index < own.member_count);
    struct format_member member = raw_member(meta, own.members + index);
    return (struct meta_member){.name = raw_name(meta, member.symbol),
                                .hash = member.hash,
                                .type = member.type,
                                .offset = member.offset,
                                .is_optional = member.flags & FORMAT_MEMBER_OPTIONAL};
}

uint32_t meta_kind_of(unsigned type)
{
    switch (type) {
    case STT_FUNC:
    case STT_GNU_IFUNC:
        return FORMAT_FUNCTION;
    case STT_OBJECT:
    case STT_COMMON:
        return FORMAT_VARIABLE;
    case STT_TLS:
        return FORMAT_THREAD_LOCAL;
    default:
        return 0;
    }
}

struct meta_import meta_import(const struct meta *meta, uint32_t index)
{
    struct format_import import = raw_import(meta, index);
    return (struct meta_import){.name = raw_import_name(meta, import.name),
                                .hash = import.hash,
                                .type = import.type,
                                .kind = import.kind,
                                .is_weak = import.flags & FORMAT_IMPORT_WEAK,
                                .is_by_definition = import.flags & FORMAT_IMPORT_BY_DEFINITION,
                                .package = import.package,
                                .library = raw_import_name(meta, import.library)};
}

const char *meta_import_name(const struct meta *meta, uint32_t index)
{
    const struct raw_names names = RAW_NAMES(meta, imports, format_import, name);
    return raw_import_name(meta, raw_names_get(&names, index));
}

bool meta_find_import(const struct meta *meta, const char *name, uint32_t *index)
{
    const struct name_search search = {RAW_NAMES(meta, imports, format_import, name),
                                       meta->import_strings, name};
    return name_search_find(&search, index);
}

struct meta_package meta_package(const struct meta *meta, uint32_t index)
{
    struct format_package package = raw_package(meta, index);
    return (struct meta_package){raw_name(meta, package.path), package.fingerprint,
                                 package.dependency_count, package.init_count,
                                 package.source_count};
}

bool meta_find_package(const struct meta *meta, const char *path, uint32_t *index)
{
    for (*index = 0; *index < meta->header.packages.count; ++*index)
        if (!strcmp(meta_package(meta, *index).path, path))
            return true;
    return false;
}

bool meta_exports_package(const struct meta *meta, uint32_t package)
{
    for (uint32_t i = 0; i < meta->header.shared.count; i++)
        if (raw_shared(meta, i).package == package)
            return true;
    return false;
}

const char *meta_find_package_symbol(const struct meta *meta, const char *path)
{
    uint32_t package;
    if (!meta_find_package(meta, path, &package))
        return NULL;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        if (shared.package == package &&
            (shared.kind == FORMAT_FUNCTION || shared.kind == FORMAT_VARIABLE))
            return shared.name;
    }
    return NULL;
}

const char *meta_dependency(const struct meta *meta, uint32_t package, uint32_t index)
{
    uint32_t first = raw_package(meta, package).dependencies;
    return raw_name(meta, raw_dependency(meta, first + index).path);
}

struct meta_init meta_init(const struct meta *meta, uint32_t package, uint32_t index)
{
    struct format_init init = raw_init(meta, raw_package(meta, package).inits + index);
    return (struct meta_init){init.address, raw_name(meta, init.file), init.line};
}

struct meta_info meta_info(const struct meta *meta, uint32_t index)
{
    struct format_info info = raw_info(meta, index);
    return (struct meta_info){raw_name(meta, info.key), raw_name(meta, info.value)};
}

struct meta_init meta_retire(const struct meta *meta, uint32_t index)
{
    struct format_retire retire = raw_retire(meta, index);
    return (struct meta_init){retire.address, raw_name(meta, retire.file), retire.line};
}

const char *meta_source(const struct meta *meta, uint32_t package, uint32_t index, uint64_t *hash)
{
    struct format_source source = raw_source(meta, raw_package(meta, package).sources + index);
    *hash = source.hash;
    return raw_name(meta, source.name);
}

const char *meta_sanitizer_name(uint32_t bit)
{
    switch (bit) {
    case FORMAT_SANITIZE_ADDRESS:
        return "address";
    case FORMAT_SANITIZE_THREAD:
        return "thread";
    case FORMAT_SANITIZE_MEMORY:
        return "memory";
    case FORMAT_SANITIZE_UNDEFINED:
        return "undefined";
    case FORMAT_SANITIZE_HWADDRESS:
        return "hwaddress";
    default:
        return NULL;
    }
}

void meta_add_compilers(struct text *text, const struct meta *meta)
{
    enum { SHOWN_MAX = 8 };
    uint32_t shown = 0;
    for (uint32_t i = 0; i < meta->header.compilers.count; i++) {
        const char *flags;
        const char *name = meta_compiler(meta, i, &flags);
        bool seen = !*name;
        for (uint32_t j = 0; j < i && !seen; j++)
            seen = !strcmp(name, meta_compiler(meta, j, &flags));
        if (seen)
            continue;
        if (shown)
            text_add(text, ", ");
        if (shown++ == SHOWN_MAX) {
            text_add(text, "...");
            return;
        }
        text_add_escaped(text, name);
    }
    if (!shown)
        text_add(text, "an unknown compiler");
}
