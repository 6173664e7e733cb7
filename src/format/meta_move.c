/* SPDX-License-Identifier: MIT */
/* What lasts of a `.plugin` section once its module was judged. */
#include "format/meta.h"

/* The members of struct meta whose tables last. */
static const size_t lasting_tables[] = {
    offsetof(struct meta, symbols),    offsetof(struct meta, slots),
    offsetof(struct meta, probes),     offsetof(struct meta, constructors),
    offsetof(struct meta, compilers),  offsetof(struct meta, shared),
    offsetof(struct meta, packages),   offsetof(struct meta, dependencies),
    offsetof(struct meta, inits),      offsetof(struct meta, sources),
    offsetof(struct meta, interfaces), offsetof(struct meta, members),
    offsetof(struct meta, infos),      offsetof(struct meta, retires),
};
enum { LASTING_COUNT = sizeof lasting_tables / sizeof *lasting_tables };

static struct bytes meta_lasting_table(const struct meta *meta, size_t index)
{
    struct bytes table;
    memcpy(&table, (const char *)meta + lasting_tables[index], sizeof table);
    return table;
}

size_t meta_lasting_size(const struct meta *meta)
{
    size_t size = meta->lasting_strings;
    for (size_t i = 0; i < LASTING_COUNT; i++)
        size += meta_lasting_table(meta, i).size;
    return size;
}

void *meta_move(struct meta *meta, void *place)
{
    uint8_t *at = place;
    for (size_t i = 0; i < LASTING_COUNT; i++) {
        struct bytes table = meta_lasting_table(meta, i);
        table.data = memcpy(at, table.data, table.size);
        memcpy((char *)meta + lasting_tables[i], &table, sizeof table);
        at += table.size;
    }
    memcpy(at, meta->strings.data, meta->lasting_strings);
    meta->strings = (struct bytes){at, meta->lasting_strings};
    return at + meta->lasting_strings;
}

void meta_drop_imports(struct meta *meta)
{
    meta->header.imports.count = 0;
    meta->imports = meta->import_strings = (struct bytes){0};
}
