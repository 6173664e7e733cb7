/* The reader of the `.plugin` section. */
#include "base/hash.h"
#include "format/meta_raw.h"

#include <stdlib.h>

static bool set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "its .plugin section is damaged: %s; stamp it again with: plugin stamp FILE",
                     what);
}

bool meta_read_start(struct meta *meta, struct bytes section, struct error *error)
{
    *meta = (struct meta){0};
    struct format_header *header = &meta->header;
    /* These come first in every version. */
    struct {
        uint64_t magic;
        uint32_t version, size;
    } start;
    if (section.size < sizeof start)
        return set_damaged(error, "it is truncated");
    memcpy(&start, section.data, sizeof start);
    if (start.magic != FORMAT_MAGIC)
        return set_damaged(error, "it does not start as one");
    if (start.version > FORMAT_VERSION)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "its .plugin section is of format version %u, and this library knows "
                         "versions up to %u; use a newer library, or stamp the file with an older "
                         "`plugin stamp`",
                         start.version, FORMAT_VERSION);
    if (!start.version)
        return set_damaged(error, "there is no such format version");
    if (start.version < FORMAT_VERSION)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "its .plugin section is of format version %u, and this library knows "
                         "version %u only; stamp it again with: plugin stamp FILE",
                         start.version, FORMAT_VERSION);
    if (section.size < sizeof *header || start.size != section.size)
        return set_damaged(error, "its size is not the one that was recorded");
    memcpy(header, section.data, sizeof *header);
    return true;
}

uint64_t meta_checksum_start(struct bytes section)
{
    struct format_header header;
    memcpy(&header, section.data, sizeof header);
    header.checksum = 0;
    uint64_t hash = hash_many(HASH_START, &header, sizeof header);
    return hash_many(hash, section.data + sizeof header, section.size - sizeof header);
}

uint64_t meta_checksum(struct bytes section, struct bytes btf)
{
    return hash_many(meta_checksum_start(section), btf.data, btf.size);
}

bool meta_has_checksum(const struct meta *meta, uint64_t checksum, struct error *error)
{
    return checksum == meta->header.checksum ||
           set_damaged(error, "its bytes, or those of .BTF, are not those that were stamped");
}

bool meta_read_header(struct meta *meta, struct bytes section, struct bytes btf,
                      struct error *error)
{
    return meta_read_start(meta, section, error) &&
           meta_has_checksum(meta, meta_checksum(section, btf), error);
}

static bool slice_table(struct bytes section, struct format_table table, size_t item_size,
                        struct bytes *slice, struct error *error)
{
    if (table.offset % 8 != 0 || !bytes_slice(section, table.offset, table.count, item_size, slice))
        return set_damaged(error, "a table lies outside it");
    return true;
}

static bool is_name(const struct meta *meta, uint32_t name)
{
    /* The strings end with a NUL, so every name within them ends. */
    return name < meta->strings.size;
}

/* What the reading of a file costs must not depend on how its names overlap: all of them together
 * may be so many times as long as the section. A stamp shares none. */
enum { NAMES_PER_SECTION = 16 };

/* Where a table's items have a name. */
struct names {
    struct bytes table;
    size_t item_size, offset;
};

/* Takes their lengths from what is left. `end` is at least where the last one ends. */
static bool spend_names(const struct meta *meta, const struct names *names, uint64_t *left,
                        size_t *end)
{
    for (size_t i = 0; i < names->table.size / names->item_size; i++) {
        uint32_t name;
        memcpy(&name, names->table.data + i * names->item_size + names->offset, sizeof name);
        if (!is_name(meta, name))
            continue; /* and is refused */
        size_t length = *name_at(meta, name) ? strlen(name_at(meta, name)) : 0;
        if (length > *left)
            return false;
        *left -= length;
        if (*end < name + length + 1)
            *end = name + length + 1;
    }
    return true;
}

static bool check_names(struct meta *meta, size_t size, struct error *error)
{
    const struct names lasting[] = {
        {meta->symbols, sizeof(struct format_symbol), offsetof(struct format_symbol, name)},
        {meta->constructors, sizeof(struct format_constructor),
         offsetof(struct format_constructor, name)},
        {meta->compilers, sizeof(struct format_compiler), offsetof(struct format_compiler, name)},
        {meta->compilers, sizeof(struct format_compiler), offsetof(struct format_compiler, flags)},
        {meta->shared, sizeof(struct format_shared), offsetof(struct format_shared, name)},
        {meta->packages, sizeof(struct format_package), offsetof(struct format_package, path)},
        {meta->dependencies, sizeof(struct format_dependency),
         offsetof(struct format_dependency, path)},
        {meta->inits, sizeof(struct format_init), offsetof(struct format_init, file)},
        {meta->sources, sizeof(struct format_source), offsetof(struct format_source, name)},
    };
    const struct names of_imports[] = {
        {meta->imports, sizeof(struct format_import), offsetof(struct format_import, name)},
        {meta->imports, sizeof(struct format_import), offsetof(struct format_import, library)},
    };
    uint64_t left = (uint64_t)size * NAMES_PER_SECTION;
    size_t ignored = 0;
    bool is_cheap = true;
    meta->lasting_strings = 1; /* the empty one */
    for (size_t i = 0; is_cheap && i < sizeof lasting / sizeof *lasting; i++)
        is_cheap = spend_names(meta, &lasting[i], &left, &meta->lasting_strings);
    for (size_t i = 0; is_cheap && i < sizeof of_imports / sizeof *of_imports; i++)
        is_cheap = spend_names(meta, &of_imports[i], &left, &ignored);
    return is_cheap || set_damaged(error, "its names overlap");
}

static bool is_symbol_kind(uint32_t kind)
{
    return kind >= FORMAT_FUNCTION && kind <= FORMAT_INDIRECT;
}

/* Is the type, if there is one, of this kind of symbol? */
static bool is_symbol_type(const struct btf *btf, uint32_t type, uint32_t kind)
{
    if (type >= btf->count)
        return false;
    bool is_function = format_is_function(kind);
    struct btf_type own = btf_type(btf, type);
    if (type && own.kind != (is_function ? BTF_FUNC : BTF_VAR))
        return false;
    return !is_function || !type || btf_type(btf, own.type).kind == BTF_FUNC_PROTO;
}

static bool check_symbols(const struct meta *meta, struct error *error)
{
    const char *previous = NULL;
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct format_symbol symbol = raw_symbol(meta, i);
        if (!is_name(meta, symbol.name) || !is_symbol_kind(symbol.kind))
            return set_damaged(error, "a symbol is none");
        const char *name = name_at(meta, symbol.name);
        if (previous && strcmp(previous, name) >= 0)
            return set_damaged(error, "its symbols are not in order");
        previous = name;
    }
    return true;
}

static bool check_slots(const struct meta *meta, struct error *error)
{
    uint32_t count = meta->header.slots.count, used = 0, row = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct format_slot slot;
        bytes_item(meta->slots, i, &slot, sizeof slot);
        if (slot.symbol > meta->header.symbols.count)
            return set_damaged(error, "a slot holds no symbol");
        used += slot.symbol != 0;
        row = slot.symbol ? row + 1 : 0;
        if (row > FORMAT_SLOTS_IN_A_ROW_MAX)
            return set_damaged(error, "its slots lie in a row");
    }
    /* An empty slot is what ends a search. */
    if ((count & (count - 1)) != 0 || used != meta->header.symbols.count || used >= count)
        return set_damaged(error, "its slots do not hold its symbols");
    return true;
}

static bool check_probes(const struct meta *meta, struct error *error)
{
    uint64_t previous = 0;
    for (uint32_t i = 0; i < meta->header.probes.count; i++) {
        struct format_probe probe = meta_probe(meta, i);
        if (i && probe.address <= previous)
            return set_damaged(error, "its probes are not in order");
        previous = probe.address;
    }
    return true;
}

static bool check_build(const struct meta *meta, struct error *error)
{
    for (uint32_t i = 0; i < meta->header.constructors.count; i++) {
        struct format_constructor constructor;
        bytes_item(meta->constructors, i, &constructor, sizeof constructor);
        if (!is_name(meta, constructor.name))
            return set_damaged(error, "a constructor has no name");
    }
    if (meta->header.compilers.count > FORMAT_COMPILERS_MAX)
        return set_damaged(error, "it names too many compilers");
    for (uint32_t i = 0; i < meta->header.compilers.count; i++) {
        struct format_compiler compiler;
        bytes_item(meta->compilers, i, &compiler, sizeof compiler);
        if (!is_name(meta, compiler.name) || !is_name(meta, compiler.flags))
            return set_damaged(error, "a compiler has no name");
        if (strlen(name_at(meta, compiler.name)) > FORMAT_COMPILER_NAME_MAX)
            return set_damaged(error, "a compiler's name is too long");
    }
    if (meta->header.kind != FORMAT_SHARED_LIBRARY && meta->header.kind != FORMAT_EXECUTABLE)
        return set_damaged(error, "it describes neither a shared library nor an executable");
    return true;
}

/* Is there such a package, and is it not the main one, which nobody shares? */
static bool is_shared_package(const struct meta *meta, uint32_t index)
{
    return index < meta->header.packages.count &&
           strcmp(meta_package(meta, index).path, META_MAIN) != 0;
}

static bool check_shared(const struct meta *meta, struct error *error)
{
    const char *previous = NULL;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct format_shared shared = raw_shared(meta, i);
        if (!is_name(meta, shared.name) || !is_shared_package(meta, shared.package) ||
            !is_symbol_kind(shared.kind))
            return set_damaged(error, "a shared symbol is none");
        const char *name = name_at(meta, shared.name);
        if (previous && strcmp(previous, name) >= 0)
            return set_damaged(error, "its shared symbols are not in order");
        previous = name;
    }
    return true;
}

static bool check_imports(const struct meta *meta, struct error *error)
{
    const char *previous = NULL;
    for (uint32_t i = 0; i < meta->header.imports.count; i++) {
        struct format_import import = raw_import(meta, i);
        if (!is_name(meta, import.name) || !is_name(meta, import.library) ||
            (import.package && !is_shared_package(meta, import.package - 1)) ||
            ((import.kind || import.type) && !is_symbol_kind(import.kind)))
            return set_damaged(error, "an import is none");
        const char *name = name_at(meta, import.name);
        if (previous && strcmp(previous, name) > 0)
            return set_damaged(error, "its imports are not in order");
        previous = name;
    }
    return true;
}

/* The paths of all packages, in their order as strings: a path is found in little time, whatever a
 * file says. */
struct paths {
    const char *items[FORMAT_PACKAGES_MAX];
    uint32_t count;
};

static int compare_paths(const void *first, const void *second)
{
    return strcmp(*(const char *const *)first, *(const char *const *)second);
}

static bool is_carried(const struct paths *paths, const char *path)
{
    return bsearch(&path, paths->items, paths->count, sizeof *paths->items, compare_paths);
}

static bool read_paths(const struct meta *meta, struct paths *paths, struct error *error)
{
    paths->count = meta->header.packages.count;
    if (paths->count > FORMAT_PACKAGES_MAX)
        return set_damaged(error, "it carries too many packages");
    for (uint32_t i = 0; i < paths->count; i++) {
        struct format_package package = raw_package(meta, i);
        if (!is_name(meta, package.path))
            return set_damaged(error, "a package has no path");
        paths->items[i] = name_at(meta, package.path);
        if (!strcmp(paths->items[i], META_MAIN) && i + 1 != paths->count)
            return set_damaged(error, "its main package is not the last one");
    }
    qsort(paths->items, paths->count, sizeof *paths->items, compare_paths);
    for (uint32_t i = 1; i < paths->count; i++)
        if (!strcmp(paths->items[i - 1], paths->items[i]))
            return set_damaged(error, "two packages have one path");
    return true;
}

/* The first item of each table that no package has taken yet. */
struct parts {
    uint32_t dependencies, inits, sources;
};

/* Takes a package's part of a table, which starts where that of the last package ended. */
static bool take_part(uint32_t *next, uint32_t whole, uint32_t start, uint32_t count)
{
    if ((count && start != *next) || count > whole - *next)
        return false;
    *next += count;
    return true;
}

static bool check_dependencies(const struct meta *meta, const struct paths *paths, uint32_t index,
                               struct error *error)
{
    struct format_package package = raw_package(meta, index);
    for (uint32_t i = 0; i < package.dependency_count; i++) {
        struct format_dependency dependency;
        bytes_item(meta->dependencies, package.dependencies + i, &dependency, sizeof dependency);
        if (!is_name(meta, dependency.path))
            return set_damaged(error, "an import of a package has no path");
        if (dependency.package > index)
            return set_damaged(error, "a package comes before one that it imports");
        const char *path = name_at(meta, dependency.path);
        if (dependency.package ? strcmp(path, meta_package(meta, dependency.package - 1).path) != 0
                               : is_carried(paths, path))
            return set_damaged(error, "a package imports another one than it names");
    }
    return true;
}

static bool check_packages(const struct meta *meta, struct error *error)
{
    const struct format_header *header = &meta->header;
    struct paths paths;
    struct parts next = {0, 0, 0};
    if (!read_paths(meta, &paths, error))
        return false;
    for (uint32_t i = 0; i < header->packages.count; i++) {
        struct format_package package = raw_package(meta, i);
        if (!take_part(&next.dependencies, header->dependencies.count, package.dependencies,
                       package.dependency_count) ||
            !take_part(&next.inits, header->inits.count, package.inits, package.init_count) ||
            !take_part(&next.sources, header->sources.count, package.sources, package.source_count))
            return set_damaged(error, "its packages do not follow one another");
        if (!check_dependencies(meta, &paths, i, error))
            return false;
    }
    return true;
}

static bool check_files(const struct meta *meta, struct error *error)
{
    for (uint32_t i = 0; i < meta->header.inits.count; i++) {
        struct format_init init;
        bytes_item(meta->inits, i, &init, sizeof init);
        if (!is_name(meta, init.file))
            return set_damaged(error, "an init has no file");
    }
    for (uint32_t i = 0; i < meta->header.sources.count; i++) {
        struct format_source source;
        bytes_item(meta->sources, i, &source, sizeof source);
        if (!is_name(meta, source.name))
            return set_damaged(error, "a source file has no name");
    }
    return true;
}

bool meta_read_tables(struct meta *meta, struct bytes section, struct error *error)
{
    const struct format_header *header = &meta->header;
    const struct {
        struct format_table table;
        size_t item_size;
        struct bytes *slice;
    } tables[] = {
        {header->symbols, sizeof(struct format_symbol), &meta->symbols},
        {header->slots, sizeof(struct format_slot), &meta->slots},
        {header->probes, sizeof(struct format_probe), &meta->probes},
        {header->constructors, sizeof(struct format_constructor), &meta->constructors},
        {header->compilers, sizeof(struct format_compiler), &meta->compilers},
        {header->shared, sizeof(struct format_shared), &meta->shared},
        {header->imports, sizeof(struct format_import), &meta->imports},
        {header->packages, sizeof(struct format_package), &meta->packages},
        {header->dependencies, sizeof(struct format_dependency), &meta->dependencies},
        {header->inits, sizeof(struct format_init), &meta->inits},
        {header->sources, sizeof(struct format_source), &meta->sources},
        {header->strings, 1, &meta->strings},
    };
    uint64_t left = section.size - sizeof *header;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (!slice_table(section, tables[i].table, tables[i].item_size, tables[i].slice, error))
            return false;
        if (tables[i].slice->size > left)
            return set_damaged(error, "its tables overlap");
        left -= tables[i].slice->size;
    }
    meta->import_strings = meta->strings;
    if (!meta->strings.size || meta->strings.data[0] != '\0' ||
        meta->strings.data[meta->strings.size - 1] != '\0')
        return set_damaged(error, "its strings do not start and end with a NUL");
    return check_names(meta, section.size, error) && check_symbols(meta, error) &&
           check_slots(meta, error) && check_probes(meta, error) && check_build(meta, error) &&
           check_packages(meta, error) && check_files(meta, error) && check_shared(meta, error) &&
           check_imports(meta, error);
}

bool meta_check_types(const struct meta *meta, const struct btf *btf, struct error *error)
{
    const struct format_header *header = &meta->header;
    for (uint32_t i = 0; i < header->symbols.count; i++) {
        struct format_symbol symbol = raw_symbol(meta, i);
        if (!is_symbol_type(btf, symbol.type, symbol.kind))
            return set_damaged(error, "a symbol is none");
    }
    for (uint32_t i = 0; i < header->probes.count; i++)
        if (meta_probe(meta, i).type >= btf->count)
            return set_damaged(error, "a probe asks for no type");
    for (uint32_t i = 0; i < header->shared.count; i++) {
        struct format_shared shared = raw_shared(meta, i);
        if (!is_symbol_type(btf, shared.type, shared.kind))
            return set_damaged(error, "a shared symbol is none");
    }
    for (uint32_t i = 0; i < header->imports.count; i++) {
        struct format_import import = raw_import(meta, i);
        if (!is_symbol_type(btf, import.type, import.kind))
            return set_damaged(error, "an import is none");
    }
    return true;
}

/* ---- what lasts ---- */

/* Where the tables that last are in a view. */
static const size_t lasting_tables[] = {
    offsetof(struct meta, symbols),   offsetof(struct meta, slots),
    offsetof(struct meta, probes),    offsetof(struct meta, constructors),
    offsetof(struct meta, compilers), offsetof(struct meta, shared),
    offsetof(struct meta, packages),  offsetof(struct meta, dependencies),
    offsetof(struct meta, inits),     offsetof(struct meta, sources),
};
enum { LASTING_TABLES = sizeof lasting_tables / sizeof *lasting_tables };

static struct bytes lasting_table(const struct meta *meta, size_t index)
{
    struct bytes table;
    memcpy(&table, (const char *)meta + lasting_tables[index], sizeof table);
    return table;
}

size_t meta_lasting_size(const struct meta *meta)
{
    size_t size = meta->lasting_strings;
    for (size_t i = 0; i < LASTING_TABLES; i++)
        size += lasting_table(meta, i).size;
    return size;
}

void *meta_move(struct meta *meta, void *place)
{
    uint8_t *at = place;
    for (size_t i = 0; i < LASTING_TABLES; i++) {
        struct bytes table = lasting_table(meta, i);
        table.data = memcpy(at, table.data, table.size);
        memcpy((char *)meta + lasting_tables[i], &table, sizeof table);
        at += table.size;
    }
    memcpy(at, meta->strings.data, meta->lasting_strings);
    meta->strings = (struct bytes){at, meta->lasting_strings};
    return at + meta->lasting_strings;
}

void meta_forget_imports(struct meta *meta)
{
    meta->header.imports.count = 0;
    meta->imports = meta->import_strings = (struct bytes){0};
}
