/* SPDX-License-Identifier: MIT */
/* Writes the `.plugin` section (src/format/format.h). */
#include "sections/sections_p.h"
#include "src/base/hash.h"
#include "src/format/meta_writer.h"
#include "types/type_hash.h"

static uint64_t symbol_hash(struct type_hashes *hashes, uint32_t type)
{
    return type ? type_hash_of_symbol(hashes, type) : 0;
}

static void meta_add_symbols(struct meta_writer *writer, const struct stamp *stamp,
                             struct type_hashes *hashes)
{
    writer->header.symbols = meta_writer_table(writer, stamp->symbol_count);
    for (size_t i = 0; i < stamp->symbol_count; i++) {
        const struct stamp_symbol *symbol = &stamp->symbols[i];
        uint32_t type = symbol->match ? symbol->type : 0;
        struct format_symbol raw = {.address = stamp->is_built_in ? 0 : symbol->address,
                                    .hash = symbol_hash(hashes, type),
                                    .name = meta_writer_string(writer, symbol->name),
                                    .type = type,
                                    .kind = symbol->kind};
        meta_writer_symbol(writer, &raw);
    }
    meta_writer_slots(writer);
}

static void meta_add_probes(struct meta_writer *writer, const struct stamp *stamp,
                            struct type_hashes *hashes)
{
    /* The probes of a built-in plugin belong to its program. */
    size_t count = stamp->is_built_in ? 0 : stamp->probe_count;
    writer->header.probes = meta_writer_table(writer, count);
    for (size_t i = 0; i < count; i++) {
        struct format_probe raw = {.address = stamp->probes[i].address,
                                   .hash = stamp->probes[i].is_interface
                                               ? 0
                                               : type_hash_of_target(hashes, stamp->probes[i].type),
                                   .type = stamp->probes[i].type,
                                   .interface = stamp->probes[i].interface};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

static void meta_add_interfaces(struct meta_writer *writer, const struct stamp *stamp,
                                struct type_hashes *hashes)
{
    const struct stamp_interfaces *interfaces = &stamp->interfaces;
    writer->header.interfaces = meta_writer_table(writer, interfaces->count);
    for (size_t i = 0; i < interfaces->count; i++) {
        const struct stamp_interface *interface = &interfaces->items[i];
        struct format_interface raw = {.name = meta_writer_string(writer, interface->name),
                                       .type = interface->type,
                                       .kind = interface->kind,
                                       .size = interface->size,
                                       .members = (uint32_t)interface->first_member,
                                       .member_count = (uint32_t)interface->member_count};
        meta_writer_item(writer, &raw, sizeof raw);
    }
    writer->header.members = meta_writer_table(writer, interfaces->member_count);
    for (size_t i = 0; i < interfaces->member_count; i++) {
        const struct stamp_member *member = &interfaces->members[i];
        struct format_member raw = {.hash = type_hash_of_target(hashes, member->type),
                                    .symbol = meta_writer_string(writer, member->symbol),
                                    .type = member->type,
                                    .offset = member->offset,
                                    .flags = member->is_optional ? FORMAT_MEMBER_OPTIONAL : 0};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

static void meta_add_build(struct meta_writer *writer, const struct stamp *stamp)
{
    writer->header.constructors = meta_writer_table(writer, stamp->constructor_count);
    for (size_t i = 0; i < stamp->constructor_count; i++) {
        struct format_constructor raw = {
            .address = stamp->is_built_in ? 0 : stamp->constructors[i].address,
            .name = meta_writer_string(writer, stamp->constructors[i].name)};
        meta_writer_item(writer, &raw, sizeof raw);
    }
    writer->header.compilers = meta_writer_table(writer, stamp->compiler_count);
    for (size_t i = 0; i < stamp->compiler_count; i++) {
        struct format_compiler raw = {meta_writer_string(writer, stamp->compilers[i].name),
                                      meta_writer_string(writer, stamp->compilers[i].flags)};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

static void meta_add_shared(struct meta_writer *writer, const struct stamp *stamp,
                            struct type_hashes *hashes)
{
    writer->header.shared = meta_writer_table(writer, stamp->shared_count);
    for (size_t i = 0; i < stamp->shared_count; i++) {
        const struct stamp_symbol *symbol = &stamp->shared[i];
        uint32_t type = symbol->match ? symbol->type : 0;
        struct format_shared raw = {.address = stamp->is_built_in ? 0 : symbol->address,
                                    .hash = symbol_hash(hashes, type),
                                    .name = meta_writer_string(writer, symbol->name),
                                    .type = type,
                                    .kind = symbol->kind,
                                    .package = symbol->package - 1};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

/* The libraries that imports named last. Most modules need fewer with symbol versions. */
struct library_names {
    const char *libraries[8];
    uint32_t names[8]; /* of each, its string */
    unsigned count;    /* of all that there were */
};

/* Returns the string of a library's name; 0 for none. */
static uint32_t library_names_get(struct library_names *known, struct meta_writer *writer,
                                  const char *library)
{
    if (!*library)
        return 0;
    for (unsigned i = 0; i < 8 && i < known->count; i++)
        if (!strcmp(known->libraries[i], library))
            return known->names[i];
    unsigned added = known->count++ % 8;
    known->libraries[added] = library;
    return known->names[added] = meta_writer_string(writer, library);
}

static void meta_add_imports(struct meta_writer *writer, const struct stamp *stamp,
                             struct type_hashes *hashes)
{
    writer->header.imports = meta_writer_table(writer, stamp->uses.import_count);
    struct library_names libraries = {0};
    for (size_t i = 0; i < stamp->uses.import_count; i++) {
        const struct stamp_import *import = &stamp->uses.imports[i];
        uint32_t library = library_names_get(&libraries, writer, import->library);
        struct format_import raw = {.hash = symbol_hash(hashes, import->type),
                                    .name = meta_writer_string(writer, import->name),
                                    .type = import->type,
                                    .kind = import->kind,
                                    .flags = import->flags,
                                    .package = import->package,
                                    .library = library,
                                    .symbol = stamp->is_built_in ? 0 : import->symbol,
                                    .name_hash = hash_name(import->name)};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

static void meta_add_packages(struct meta_writer *writer, const struct stamp *stamp)
{
    writer->header.packages = meta_writer_table(writer, stamp->packages.count);
    for (size_t i = 0; i < stamp->packages.count; i++) {
        const struct stamp_package *package = &stamp->packages.items[i];
        struct format_package raw = {.fingerprint = package->fingerprint,
                                     .path = meta_writer_string(writer, package->path),
                                     .dependencies = package->dependencies,
                                     .dependency_count = package->dependency_count,
                                     .inits = package->inits,
                                     .init_count = package->init_count,
                                     .sources = package->sources,
                                     .source_count = package->source_count};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

/* Returns how many inits of the same package have an earlier record. */
static uint64_t init_record_number(const struct stamp_packages *packages, size_t index)
{
    const struct stamp_init *own = &packages->inits.items[index];
    uint64_t number = 0;
    for (size_t i = 0; i < packages->inits.count; i++)
        number += packages->inits.items[i].package == own->package &&
                  packages->inits.items[i].record < own->record;
    return number;
}

/* Adds the tables of which each package has a part. */
static void meta_add_package_tables(struct meta_writer *writer, const struct stamp *stamp)
{
    const struct stamp_packages *packages = &stamp->packages;
    writer->header.dependencies = meta_writer_table(writer, packages->dependency_count);
    for (size_t i = 0; i < packages->dependency_count; i++) {
        struct format_dependency raw = {meta_writer_string(writer, packages->dependencies[i].path),
                                        packages->dependencies[i].package};
        meta_writer_item(writer, &raw, sizeof raw);
    }
    writer->header.inits = meta_writer_table(writer, packages->inits.count);
    for (size_t i = 0; i < packages->inits.count; i++) {
        struct format_init raw = {.address = stamp->is_built_in ? init_record_number(packages, i)
                                                                : packages->inits.items[i].address,
                                  .file = meta_writer_string(writer, packages->inits.items[i].file),
                                  .line = packages->inits.items[i].line};
        meta_writer_item(writer, &raw, sizeof raw);
    }
    writer->header.sources = meta_writer_table(writer, packages->source_count);
    for (size_t i = 0; i < packages->source_count; i++) {
        struct format_source raw = {.hash = packages->sources[i].hash,
                                    .name = meta_writer_string(writer, packages->sources[i].name)};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

static void meta_add_infos(struct meta_writer *writer, const struct stamp *stamp)
{
    const struct stamp_inits *retires = &stamp->packages.retires;
    writer->header.infos = meta_writer_table(writer, stamp->info_count);
    for (size_t i = 0; i < stamp->info_count; i++) {
        struct format_info raw = {meta_writer_string(writer, stamp->infos[i].key),
                                  meta_writer_string(writer, stamp->infos[i].value)};
        meta_writer_item(writer, &raw, sizeof raw);
    }
    writer->header.retires = meta_writer_table(writer, retires->count);
    for (size_t i = 0; i < retires->count; i++) {
        struct format_retire raw = {.address = retires->items[i].address,
                                    .file = meta_writer_string(writer, retires->items[i].file),
                                    .line = retires->items[i].line};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

/* The oldest version that has what the module has. */
static uint32_t meta_version(const struct stamp *stamp, const struct packed_types *packed)
{
    return packed->bytes.size                                   ? FORMAT_VERSION
           : stamp->info_count || stamp->packages.retires.count ? FORMAT_VERSION_6
           : stamp->interfaces.count                            ? FORMAT_VERSION_5
                                                                : FORMAT_VERSION_4;
}

static bool meta_write_tables(const struct stamp *stamp, struct type_hashes *hashes,
                              struct bytes btf, const struct packed_types *packed,
                              struct bytes *section, struct error *error)
{
    struct meta_writer writer;
    meta_writer_init(&writer, stamp->is_executable ? FORMAT_EXECUTABLE : FORMAT_SHARED_LIBRARY,
                     stamp->content);
    writer.header.sanitizers = stamp->sanitizers;
    meta_writer_set_version(&writer, meta_version(stamp, packed));
    writer.types = packed->bytes;
    writer.header.types_inflated = packed->inflated_size;
    meta_add_symbols(&writer, stamp, hashes);
    meta_add_probes(&writer, stamp, hashes);
    meta_add_build(&writer, stamp);
    meta_add_shared(&writer, stamp, hashes);
    meta_add_packages(&writer, stamp);
    meta_add_package_tables(&writer, stamp);
    if (writer.header.version >= FORMAT_VERSION_5)
        meta_add_interfaces(&writer, stamp, hashes);
    if (writer.header.version >= FORMAT_VERSION_6)
        meta_add_infos(&writer, stamp);
    /* Last, with their names: only the judgement needs them. */
    meta_add_imports(&writer, stamp, hashes);
    writer.bytes.failed |= type_hashes_failed(hashes);
    return meta_writer_finish(&writer, btf, section, error);
}

bool stamp_write_meta(const struct stamp *stamp, struct bytes btf,
                      const struct packed_types *packed, struct bytes *meta, struct error *error)
{
    struct btf types;
    if (!btf_read(&types, btf, stamp->pointer_size, error))
        return error_prefix_damaged(error);
    struct type_hashes *hashes = type_hashes_new(&types, error);
    bool done = hashes && meta_write_tables(stamp, hashes, btf, packed, meta, error);
    type_hashes_free(hashes);
    btf_deinit(&types);
    return done;
}
