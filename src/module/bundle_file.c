/* SPDX-License-Identifier: MIT */
/* Reading a program's built-in plugins from its file. */
#include "module/bundle_file.h"

#include <stdlib.h>

/* Reads a section's bytes, newly allocated. */
static bool bundle_file_read_section(const struct file *file, const struct elf_section *section,
                                     void **bytes, struct error *error)
{
    size_t size = (size_t)section->part.size;
    *bytes = malloc(size + 1);
    return *bytes ? file_read(file, section->part.offset, size, *bytes, error)
                  : error_set_no_memory(error);
}

static bool bundle_file_read_plugin(struct bundle_file *built_ins, uint32_t index,
                                    uint64_t bundle_address, struct bundle_section entries,
                                    uint32_t pointer_size, uint64_t *unread, struct error *error)
{
    struct bundle_file_plugin *item = &built_ins->plugins[index];
    struct bytes bytes = entries.bytes;
    struct built_in built_in;
    item->bundled = bundle_plugin(&built_ins->bundle, index);
    uint64_t offset = bundle_address + (uint64_t)item->bundled.built_in - entries.address;
    if (offset > bytes.size)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its built-in plugins are damaged: a plugin lies outside the section");
    bytes.data += offset;
    bytes.size -= (size_t)offset;
    if (!built_in_read(&built_in, bytes, error))
        return false;
    /* They must not overlap, so that the time to read all of them is linear in their section. */
    if (built_in.bytes.size > *unread)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its built-in plugins are damaged: plugins overlap");
    *unread -= built_in.bytes.size;
    if (!built_in_read_module(&item->module, &built_in, pointer_size, error))
        return false;
    item->name = built_in.name;
    built_ins->count = index + 1;
    return item->bundled.part_count == built_in_part_count(&item->module.meta) ||
           error_set(error, PLUGIN_NOT_PLUGIN,
                     "its built-in plugins are damaged: a plugin has a wrong number of parts");
}

bool bundle_file_view(struct bundle_file *built_ins, struct bundle_section table,
                      struct bundle_section entries, uint32_t pointer_size, struct error *error)
{
    if (!bundle_read(&built_ins->bundle, table.bytes, error))
        return false;
    uint32_t count = built_ins->bundle.header.count;
    built_ins->plugins = calloc((size_t)count + 1, sizeof *built_ins->plugins);
    if (!built_ins->plugins)
        return error_set_no_memory(error);
    uint64_t unread = entries.bytes.size;
    for (uint32_t i = 0; i < count; i++)
        if (!bundle_file_read_plugin(built_ins, i, table.address, entries, pointer_size, &unread,
                                     error))
            return false;
    return true;
}

bool bundle_file_read(struct bundle_file *built_ins, const struct module *module,
                      const struct file *file, struct error *error)
{
    const struct elf *elf = &module->elf;
    struct elf_section table, entries;
    bool has_table, has_entries;
    *built_ins = (struct bundle_file){0};
    if (!elf->section_count)
        return true;
    if (!elf_find_section(elf, FORMAT_BUNDLE_SECTION, &table, &has_table, error) ||
        !elf_find_section(elf, FORMAT_BUILT_IN_SECTION, &entries, &has_entries, error))
        return false;
    /* In a file of debug information (objcopy --only-keep-debug), the sections are empty. */
    if (!has_table || !has_entries || !table.part.size || !entries.part.size)
        return true;
    if (!bundle_file_read_section(file, &table, &built_ins->table, error) ||
        !bundle_file_read_section(file, &entries, &built_ins->entries, error))
        return false;
    return bundle_file_view(
        built_ins,
        (struct bundle_section){{built_ins->table, (size_t)table.part.size}, table.address},
        (struct bundle_section){{built_ins->entries, (size_t)entries.part.size}, entries.address},
        elf->is_64 ? 8 : 4, error);
}

bool bundle_file_has(const struct bundle_file *built_ins, uint32_t index, uint32_t package)
{
    return bundle_part(&built_ins->bundle, &built_ins->plugins[index].bundled, package) != 0;
}

const struct bundle_file_plugin *bundle_file_find_carrier(const struct bundle_file *built_ins,
                                                          const char *package)
{
    for (uint32_t i = 0; i < built_ins->count; i++) {
        uint32_t number;
        if (meta_find_package(&built_ins->plugins[i].module.meta, package, &number) &&
            bundle_file_has(built_ins, i, number))
            return &built_ins->plugins[i];
    }
    return NULL;
}

void bundle_file_free(struct bundle_file *built_ins)
{
    for (uint32_t i = 0; i < built_ins->count; i++)
        module_deinit(&built_ins->plugins[i].module);
    free(built_ins->plugins);
    free(built_ins->table);
    free(built_ins->entries);
    *built_ins = (struct bundle_file){0};
}
