/* What is asked of a `.plugin` section that was read: its items, and searches for them. */
#include "base/hash.h"
#include "format/meta_raw.h"

#include <elf.h>

struct meta_symbol meta_symbol(const struct meta *meta, uint32_t index)
{
    struct format_symbol symbol = raw_symbol(meta, index);
    return (struct meta_symbol){.name = name_at(meta, symbol.name),
                                .address = symbol.address,
                                .hash = symbol.hash,
                                .type = symbol.type,
                                .kind = (enum format_symbol_kind)symbol.kind};
}

/* A table whose items have names. */
struct named {
    struct bytes table, strings;
    size_t item_size, offset; /* of an item, and of the name within it */
};

/* The name of an item, alone: the whole record takes as long to copy as the rest takes. */
static inline uint32_t name_of(const struct named *named, uint32_t index)
{
    uint32_t name;
    memcpy(&name, named->table.data + index * named->item_size + named->offset, sizeof name);
    return name;
}

static inline const char *name_in(const struct named *named, uint32_t index)
{
    return (const char *)named->strings.data + name_of(named, index);
}

/* The first item of this name, in a table in the order of names; false if there is none. */
static bool find_named(const struct named *named, const char *name, uint32_t *index)
{
    uint32_t low = 0, count = (uint32_t)(named->table.size / named->item_size), high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(name_in(named, middle), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < count && !strcmp(name_in(named, low), name);
}

static inline struct named named_imports(const struct meta *meta)
{
    return (struct named){meta->imports, meta->import_strings, sizeof(struct format_import),
                          offsetof(struct format_import, name)};
}

/* Is this the symbol's name? */
static bool is_named(const struct meta *meta, uint32_t index, const char *name, size_t length)
{
    const struct named symbols = {meta->symbols, meta->strings, sizeof(struct format_symbol),
                                  offsetof(struct format_symbol, name)};
    uint32_t own = name_of(&symbols, index);
    return length < meta->strings.size - own && bytes_equal(name_at(meta, own), name, length + 1);
}

uint32_t meta_symbol_hashed(const struct meta *meta, const char *name, size_t length, uint32_t hash)
{
    uint32_t mask = meta->header.slots.count - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        struct format_slot slot;
        bytes_item(meta->slots, i, &slot, sizeof slot);
        if (!slot.symbol || (slot.hash == hash && is_named(meta, slot.symbol - 1, name, length)))
            return slot.symbol;
    }
}

uint32_t meta_symbol_called(const struct meta *meta, const char *name)
{
    size_t length = strlen(name);
    return meta_symbol_hashed(meta, name, length, hash_name_of(name, length));
}

bool meta_find_symbol(const struct meta *meta, const char *name, uint32_t *index)
{
    uint32_t found = meta_symbol_called(meta, name);
    if (found)
        *index = found - 1;
    return found;
}

struct format_probe meta_probe(const struct meta *meta, uint32_t index)
{
    struct format_probe probe;
    bytes_item(meta->probes, index, &probe, sizeof probe);
    return probe;
}

bool meta_find_probe(const struct meta *meta, uint64_t address, struct format_probe *probe)
{
    uint32_t low = 0, high = meta->header.probes.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        *probe = meta_probe(meta, middle);
        if (probe->address == address)
            return true;
        if (probe->address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

const char *meta_constructor(const struct meta *meta, uint32_t index, uint64_t *address)
{
    struct format_constructor constructor;
    bytes_item(meta->constructors, index, &constructor, sizeof constructor);
    *address = constructor.address;
    return name_at(meta, constructor.name);
}

const char *meta_compiler(const struct meta *meta, uint32_t index, const char **flags)
{
    struct format_compiler compiler;
    bytes_item(meta->compilers, index, &compiler, sizeof compiler);
    *flags = name_at(meta, compiler.flags);
    return name_at(meta, compiler.name);
}

struct meta_shared meta_shared(const struct meta *meta, uint32_t index)
{
    struct format_shared shared = raw_shared(meta, index);
    return (struct meta_shared){.name = name_at(meta, shared.name),
                                .address = shared.address,
                                .hash = shared.hash,
                                .type = shared.type,
                                .kind = (enum format_symbol_kind)shared.kind,
                                .package = shared.package};
}

bool meta_find_shared(const struct meta *meta, const char *name, uint32_t *index)
{
    const struct named shared = {meta->shared, meta->strings, sizeof(struct format_shared),
                                 offsetof(struct format_shared, name)};
    return find_named(&shared, name, index);
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
    return (struct meta_import){.name = import_name_at(meta, import.name),
                                .hash = import.hash,
                                .type = import.type,
                                .kind = import.kind,
                                .is_weak = import.flags & FORMAT_IMPORT_WEAK,
                                .is_by_definition = import.flags & FORMAT_IMPORT_BY_DEFINITION,
                                .package = import.package,
                                .library = import_name_at(meta, import.library)};
}

const char *meta_import_name(const struct meta *meta, uint32_t index)
{
    const struct named imports = named_imports(meta);
    return name_in(&imports, index);
}

bool meta_find_import(const struct meta *meta, const char *name, uint32_t *index)
{
    const struct named imports = named_imports(meta);
    return find_named(&imports, name, index);
}

struct meta_package meta_package(const struct meta *meta, uint32_t index)
{
    struct format_package package = raw_package(meta, index);
    return (struct meta_package){name_at(meta, package.path), package.fingerprint,
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
    uint32_t number;
    bool is_carried = meta_find_package(meta, path, &number);
    for (uint32_t i = 0; is_carried && i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        if (shared.package == number &&
            (shared.kind == FORMAT_FUNCTION || shared.kind == FORMAT_VARIABLE))
            return shared.name;
    }
    return NULL;
}

const char *meta_dependency(const struct meta *meta, uint32_t package, uint32_t index)
{
    struct format_dependency dependency;
    bytes_item(meta->dependencies, raw_package(meta, package).dependencies + index, &dependency,
               sizeof dependency);
    return name_at(meta, dependency.path);
}

struct meta_init meta_init(const struct meta *meta, uint32_t package, uint32_t index)
{
    struct format_init init;
    bytes_item(meta->inits, raw_package(meta, package).inits + index, &init, sizeof init);
    return (struct meta_init){init.address, name_at(meta, init.file), init.line};
}

const char *meta_source(const struct meta *meta, uint32_t package, uint32_t index, uint64_t *hash)
{
    struct format_source source;
    bytes_item(meta->sources, raw_package(meta, package).sources + index, &source, sizeof source);
    *hash = source.hash;
    return name_at(meta, source.name);
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
