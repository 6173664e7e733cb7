/* A `.plugin` section of any size. */
#ifndef TESTS_FORMAT_META_LARGE_H
#define TESTS_FORMAT_META_LARGE_H

#include "src/format/meta_writer.h"
#include "tests/common/check.h"

/* An empty table is not placed. */
static inline void add_empty(struct meta_writer *writer)
{
    struct format_header *header = &writer->header;
    struct format_table *const tables[] = {
        &header->symbols,      &header->slots,  &header->probes,  &header->constructors,
        &header->compilers,    &header->shared, &header->imports, &header->packages,
        &header->dependencies, &header->inits,  &header->sources, &header->interfaces,
        &header->members,      &header->infos,  &header->retires};
    const size_t count = header->version == FORMAT_VERSION_4   ? COUNT(tables) - 4
                         : header->version == FORMAT_VERSION_5 ? COUNT(tables) - 2
                                                               : COUNT(tables);
    for (size_t i = 0; i < count; i++)
        if (!tables[i]->count)
            *tables[i] = meta_writer_table(writer, 0);
    if (!header->slots.count) {
        const struct format_slot none = {0, 0};
        header->slots = meta_writer_table(writer, 1);
        meta_writer_item(writer, &none, sizeof none);
    }
}

static inline struct bytes finish(struct meta_writer *writer, struct bytes btf)
{
    ERROR_AUTO error = {0};
    struct bytes section;
    add_empty(writer);
    assert_true(meta_writer_finish(writer, btf, &section, &error));
    return section;
}

#endif
