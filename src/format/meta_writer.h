/* Writes a `.plugin` section, table by table: ../docs/format.md is its layout. Whoever has what it
 * says, from DWARF or from elsewhere, adds it in the order of the tables. */
#ifndef PLUGIN_META_WRITER_H
#define PLUGIN_META_WRITER_H

#include "base/bytes.h"
#include "base/error.h"
#include "format/format.h"

/* The section while it is put together: tables first, strings collected beside them. */
struct meta_writer {
    struct format_header header; /* its tables are set as they are started */
    struct text bytes, strings;
    bool is_crowded; /* names of symbols hash alike, as only those do that were made to */
};

void meta_writer_start(struct meta_writer *writer, enum format_kind kind, uint64_t content);

/* Adds a string to be named by an item; "" may come several times. */
uint32_t meta_writer_string(struct meta_writer *writer, const char *string);

/* Starts a table of so many items, which follow. */
struct format_table meta_writer_table(struct meta_writer *writer, size_t count);
void meta_writer_item(struct meta_writer *writer, const void *item, size_t size);

/* Adds the slots, of the symbols that were added. */
void meta_writer_slots(struct meta_writer *writer);

/* Puts the strings behind the tables, and the header, with its checksum, before them. The section
 * is newly allocated. Frees the writer in any case. */
bool meta_writer_finish(struct meta_writer *writer, struct bytes btf, struct bytes *section,
                        struct error *error);

#endif
