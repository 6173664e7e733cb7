/* SPDX-License-Identifier: MIT */
/* The types of a module, which are read when they are needed. */
#include "module/module_types_p.h"

#include "base/hash.h"
#include "module/mapped_part_p.h"
#include "types/packed.h"

#include <stdlib.h>

/* Types whose bytes, unless they are at hand, are in a block of their own. */
struct read_types {
    struct btf types;
    uint8_t *block; /* NULL: at hand. Owned */
};

/* Copies types that stay in the file to the block. */
static bool read_types_copy(struct read_types *read, const struct module *module,
                            struct bytes *section, struct error *error)
{
    read->block = malloc(module->lazy.size);
    *section = (struct bytes){read->block, module->lazy.size};
    return read->block ? mapped_part_read(&module->lazy, read->block, error)
                       : error_set_no_memory(error);
}

/* Unpacks types to the block. */
static bool read_types_unpack(struct read_types *read, const struct module *module,
                              struct bytes *section, struct error *error)
{
    uint8_t *copy = read->block;
    const struct format_header *header = &module->meta.header;
    bool is_read = meta_has_types_checksum(&module->meta, *section, error) &&
                   packed_read(*section, header->types_inflated, section, error);
    read->block = is_read ? (uint8_t *)section->data : NULL;
    free(copy);
    return is_read;
}

/* Finds the `.BTF` of a module, and verifies its checksum unless that was done. */
static bool read_types_find(struct read_types *read, const struct module *module,
                            struct bytes *section, struct error *error)
{
    const struct meta *meta = &module->meta;
    struct bytes stamp = mapped_part_bytes(&module->stamp);
    *section = module->types_section;
    if (module->lazy.mapping && !read_types_copy(read, module, section, error))
        return false;
    if (module->stamp.mapping && !meta_has_checksum(meta, meta_checksum(stamp, *section), error))
        return false;
    if (meta_is_packed(meta))
        return read_types_unpack(read, module, section, error);
    return !read->block ||
           hash_many(module->checksum_start, section->data, section->size) ==
               meta->header.checksum ||
           error_set(error, PLUGIN_SYSTEM, "its file was modified after it was opened");
}

void module_free_types(struct btf *types)
{
    struct read_types *read = (struct read_types *)types; /* its first member */
    if (!read)
        return;
    btf_deinit(&read->types);
    free(read->block);
    free(read);
}

/* Returns the types; NULL with the error set. */
static struct btf *module_read_types(const struct module *module, struct error *error)
{
    struct bytes section;
    struct read_types *read = calloc(1, sizeof *read);
    if (!read) {
        error_set_no_memory(error);
        return NULL;
    }
    if (read_types_find(read, module, &section, error) &&
        btf_read(&read->types, section, module->pointer_size, error) &&
        meta_check_types(&module->meta, &read->types, error))
        return &read->types;
    module_free_types(&read->types);
    return NULL;
}

const struct btf *module_types(const struct module *module, struct error *error)
{
    struct btf **place = (struct btf **)&module->btf;
    struct btf *known = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    struct btf *read = known ? NULL : module_read_types(module, error);
    if (!read)
        return known;
    /* If two threads read them at once, the first one's stay. */
    if (__atomic_compare_exchange_n(place, &known, read, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return read;
    module_free_types(read);
    return known;
}
