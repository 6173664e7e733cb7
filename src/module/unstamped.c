/* SPDX-License-Identifier: MIT */
/* A stamp for a shared library that has none. */
#include "module/unstamped.h"

#include "base/hash.h"
#include "format/meta_writer.h"
#include "module/content.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* A `.BTF` section without types: a header, and the empty string. */
struct no_types {
    uint16_t magic;
    uint8_t version, flags;
    uint32_t header_size, types_offset, types_size, strings_offset, strings_size;
    char strings[4];
};

/* A dynamic symbol that the module exports or imports. */
struct entry {
    struct dynamic_symbol symbol;
    uint32_t number;
};

/* Returns the kind of a symbol that has an address to look up; 0: it has none. */
static uint32_t kind_of(const struct dynamic_symbol *symbol)
{
    switch (symbol->type) {
    case STT_FUNC:
        return FORMAT_FUNCTION;
    case STT_OBJECT:
    case STT_COMMON:
        return FORMAT_VARIABLE;
    case STT_TLS:
        return FORMAT_THREAD_LOCAL;
    case STT_GNU_IFUNC:
        return FORMAT_INDIRECT;
    default:
        return 0;
    }
}

static int entry_by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->symbol.name, y->symbol.name);
    return order ? order : x->number < y->number ? -1 : x->number > y->number;
}

/* Returns the module's exports or imports, sorted, in the arena. Of several exports of one name,
 * the first stays; several imports are of several versions. */
static struct entry *collect(const struct dynamic *dynamic, bool is_import, struct arena *arena,
                             uint32_t *count)
{
    struct entry *entries = arena_alloc(arena, dynamic->symbol_count * sizeof *entries);
    uint32_t found = 0, kept = 0;
    for (uint32_t i = 1; entries && i < dynamic->symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(dynamic, i);
        bool is_wanted = is_import ? symbol.is_wanted
                                   : symbol.is_defined && symbol.is_default && kind_of(&symbol);
        if (is_wanted && *symbol.name)
            entries[found++] = (struct entry){symbol, i};
    }
    if (found)
        qsort(entries, found, sizeof *entries, entry_by_name);
    for (uint32_t i = 0; i < found; i++)
        if (is_import || !kept || strcmp(entries[kept - 1].symbol.name, entries[i].symbol.name))
            entries[kept++] = entries[i];
    *count = kept;
    return entries;
}

static void write_symbols(struct meta_writer *writer, const struct entry *entries, uint32_t count)
{
    writer->header.symbols = meta_writer_table(writer, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct dynamic_symbol *symbol = &entries[i].symbol;
        struct format_symbol raw = {.address = symbol->address,
                                    .name = meta_writer_string(writer, symbol->name),
                                    .kind = kind_of(symbol)};
        meta_writer_symbol(writer, &raw);
    }
    meta_writer_slots(writer);
}

static void write_imports(struct meta_writer *writer, const struct entry *entries, uint32_t count)
{
    writer->header.imports = meta_writer_table(writer, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct dynamic_symbol *symbol = &entries[i].symbol;
        bool is_first = !i || strcmp(symbol->name, entries[i - 1].symbol.name) != 0;
        bool is_last = i + 1 == count || strcmp(symbol->name, entries[i + 1].symbol.name) != 0;
        struct format_import raw = {
            .name = meta_writer_string(writer, symbol->name),
            .flags = symbol->is_weak ? FORMAT_IMPORT_WEAK : 0,
            .library = symbol->library ? meta_writer_string(writer, symbol->library) : 0,
            .symbol = is_first && is_last ? entries[i].number : 0,
            .name_hash = hash_name(symbol->name)};
        meta_writer_item(writer, &raw, sizeof raw);
    }
}

/* Writes the section, in the order of format.h. */
static bool write_meta(const struct dynamic *dynamic, uint64_t content, struct bytes btf,
                       struct arena *arena, struct bytes *meta, struct error *error)
{
    struct meta_writer writer;
    struct format_header *header = &writer.header;
    uint32_t export_count, import_count;
    const struct entry *exports = collect(dynamic, false, arena, &export_count);
    const struct entry *imports = collect(dynamic, true, arena, &import_count);
    if (!exports || !imports)
        return error_set_no_memory(error);
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, content);
    write_symbols(&writer, exports, export_count);
    struct format_table *const empty[] = {
        &header->probes,   &header->constructors, &header->compilers, &header->shared,
        &header->packages, &header->dependencies, &header->inits,     &header->sources};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        *empty[i] = meta_writer_table(&writer, 0);
    write_imports(&writer, imports, import_count);
    return meta_writer_finish(&writer, btf, meta, error);
}

bool module_make_stamp(struct module *module, const struct file *file, struct arena *arena,
                       struct error *error)
{
    static const struct no_types no_types = {.magic = 0xEB9F,
                                             .version = 1,
                                             .header_size = offsetof(struct no_types, strings),
                                             .strings_size = 1};
    struct bytes btf = {(const uint8_t *)&no_types,
                        offsetof(struct no_types, strings) + no_types.strings_size};
    struct dynamic dynamic;
    struct bytes meta;
    uint64_t content;
    if (module->is_stamped || module->is_executable || module->is_go || module->elf.type != ET_DYN)
        return true;
    if (!module_read_dynamic(&dynamic, module, file, arena, error) ||
        !content_hash(module, file, &content, error) ||
        !write_meta(&dynamic, content, btf, arena, &meta, error))
        return false;
    module->is_untyped = true;
    return module_view_made_stamp(module, meta, btf, arena, error);
}
