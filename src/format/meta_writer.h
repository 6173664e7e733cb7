/* SPDX-License-Identifier: MIT */
/* The writer of a `.plugin` section: docs/format.md. Its user adds tables in their order. */
#ifndef PLUGIN_META_WRITER_H
#define PLUGIN_META_WRITER_H

#include "base/bytes.h"
#include "base/error.h"
#include "format/format.h"

/* The header and tables so far, and apart from them the strings, which end up last. */
struct meta_writer {
    struct format_header header; /* its users set each table as they start it */
    struct text bytes, strings;
    struct bytes types; /* packed, of version 7; they must outlive the writer */
    bool is_crowded;    /* symbol names collide as only chosen ones do */
};

void meta_writer_init(struct meta_writer *writer, enum format_kind kind, uint64_t content);

/* A module is written as version 4, unless it has tables of a later version: this makes room for
 * them. Call it before the first table. */
void meta_writer_set_version(struct meta_writer *writer, uint32_t version);

/* Adds a string, and returns it as the name of an entry. */
uint32_t meta_writer_string(struct meta_writer *writer, const char *string);

/* Starts a table of `count` entries, which meta_writer_item adds. */
struct format_table meta_writer_table(struct meta_writer *writer, size_t count);
void meta_writer_item(struct meta_writer *writer, const void *item, size_t size);

/* Adds a symbol to their table, in the form of the version. */
void meta_writer_symbol(struct meta_writer *writer, const struct format_symbol *symbol);

/* Adds the slots of the symbols that were added. */
void meta_writer_slots(struct meta_writer *writer);

/* Adds the strings and completes the header. The caller owns the section, which is in the heap.
 * Frees the writer, also on failure. */
bool meta_writer_finish(struct meta_writer *writer, struct bytes btf, struct bytes *section,
                        struct error *error);

#endif
