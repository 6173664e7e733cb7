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
};
enum { TABLE_KINDS = sizeof table_kinds / sizeof *table_kinds };

static bool tables_set_damaged(struct error *error, const char *table, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its dynamic section is damaged: %s %s", table,
                     what);
}

static bool tables_has_type(uint32_t section_type)
{
    for (size_t i = 0; i < TABLE_KINDS; i++)
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

/* Reads the section if it is a table that the dynamic section locates. */
static bool tables_read_section(struct dynamic_tables *tables,
                                const struct dynamic_entry entries[TABLE_KINDS],
                                const struct elf *elf, const struct elf_section *section,
                                const struct file *file, struct arena *arena, struct error *error)
{
    for (size_t i = 0; i < TABLE_KINDS; i++) {
        struct bytes *table = (struct bytes *)(void *)((char *)tables + table_kinds[i].place);
        if (section->type != table_kinds[i].section_type || !entries[i].is_found || table->data ||
            section->address != entries[i].value || !(section->flags & SHF_ALLOC))
            continue;
        if (!elf_maps(elf, section->address, section->part))
            return tables_set_damaged(error, table_kinds[i].name,
                                      "is not mapped by a readable PT_LOAD segment");
        size_t size = (size_t)section->part.size;
        uint8_t *bytes = arena_alloc(arena, size);
        if (!bytes)
            return error_set_no_memory(error);
        *table = (struct bytes){bytes, size};
        if (!file_read(file, section->part.offset, size, bytes, error))
            return false;
    }
    return true;
}

static bool tables_read(struct dynamic_tables *tables, const struct elf *elf,
                        const struct file *file, struct arena *arena, struct error *error)
{
    struct dynamic_entry entries[TABLE_KINDS] = {{0}};
    struct elf unnamed = *elf; /* so that elf_section checks no names */
    unnamed.names = (struct bytes){NULL, 0};
    for (size_t i = 0; i < TABLE_KINDS; i++)
        entries[i].tag = table_kinds[i].tag;
    dynamic_find_entries(elf, tables->entries, entries, TABLE_KINDS);
    for (size_t i = 0; i < elf->section_count; i++) {
        struct elf_section section;
        if (tables_has_type(elf_section_type(elf, i)) &&
            (!elf_section(&unnamed, i, &section, error) ||
             !tables_read_section(tables, entries, elf, &section, file, arena, error)))
            return false;
    }
    for (size_t i = 0; i < TABLE_KINDS; i++) {
        const struct bytes *table =
            (const struct bytes *)(const void *)((const char *)tables + table_kinds[i].place);
        if (entries[i].is_found && !table->data)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "its dynamic section is damaged: %s is %#" PRIx64
                             ", but no section of its type starts there",
                             table_kinds[i].name, entries[i].value);
    }
    return true;
}

bool module_read_dynamic(struct dynamic *dynamic, const struct module *module,
                         const struct file *file, struct arena *arena, struct error *error)
{
    const struct elf *elf = &module->elf;
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
    return tables_read(tables, elf, file, arena, error) &&
           dynamic_read(dynamic, elf, tables, arena, error);
}
