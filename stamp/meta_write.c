/* Writes the `.plugin` section: src/format.h is its layout. */
#include "../src/hash.h"
#include "internal.h"

#include <stdlib.h>

/* The section while it is put together: tables first, strings collected beside them. */
struct section {
    struct text bytes, strings;
};

static uint32_t add_string(struct section *section, const char *string)
{
    uint32_t offset = (uint32_t)section->strings.length;
    text_add_bytes(&section->strings, string, strlen(string) + 1);
    return offset;
}

/* Starts a table at a multiple of 8. */
static struct format_table start_table(struct section *section, size_t count)
{
    static const char zeros[8];
    text_add_bytes(&section->bytes, zeros, (8 - section->bytes.length % 8) % 8);
    return (struct format_table){(uint32_t)section->bytes.length, (uint32_t)count};
}

static void add_symbols(struct section *section, const struct stamp *stamp,
                        struct format_header *header)
{
    header->symbols = start_table(section, stamp->symbol_count);
    for (size_t i = 0; i < stamp->symbol_count; i++) {
        const struct stamp_symbol *symbol = &stamp->symbols[i];
        struct format_symbol raw = {.address = symbol->address,
                                    .name = add_string(section, symbol->name),
                                    .type = symbol->match ? symbol->type : 0,
                                    .kind = symbol->kind};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
}

static bool add_slots(struct section *section, const struct stamp *stamp,
                      struct format_header *header)
{
    size_t count = 2;
    while (count < stamp->symbol_count * 2)
        count *= 2;
    struct format_slot *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < stamp->symbol_count; i++) {
        uint32_t hash = hash_name(stamp->symbols[i].name);
        size_t at = hash & (count - 1);
        while (slots[at].symbol)
            at = (at + 1) & (count - 1);
        slots[at] = (struct format_slot){hash, (uint32_t)i + 1};
    }
    header->slots = start_table(section, count);
    text_add_bytes(&section->bytes, (const char *)slots, count * sizeof *slots);
    free(slots);
    return true;
}

static void add_probes(struct section *section, const struct stamp *stamp,
                       struct format_header *header)
{
    header->probes = start_table(section, stamp->probe_count);
    for (size_t i = 0; i < stamp->probe_count; i++) {
        struct format_probe raw = {.address = stamp->probes[i].address,
                                   .type = stamp->probes[i].type};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
}

static void add_build(struct section *section, const struct stamp *stamp,
                      struct format_header *header)
{
    header->constructors = start_table(section, stamp->constructor_count);
    for (size_t i = 0; i < stamp->constructor_count; i++) {
        struct format_constructor raw = {.address = stamp->constructors[i].address,
                                         .name = add_string(section, stamp->constructors[i].name)};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
    header->compilers = start_table(section, stamp->compiler_count);
    for (size_t i = 0; i < stamp->compiler_count; i++) {
        struct format_compiler raw = {add_string(section, stamp->compilers[i].name),
                                      add_string(section, stamp->compilers[i].flags)};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
}

static void add_shared(struct section *section, const struct stamp *stamp,
                       struct format_header *header)
{
    header->shared = start_table(section, stamp->shared_count);
    for (size_t i = 0; i < stamp->shared_count; i++) {
        const struct stamp_symbol *symbol = &stamp->shared[i];
        struct format_shared raw = {.address = symbol->address,
                                    .name = add_string(section, symbol->name),
                                    .type = symbol->match ? symbol->type : 0,
                                    .kind = symbol->kind,
                                    .package = symbol->package - 1};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
}

static void add_imports(struct section *section, const struct stamp *stamp,
                        struct format_header *header)
{
    header->imports = start_table(section, stamp->uses.import_count);
    for (size_t i = 0; i < stamp->uses.import_count; i++) {
        const struct stamp_import *import = &stamp->uses.imports[i];
        struct format_import raw = {
            .name = add_string(section, import->name),
            .type = import->type,
            .kind = import->kind,
            .flags = import->flags,
            .package = import->package,
            .library = *import->library ? add_string(section, import->library) : 0};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
}

static void add_packages(struct section *section, const struct stamp *stamp,
                         struct format_header *header)
{
    header->packages = start_table(section, stamp->packages.count);
    for (size_t i = 0; i < stamp->packages.count; i++) {
        const struct stamp_package *package = &stamp->packages.items[i];
        struct format_package raw = {.fingerprint = package->fingerprint,
                                     .path = add_string(section, package->path),
                                     .dependencies = package->dependencies,
                                     .dependency_count = package->dependency_count,
                                     .inits = package->inits,
                                     .init_count = package->init_count,
                                     .sources = package->sources,
                                     .source_count = package->source_count};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
}

/* What the packages name parts of. */
static void add_parts(struct section *section, const struct stamp *stamp,
                      struct format_header *header)
{
    const struct stamp_packages *packages = &stamp->packages;
    header->dependencies = start_table(section, packages->dependency_count);
    for (size_t i = 0; i < packages->dependency_count; i++) {
        struct format_dependency raw = {add_string(section, packages->dependencies[i].path),
                                        packages->dependencies[i].package};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
    header->inits = start_table(section, packages->init_count);
    for (size_t i = 0; i < packages->init_count; i++) {
        struct format_init raw = {.address = packages->inits[i].address,
                                  .file = add_string(section, packages->inits[i].file),
                                  .line = packages->inits[i].line};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
    header->sources = start_table(section, packages->source_count);
    for (size_t i = 0; i < packages->source_count; i++) {
        struct format_source raw = {.hash = packages->sources[i].hash,
                                    .name = add_string(section, packages->sources[i].name)};
        text_add_bytes(&section->bytes, (const char *)&raw, sizeof raw);
    }
}

/* Puts the strings behind the tables, and the header, with its checksum, before them. */
static void finish(struct section *section, struct bytes btf, struct format_header *header)
{
    header->strings = start_table(section, section->strings.length);
    text_add_bytes(&section->bytes, text_chars(&section->strings), section->strings.length);
    section->bytes.failed |= section->strings.failed;
    if (section->bytes.failed)
        return;
    header->size = (uint32_t)section->bytes.length;
    uint64_t checksum = hash_bytes(HASH_START, header, sizeof *header);
    checksum = hash_bytes(checksum, section->bytes.chars + sizeof *header,
                          section->bytes.length - sizeof *header);
    header->checksum = hash_bytes(checksum, btf.data, btf.size);
    memcpy(section->bytes.chars, header, sizeof *header);
}

bool stamp_write_meta(const struct stamp *stamp, struct bytes btf, void **meta, size_t *size,
                      struct error *error)
{
    struct section section = {.bytes = {.limit = UINT32_MAX}, .strings = {.limit = UINT32_MAX}};
    struct format_header header = {
        .magic = FORMAT_MAGIC,
        .version = FORMAT_VERSION,
        .content = stamp->content,
        .kind = stamp->is_executable ? FORMAT_EXECUTABLE : FORMAT_SHARED_LIBRARY,
        .sanitizers = stamp->sanitizers,
    };
    text_add_bytes(&section.bytes, (const char *)&header, sizeof header);
    add_string(&section, "");
    add_symbols(&section, stamp, &header);
    bool has_slots = add_slots(&section, stamp, &header);
    add_probes(&section, stamp, &header);
    add_build(&section, stamp, &header);
    add_shared(&section, stamp, &header);
    add_imports(&section, stamp, &header);
    add_packages(&section, stamp, &header);
    add_parts(&section, stamp, &header);
    finish(&section, btf, &header);
    text_free(&section.strings);
    if (!has_slots || section.bytes.failed) {
        text_free(&section.bytes);
        return error_set_no_memory(error);
    }
    *meta = section.bytes.chars;
    *size = section.bytes.length;
    return true;
}
