/* SPDX-License-Identifier: MIT */
/* Reading the tables of a module that the dynamic section locates. */
#include "module/module.h"

#include <elf.h>
#include <inttypes.h>

/* The dynamic section says where each table starts, and the section header how long it is. */
static const struct table_kind {
    int64_t tag;
    const char *name;
    uint32_t section_type;
    size_t place; /* in struct dynamic_tables */
} table_kinds[] = {
    {DT_SYMTAB, "DT_SYMTAB", SHT_DYNSYM, offsetof(struct dynamic_tables, symbols)},
    {DT_STRTAB, "DT_STRTAB", SHT_STRTAB, offsetof(struct dynamic_tables, strings)},
    {DT_VERSYM, "DT_VERSYM", SHT_GNU_versym, offsetof(struct dynamic_tables, versions)},
    {DT_VERNEED, "DT_VERNEED", SHT_GNU_verneed, offsetof(struct dynamic_tables, wanted)},
    {DT_VERDEF, "DT_VERDEF", SHT_GNU_verdef, offsetof(struct dynamic_tables, defined)},
    {DT_GNU_HASH, "DT_GNU_HASH", SHT_GNU_HASH, offsetof(struct dynamic_tables, hash)},
};
enum {
    TABLE_KINDS = sizeof table_kinds / sizeof *table_kinds,
    TABLE_KINDS_REQUIRED = TABLE_KINDS - 1 /* an index of our own can replace the last one */
};

static bool tables_set_damaged(struct error *error, const char *table, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its dynamic section is damaged: %s %s", table,
                     what);
}

static bool tables_has_type(uint32_t section_type)
{
    for (size_t i = 0; i < TABLE_KINDS_REQUIRED; i++)
        if (table_kinds[i].section_type == section_type)
            return true;
    return false;
}

/* Does the dynamic loader map this part of the file, readable, at this address? */
static bool elf_maps(const struct elf *elf, uint64_t address, struct elf_part part)
{
    ERROR_AUTO ignored = {0};
    bool is_mapped = false;
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        if (elf_segment_type(elf, i) != PT_LOAD)
            continue;
        if (!elf_segment(elf, i, &segment, &ignored))
            return false;
        if (address < segment.address ||
            !range_is_within(address - segment.address, part.size, 1, segment.part.size))
            continue;
        /* A later segment is mapped over an earlier one. */
        is_mapped = (segment.flags & PF_R) &&
                    part.offset == segment.part.offset + (address - segment.address);
    }
    return is_mapped;
}

/* Where the tables are in the file. */
struct table_parts {
    size_t count; /* kinds that are looked for */
    struct dynamic_entry entries[TABLE_KINDS];
    struct elf_part parts[TABLE_KINDS];
    bool is_there[TABLE_KINDS];
};

/* Takes the section if it is a table that the dynamic section locates. */
static bool parts_take_section(struct table_parts *parts, const struct elf *elf,
                               const struct elf_section *section, struct error *error)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (section->type != table_kinds[i].section_type || !parts->entries[i].is_found ||
            parts->is_there[i] || section->address != parts->entries[i].value ||
            !(section->flags & SHF_ALLOC))
            continue;
        if (elf_maps(elf, section->address, section->part)) {
            parts->parts[i] = section->part;
            parts->is_there[i] = true;
        } else if (i < TABLE_KINDS_REQUIRED) {
            return tables_set_damaged(error, table_kinds[i].name,
                                      "is not mapped by a readable PT_LOAD segment");
        }
    }
    return true;
}

/* Takes the hash table, unless its header is damaged. Of a stamped module, the stamp tells nearly
 * all that is looked for, and most are small: an index costs less. */
static void parts_take_hash(struct table_parts *parts, const struct elf *elf, size_t number)
{
    ERROR_AUTO ignored = {0};
    struct elf_section section;
    if (parts->count == TABLE_KINDS && elf_section(elf, number, &section, &ignored))
        parts_take_section(parts, elf, &section, &ignored);
}

static bool parts_find(struct table_parts *parts, const struct module *module, struct error *error)
{
    const struct elf *elf = &module->elf;
    struct elf unnamed = *elf; /* so that elf_section checks no names */
    unnamed.names = (struct bytes){NULL, 0};
    parts->count = module->is_stamped ? TABLE_KINDS_REQUIRED : TABLE_KINDS;
    for (size_t i = 0; i < parts->count; i++)
        parts->entries[i].tag = table_kinds[i].tag;
    dynamic_find_entries(elf, module->dynamic, parts->entries, parts->count);
    for (size_t i = 0; i < elf->section_count; i++) {
        struct elf_section section;
        uint32_t type = elf_section_type(elf, i);
        if (type == SHT_GNU_HASH)
            parts_take_hash(parts, &unnamed, i);
        else if (tables_has_type(type) && (!elf_section(&unnamed, i, &section, error) ||
                                           !parts_take_section(parts, elf, &section, error)))
            return false;
    }
    for (size_t i = 0; i < TABLE_KINDS_REQUIRED; i++)
        if (parts->entries[i].is_found && !parts->is_there[i])
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "its dynamic section is damaged: %s is %#" PRIx64
                             ", but no section of its type starts there",
                             table_kinds[i].name, parts->entries[i].value);
    return true;
}

/* Reads this part of the file, and sets the tables that lie in it. */
static bool tables_read_part(struct dynamic_tables *tables, const struct table_parts *parts,
                             struct elf_part whole, const struct file *file, struct arena *arena,
                             struct error *error)
{
    uint8_t *bytes = arena_alloc(arena, (size_t)whole.size);
    if (!bytes)
        return error_set_no_memory(error);
    if (!file_read(file, whole.offset, (size_t)whole.size, bytes, error))
        return false;
    for (size_t i = 0; i < parts->count; i++) {
        struct elf_part part = parts->parts[i];
        struct bytes *table = (struct bytes *)(void *)((char *)tables + table_kinds[i].place);
        if (parts->is_there[i] && part.offset >= whole.offset &&
            range_is_within(part.offset - whole.offset, part.size, 1, whole.size))
            *table = (struct bytes){bytes + (part.offset - whole.offset), (size_t)part.size};
    }
    return true;
}

/* Linkers place the tables next to each other: one system call reads them all. */
static bool tables_read(struct dynamic_tables *tables, const struct module *module,
                        const struct file *file, struct arena *arena, struct error *error)
{
    enum { GAPS_MAX = 4096 };
    struct table_parts parts = {0};
    uint64_t start = UINT64_MAX, end = 0, sum = 0;
    if (!parts_find(&parts, module, error))
        return false;
    for (size_t i = 0; i < parts.count; i++) {
        struct elf_part part = parts.parts[i];
        if (!parts.is_there[i])
            continue;
        start = part.offset < start ? part.offset : start;
        end = part.offset + part.size > end ? part.offset + part.size : end;
        sum += part.size;
    }
    if (start < end && end - start <= sum + GAPS_MAX)
        return tables_read_part(tables, &parts, (struct elf_part){start, end - start}, file, arena,
                                error);
    for (size_t i = 0; i < parts.count; i++)
        if (parts.is_there[i] &&
            !tables_read_part(tables, &parts, parts.parts[i], file, arena, error))
            return false;
    return true;
}

bool module_read_dynamic(struct dynamic *dynamic, const struct module *module,
                         const struct file *file, struct arena *arena, struct error *error)
{
    const struct elf *elf = &module->elf;
    if (module->read_dynamic) {
        *dynamic = *module->read_dynamic;
        return true;
    }
    *dynamic = (struct dynamic){0};
    struct dynamic_tables *tables = &dynamic->tables;
    if (!module->dynamic.data)
        return dynamic_read(dynamic, elf, tables, arena, error);
    if (!module->dynamic.size || !elf_maps(elf, module->dynamic_address, module->dynamic_part))
        return tables_set_damaged(error, "it", "is not mapped by a readable PT_LOAD segment");
    if (!elf->section_count)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it has no section headers, which locate its dynamic symbols");
    tables->entries = module->dynamic;
    return tables_read(tables, module, file, arena, error) &&
           dynamic_read(dynamic, elf, tables, arena, error);
}
