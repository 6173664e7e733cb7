/* SPDX-License-Identifier: MIT */
/* Reads and validates a `.plugin` section. */
#include "base/budget.h"
#include "base/hash.h"
#include "format/meta_raw.h"

#include <stdlib.h>

static bool meta_set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "its .plugin section is damaged: %s; stamp it again with: plugin stamp FILE",
                     what);
}

/* The packed types end the section, so that whoever needs none of them reads none. */
static bool meta_ends_with_packed(const struct format_header *header, size_t size)
{
    return header->version == FORMAT_VERSION && header->types.offset % 8 == 0 &&
           header->types.offset >= sizeof *header && header->types.offset <= size &&
           header->types.count == size - header->types.offset;
}

/* The version of a section of a header's size. */
static uint32_t meta_version(struct bytes section)
{
    uint32_t version;
    memcpy(&version, section.data + offsetof(struct format_header, version), sizeof version);
    return version;
}

size_t meta_start_size(struct bytes section, size_t size)
{
    struct format_header header;
    if (section.size < sizeof header || meta_version(section) != FORMAT_VERSION)
        return size;
    memcpy(&header, section.data, sizeof header);
    return meta_ends_with_packed(&header, size) ? header.types.offset : size;
}

bool meta_read_start(struct meta *meta, struct bytes section, struct error *error)
{
    return meta_read_part(meta, section, section.size, error);
}

bool meta_read_part(struct meta *meta, struct bytes section, size_t size, struct error *error)
{
    *meta = (struct meta){0};
    struct format_header *header = &meta->header;
    /* Every version starts with these. */
    struct {
        uint64_t magic;
        uint32_t version, size;
    } start;
    if (section.size < sizeof start)
        return meta_set_damaged(error, "truncated header");
    memcpy(&start, section.data, sizeof start);
    if (start.magic != FORMAT_MAGIC)
        return meta_set_damaged(error, "bad magic number");
    if (start.version > FORMAT_VERSION)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "its .plugin section has format version %u, but this library supports "
                         "versions %u to %u only; use a newer library, or stamp the file with an "
                         "older `plugin stamp`",
                         start.version, FORMAT_VERSION_4, FORMAT_VERSION);
    if (!start.version)
        return meta_set_damaged(error, "invalid format version");
    if (start.version < FORMAT_VERSION_4)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "its .plugin section has format version %u, but this library supports "
                         "versions %u to %u only; stamp it again with: plugin stamp FILE",
                         start.version, FORMAT_VERSION_4, FORMAT_VERSION);
    size_t header_size = format_header_size(start.version);
    if (section.size < header_size || start.size != size)
        return meta_set_damaged(error, "section size differs from the recorded size");
    memcpy(header, section.data, header_size);
    return header->version != FORMAT_VERSION || meta_ends_with_packed(header, size) ||
           meta_set_damaged(error, "the packed types do not end the section");
}

uint64_t meta_checksum_start(struct bytes section)
{
    struct format_header header;
    memcpy(&header, section.data, FORMAT_HEADER_SIZE_4);
    header.checksum = 0;
    uint64_t hash = hash_many(HASH_START, &header, FORMAT_HEADER_SIZE_4);
    return hash_many(hash, section.data + FORMAT_HEADER_SIZE_4,
                     meta_start_size(section, section.size) - FORMAT_HEADER_SIZE_4);
}

uint64_t meta_checksum(struct bytes section, struct bytes btf)
{
    uint64_t hash = meta_checksum_start(section);
    return meta_start_size(section, section.size) < section.size
               ? hash
               : hash_many(hash, btf.data, btf.size);
}

bool meta_has_types_checksum(const struct meta *meta, struct bytes packed, struct error *error)
{
    return hash_many(HASH_START, packed.data, packed.size) == meta->header.types_checksum ||
           meta_set_damaged(error, "checksum of its types does not match");
}

bool meta_has_checksum(const struct meta *meta, uint64_t checksum, struct error *error)
{
    return checksum == meta->header.checksum ||
           meta_set_damaged(error, meta_is_packed(meta)
                                       ? "checksum does not match"
                                       : "checksum of .plugin and .BTF does not match");
}

bool meta_read_header(struct meta *meta, struct bytes section, struct bytes btf,
                      struct error *error)
{
    return meta_read_start(meta, section, error) &&
           meta_has_checksum(meta, meta_checksum(section, btf), error);
}

/* The strings end with a NUL, so every name within them ends. */
static bool meta_is_name(const struct meta *meta, uint32_t name)
{
    return name < meta->strings.size;
}

/* Names may share bytes. So that overlaps do not multiply the cost of reading, all names together
 * may be this many times as long as the section; those that a stamp writes share none. */
enum { NAMES_PER_SECTION = 16 };

/* Spends the length of each name. Raises *end to where the last one ends. */
static bool meta_spend_names(const struct meta *meta, struct raw_names names, struct budget *budget,
                             size_t *end)
{
    for (size_t i = 0; i < names.table.size / names.entry_size; i++) {
        uint32_t name = raw_names_get(&names, i);
        if (!meta_is_name(meta, name))
            continue; /* refused below */
        size_t length = *raw_name(meta, name) ? strlen(raw_name(meta, name)) : 0;
        if (!budget_spend(budget, length))
            return false;
        if (*end < name + length + 1)
            *end = name + length + 1;
    }
    return true;
}

static bool meta_check_names(struct meta *meta, size_t size, struct error *error)
{
    const struct raw_names lasting[] = {
        raw_symbol_names(meta, meta_is_packed(meta)),
        RAW_NAMES(meta, constructors, format_constructor, name),
        RAW_NAMES(meta, compilers, format_compiler, name),
        RAW_NAMES(meta, compilers, format_compiler, flags),
        RAW_NAMES(meta, shared, format_shared, name),
        RAW_NAMES(meta, packages, format_package, path),
        RAW_NAMES(meta, dependencies, format_dependency, path),
        RAW_NAMES(meta, inits, format_init, file),
        RAW_NAMES(meta, sources, format_source, name),
        RAW_NAMES(meta, interfaces, format_interface, name),
        RAW_NAMES(meta, members, format_member, symbol),
        RAW_NAMES(meta, infos, format_info, key),
        RAW_NAMES(meta, infos, format_info, value),
        RAW_NAMES(meta, retires, format_retire, file),
    };
    const struct raw_names of_imports[] = {
        RAW_NAMES(meta, imports, format_import, name),
        RAW_NAMES(meta, imports, format_import, library),
    };
    struct budget budget = {(uint64_t)size * NAMES_PER_SECTION};
    size_t ignored = 0;
    bool is_cheap = true;
    meta->lasting_strings = 1; /* the empty one */
    for (size_t i = 0; is_cheap && i < sizeof lasting / sizeof *lasting; i++)
        is_cheap = meta_spend_names(meta, lasting[i], &budget, &meta->lasting_strings);
    for (size_t i = 0; is_cheap && i < sizeof of_imports / sizeof *of_imports; i++)
        is_cheap = meta_spend_names(meta, of_imports[i], &budget, &ignored);
    return is_cheap || meta_set_damaged(error, "names overlap");
}

static bool meta_is_symbol_kind(uint32_t kind)
{
    return kind >= FORMAT_FUNCTION && kind <= FORMAT_INDIRECT;
}

/* Can a symbol of this kind have this type? It may have none, 0. */
static bool meta_is_symbol_type(const struct btf *btf, uint32_t id, uint32_t kind)
{
    if (!id || id >= btf->count)
        return !id;
    struct btf_type type = btf_type(btf, id);
    if (!format_is_function(kind))
        return type.kind == BTF_VAR;
    return type.kind == BTF_FUNC && btf_type(btf, type.type).kind == BTF_FUNC_PROTO;
}

static bool meta_check_symbols(const struct meta *meta, struct error *error)
{
    const char *previous = NULL;
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct format_symbol symbol = raw_symbol(meta, i);
        if (!meta_is_name(meta, symbol.name) || !meta_is_symbol_kind(symbol.kind))
            return meta_set_damaged(error, "invalid symbol entry");
        const char *name = raw_name(meta, symbol.name);
        if (previous && strcmp(previous, name) >= 0)
            return meta_set_damaged(error, "symbols are not sorted by name");
        previous = name;
    }
    return true;
}

static bool meta_check_slots(const struct meta *meta, struct error *error)
{
    uint32_t count = meta->header.slots.count, used = 0, run = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool ignored;
        uint32_t symbol = raw_slot(meta, i, 0, meta_is_packed(meta), &ignored);
        if (symbol > meta->header.symbols.count)
            return meta_set_damaged(error, "invalid slot entry");
        used += symbol != 0;
        run = symbol ? run + 1 : 0;
        if (run > FORMAT_SLOTS_IN_A_ROW_MAX)
            return meta_set_damaged(error, "too many symbol-name hash collisions");
    }
    /* An empty slot ends a search. */
    if ((count & (count - 1)) != 0 || used != meta->header.symbols.count || used >= count)
        return meta_set_damaged(error, "slots do not match the symbols");
    return true;
}

static bool meta_check_probes(const struct meta *meta, struct error *error)
{
    uint64_t previous = 0;
    for (uint32_t i = 0; i < meta->header.probes.count; i++) {
        struct format_probe probe = raw_probe(meta, i);
        if (i && probe.address <= previous)
            return meta_set_damaged(error, "probes are not sorted by address");
        if (meta_probe(meta, i).interface > meta->header.interfaces.count)
            return meta_set_damaged(error, "invalid probe entry");
        previous = probe.address;
    }
    return true;
}

static bool meta_check_build(const struct meta *meta, struct error *error)
{
    for (uint32_t i = 0; i < meta->header.constructors.count; i++) {
        struct format_constructor constructor = raw_constructor(meta, i);
        if (!meta_is_name(meta, constructor.name))
            return meta_set_damaged(error, "invalid constructor entry");
    }
    if (meta->header.compilers.count > FORMAT_COMPILERS_MAX)
        return meta_set_damaged(error, "too many compilers");
    for (uint32_t i = 0; i < meta->header.compilers.count; i++) {
        struct format_compiler compiler = raw_compiler(meta, i);
        if (!meta_is_name(meta, compiler.name) || !meta_is_name(meta, compiler.flags))
            return meta_set_damaged(error, "invalid compiler entry");
        if (strlen(raw_name(meta, compiler.name)) > FORMAT_COMPILER_NAME_MAX)
            return meta_set_damaged(error, "compiler name is too long");
    }
    if (meta->header.kind != FORMAT_SHARED_LIBRARY && meta->header.kind != FORMAT_EXECUTABLE)
        return meta_set_damaged(error, "invalid module kind");
    return true;
}

/* Is it a package other than the main one? */
static bool meta_is_shared_package(const struct meta *meta, uint32_t index)
{
    return index < meta->header.packages.count &&
           strcmp(meta_package(meta, index).path, META_MAIN) != 0;
}

static bool meta_check_shared(const struct meta *meta, struct error *error)
{
    const char *previous = NULL;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct format_shared shared = raw_shared(meta, i);
        if (!meta_is_name(meta, shared.name) || !meta_is_shared_package(meta, shared.package) ||
            !meta_is_symbol_kind(shared.kind))
            return meta_set_damaged(error, "invalid shared symbol entry");
        const char *name = raw_name(meta, shared.name);
        if (previous && strcmp(previous, name) >= 0)
            return meta_set_damaged(error, "shared symbols are not sorted by name");
        previous = name;
    }
    return true;
}

static bool meta_check_imports(const struct meta *meta, struct error *error)
{
    const char *previous = NULL;
    for (uint32_t i = 0; i < meta->header.imports.count; i++) {
        struct format_import import = raw_import(meta, i);
        if (!meta_is_name(meta, import.name) || !meta_is_name(meta, import.library) ||
            (import.package && !meta_is_shared_package(meta, import.package - 1)) ||
            ((import.kind || import.type) && !meta_is_symbol_kind(import.kind)))
            return meta_set_damaged(error, "invalid import entry");
        const char *name = raw_name(meta, import.name);
        if (previous && strcmp(previous, name) > 0)
            return meta_set_damaged(error, "imports are not sorted by name");
        previous = name;
    }
    return true;
}

/* The paths of all packages, sorted, so that the cost of looking one up is bounded. */
struct paths {
    const char *items[FORMAT_PACKAGES_MAX];
    uint32_t count;
};

static int paths_compare(const void *first, const void *second)
{
    return strcmp(*(const char *const *)first, *(const char *const *)second);
}

static bool paths_read(struct paths *paths, const struct meta *meta, struct error *error)
{
    paths->count = meta->header.packages.count;
    if (paths->count > FORMAT_PACKAGES_MAX)
        return meta_set_damaged(error, "too many packages");
    for (uint32_t i = 0; i < paths->count; i++) {
        struct format_package package = raw_package(meta, i);
        if (!meta_is_name(meta, package.path))
            return meta_set_damaged(error, "invalid package entry");
        paths->items[i] = raw_name(meta, package.path);
        if (!strcmp(paths->items[i], META_MAIN) && i + 1 != paths->count)
            return meta_set_damaged(error, "main is not the last package");
    }
    qsort(paths->items, paths->count, sizeof *paths->items, paths_compare);
    for (uint32_t i = 1; i < paths->count; i++)
        if (!strcmp(paths->items[i - 1], paths->items[i]))
            return meta_set_damaged(error, "duplicate package path");
    return true;
}

/* Checks that a package's part of a table starts where that of the package before it ends, at
 * *next. */
static bool check_part(uint32_t *next, uint32_t whole, uint32_t start, uint32_t count)
{
    if ((count && start != *next) || count > whole - *next)
        return false;
    *next += count;
    return true;
}

static bool meta_check_dependencies(const struct meta *meta, const struct paths *paths,
                                    uint32_t index, struct error *error)
{
    struct format_package package = raw_package(meta, index);
    for (uint32_t i = 0; i < package.dependency_count; i++) {
        struct format_dependency dependency = raw_dependency(meta, package.dependencies + i);
        if (!meta_is_name(meta, dependency.path))
            return meta_set_damaged(error, "invalid dependency entry");
        if (dependency.package > index)
            return meta_set_damaged(error, "package is listed before its dependency");
        const char *path = raw_name(meta, dependency.path);
        if (dependency.package ? strcmp(path, meta_package(meta, dependency.package - 1).path) != 0
                               : bsearch(&path, paths->items, paths->count, sizeof *paths->items,
                                         paths_compare) != NULL)
            return meta_set_damaged(error, "path of a dependency differs from that of the package");
    }
    return true;
}

static __attribute__((noinline)) bool meta_check_any_packages(const struct meta *meta,
                                                              struct error *error)
{
    const struct format_header *header = &meta->header;
    struct paths paths;
    uint32_t dependencies = 0, inits = 0, sources = 0;
    if (!paths_read(&paths, meta, error))
        return false;
    for (uint32_t i = 0; i < header->packages.count; i++) {
        struct format_package package = raw_package(meta, i);
        if (!check_part(&dependencies, header->dependencies.count, package.dependencies,
                        package.dependency_count) ||
            !check_part(&inits, header->inits.count, package.inits, package.init_count) ||
            !check_part(&sources, header->sources.count, package.sources, package.source_count))
            return meta_set_damaged(error, "parts of packages are not contiguous");
        if (!meta_check_dependencies(meta, &paths, i, error))
            return false;
    }
    return true;
}

/* Most modules have none, and need no stack for them. */
static bool meta_check_packages(const struct meta *meta, struct error *error)
{
    return !meta->header.packages.count || meta_check_any_packages(meta, error);
}

static bool meta_check_members(const struct meta *meta, const struct format_interface *interface,
                               struct error *error)
{
    for (uint32_t i = 0; i < interface->member_count; i++) {
        struct format_member member = raw_member(meta, interface->members + i);
        if (!meta_is_name(meta, member.symbol) || !member.type ||
            (interface->size && member.offset >= interface->size))
            return meta_set_damaged(error, "invalid entry of an interface's member");
    }
    return true;
}

static bool meta_check_interfaces(const struct meta *meta, struct error *error)
{
    uint32_t members = 0;
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++) {
        struct format_interface interface = raw_interface(meta, i);
        bool is_expected = interface.kind == FORMAT_INTERFACE_EXPECTED;
        if (!meta_is_name(meta, interface.name) || interface.kind < FORMAT_INTERFACE_OPENED ||
            interface.kind > FORMAT_INTERFACE_IMPLEMENTED || !interface.type != is_expected ||
            !interface.size != is_expected)
            return meta_set_damaged(error, "invalid interface entry");
        if (!check_part(&members, meta->header.members.count, interface.members,
                        interface.member_count))
            return meta_set_damaged(error, "members of interfaces are not contiguous");
        if (!meta_check_members(meta, &interface, error))
            return false;
    }
    return true;
}

static bool meta_check_files(const struct meta *meta, struct error *error)
{
    for (uint32_t i = 0; i < meta->header.inits.count; i++) {
        struct format_init init = raw_init(meta, i);
        if (!meta_is_name(meta, init.file))
            return meta_set_damaged(error, "invalid init entry");
    }
    for (uint32_t i = 0; i < meta->header.sources.count; i++) {
        struct format_source source = raw_source(meta, i);
        if (!meta_is_name(meta, source.name))
            return meta_set_damaged(error, "invalid source entry");
    }
    return true;
}

static bool meta_check_infos(const struct meta *meta, struct error *error)
{
    for (uint32_t i = 0; i < meta->header.infos.count; i++) {
        struct format_info info = raw_info(meta, i);
        if (!meta_is_name(meta, info.key) || !meta_is_name(meta, info.value))
            return meta_set_damaged(error, "invalid info entry");
    }
    for (uint32_t i = 0; i < meta->header.retires.count; i++) {
        struct format_retire retire = raw_retire(meta, i);
        if (!meta_is_name(meta, retire.file))
            return meta_set_damaged(error, "invalid retire entry");
    }
    return true;
}

/* Finds the tables in the section. */
static bool meta_slice(struct meta *meta, struct bytes section, struct error *error)
{
    const struct format_header *header = &meta->header;
    bool is_small = meta_is_packed(meta);
    const struct {
        struct format_table table;
        size_t entry_size;
        struct bytes *slice;
    } tables[] = {
        {header->symbols,
         is_small ? sizeof(struct format_small_symbol) : sizeof(struct format_symbol),
         &meta->symbols},
        {header->slots, is_small ? sizeof(format_small_slot) : sizeof(struct format_slot),
         &meta->slots},
        {header->probes, sizeof(struct format_probe), &meta->probes},
        {header->constructors, sizeof(struct format_constructor), &meta->constructors},
        {header->compilers, sizeof(struct format_compiler), &meta->compilers},
        {header->shared, sizeof(struct format_shared), &meta->shared},
        {header->imports, sizeof(struct format_import), &meta->imports},
        {header->packages, sizeof(struct format_package), &meta->packages},
        {header->dependencies, sizeof(struct format_dependency), &meta->dependencies},
        {header->inits, sizeof(struct format_init), &meta->inits},
        {header->sources, sizeof(struct format_source), &meta->sources},
        {header->interfaces, sizeof(struct format_interface), &meta->interfaces},
        {header->members, sizeof(struct format_member), &meta->members},
        {header->infos, sizeof(struct format_info), &meta->infos},
        {header->retires, sizeof(struct format_retire), &meta->retires},
        {header->strings, 1, &meta->strings},
    };
    if (meta_is_packed(meta))
        section.size = header->types.offset;
    uint64_t left = section.size - format_header_size(header->version);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (tables[i].table.offset % 8 != 0 ||
            !bytes_slice(section, tables[i].table.offset, tables[i].table.count,
                         tables[i].entry_size, tables[i].slice))
            return meta_set_damaged(error, "table lies outside the section");
        if (tables[i].slice->size > left)
            return meta_set_damaged(error, "tables overlap");
        left -= tables[i].slice->size;
    }
    meta->import_strings = meta->strings;
    if (!meta->strings.size || meta->strings.data[0] != '\0' ||
        meta->strings.data[meta->strings.size - 1] != '\0')
        return meta_set_damaged(error, "strings do not start and end with NUL");
    return true;
}

bool meta_read_tables(struct meta *meta, struct bytes section, struct error *error)
{
    return meta_slice(meta, section, error) && meta_check_names(meta, section.size, error) &&
           meta_check_symbols(meta, error) && meta_check_slots(meta, error) &&
           meta_check_probes(meta, error) && meta_check_build(meta, error) &&
           meta_check_packages(meta, error) && meta_check_files(meta, error) &&
           meta_check_shared(meta, error) && meta_check_interfaces(meta, error) &&
           meta_check_infos(meta, error) && meta_check_imports(meta, error);
}

bool meta_view(struct meta *meta, struct bytes section, struct error *error)
{
    if (!meta_read_start(meta, section, error) || !meta_slice(meta, section, error))
        return false;
    uint32_t slots = meta->header.slots.count;
    if (!slots || (slots & (slots - 1)) != 0)
        return meta_set_damaged(error, "slots do not match the symbols");
    meta->lasting_strings = meta->strings.size;
    meta_drop_imports(meta);
    return meta_check_build(meta, error) && meta_check_packages(meta, error) &&
           meta_check_files(meta, error) && meta_check_shared(meta, error) &&
           meta_check_interfaces(meta, error) && meta_check_infos(meta, error);
}

static bool meta_check_interface_types(const struct meta *meta, const struct btf *btf,
                                       struct error *error)
{
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++) {
        uint32_t type = raw_interface(meta, i).type;
        if (type >= btf->count || (type && btf_unqualified(btf, type).type.kind != BTF_STRUCT))
            return meta_set_damaged(error, "invalid interface entry");
    }
    for (uint32_t i = 0; i < meta->header.members.count; i++) {
        uint32_t type = raw_member(meta, i).type;
        if (type >= btf->count || btf_unqualified(btf, type).type.kind != BTF_PTR)
            return meta_set_damaged(error, "invalid entry of an interface's member");
    }
    return true;
}

bool meta_check_types(const struct meta *meta, const struct btf *btf, struct error *error)
{
    const struct format_header *header = &meta->header;
    for (uint32_t i = 0; i < header->symbols.count; i++) {
        struct format_symbol symbol = raw_symbol(meta, i);
        if (!meta_is_symbol_type(btf, symbol.type, symbol.kind))
            return meta_set_damaged(error, "invalid symbol entry");
    }
    for (uint32_t i = 0; i < header->probes.count; i++)
        if (raw_probe(meta, i).type >= btf->count)
            return meta_set_damaged(error, "invalid probe entry");
    for (uint32_t i = 0; i < header->shared.count; i++) {
        struct format_shared shared = raw_shared(meta, i);
        if (!meta_is_symbol_type(btf, shared.type, shared.kind))
            return meta_set_damaged(error, "invalid shared symbol entry");
    }
    for (uint32_t i = 0; i < header->imports.count; i++) {
        struct format_import import = raw_import(meta, i);
        if (!meta_is_symbol_type(btf, import.type, import.kind))
            return meta_set_damaged(error, "invalid import entry");
    }
    return meta_check_interface_types(meta, btf, error);
}
