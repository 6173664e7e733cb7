/* SPDX-License-Identifier: MIT */
/* The reader of the plugins that are linked into a program. */
#include "module/bundle.h"

static bool bundle_set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "its built-in plugins are damaged: %s; link it again", what);
}

/* The version tells whether the command and the library that the program was linked with agree. */
static bool bundle_check_version(uint32_t version, struct error *error)
{
    return version == FORMAT_BUILT_IN_VERSION ||
           error_set(error, PLUGIN_UNSUPPORTED,
                     "its built-in plugins have format version %u, but this library supports "
                     "version %u only; build them and the program with one `plugin` command",
                     version, FORMAT_BUILT_IN_VERSION);
}

bool bundle_read(struct bundle *bundle, struct bytes table, struct error *error)
{
    struct format_bundle *header = &bundle->header;
    if (table.size < sizeof *header)
        return bundle_set_damaged(error, "the table is truncated");
    memcpy(header, table.data, sizeof *header);
    if (header->magic != FORMAT_BUNDLE_MAGIC)
        return bundle_set_damaged(error, "the table has a bad magic number");
    if (!bundle_check_version(header->version, error))
        return false;
    uint64_t size = sizeof *header + (uint64_t)header->count * sizeof(struct format_bundled) +
                    (uint64_t)header->part_count * sizeof(int64_t);
    if (!bytes_slice(table, 0, size, 1, &bundle->table))
        return bundle_set_damaged(error, "the table is truncated");
    for (uint32_t i = 0; i < header->count; i++) {
        struct format_bundled bundled = bundle_plugin(bundle, i);
        if (!range_is_within(bundled.parts, bundled.part_count, 1, header->part_count))
            return bundle_set_damaged(error, "a package lies outside the table");
    }
    return true;
}

struct format_bundled bundle_plugin(const struct bundle *bundle, uint32_t index)
{
    struct format_bundled bundled;
    memcpy(&bundled, bundle->table.data + sizeof bundle->header + index * sizeof bundled,
           sizeof bundled);
    return bundled;
}

int64_t bundle_part(const struct bundle *bundle, const struct format_bundled *bundled,
                    uint32_t package)
{
    int64_t distance;
    if (package >= bundled->part_count)
        return 0;
    memcpy(&distance,
           bundle->table.data + sizeof bundle->header +
               bundle->header.count * sizeof(struct format_bundled) +
               (bundled->parts + package) * sizeof distance,
           sizeof distance);
    return distance;
}

bool built_in_read(struct built_in *built_in, struct bytes bytes, struct error *error)
{
    struct format_built_in header;
    if (bytes.size < sizeof header)
        return bundle_set_damaged(error, "a plugin is truncated");
    memcpy(&header, bytes.data, sizeof header);
    if (header.magic != FORMAT_BUILT_IN_MAGIC)
        return bundle_set_damaged(error, "a plugin has a bad magic number");
    if (!bundle_check_version(header.version, error))
        return false;
    *built_in = (struct built_in){0};
    if (!bytes_slice(bytes, 0, header.size, 1, &built_in->bytes) ||
        !(built_in->name = bytes_string(built_in->bytes, header.name)) ||
        !bytes_slice(built_in->bytes, header.meta, header.meta_size, 1, &built_in->meta) ||
        !bytes_slice(built_in->bytes, header.btf, header.btf_size, 1, &built_in->btf))
        return bundle_set_damaged(error, "a plugin is truncated");
    return true;
}

bool built_in_read_module(struct module *module, const struct built_in *built_in,
                          uint32_t pointer_size, struct error *error)
{
    *module = (struct module){.is_stamped = true,
                              .is_lasting = true,
                              .types_section = built_in->btf,
                              .pointer_size = pointer_size};
    if (meta_read_start(&module->meta, built_in->meta, error) &&
        meta_read_tables(&module->meta, built_in->meta, error))
        return true;
    module_deinit(module);
    return false;
}

uint32_t built_in_part_count(const struct meta *meta)
{
    uint32_t count = meta->header.packages.count;
    bool has_main = count && !strcmp(meta_package(meta, count - 1).path, META_MAIN);
    return has_main ? count - 1 : count;
}
