/* The tables of built-in plugins, which src/format.h draws, as C files: what they name, only a
 * compiler and a linker can place. */
#ifndef PLUGIN_BUILT_IN_TABLES_H
#define PLUGIN_BUILT_IN_TABLES_H

#include "src/base/bytes.h"
#include "src/base/error.h"

#include <stdint.h>

/* What tells a plugin's symbols from those of others: 16 hexadecimal digits. */
struct built_in_id {
    char digits[17];
};

struct built_in_id built_in_id(const char *name, uint64_t content);

/* Writes the linker script by which the objects of a part become one (`ld -r`): what would be run
 * when the program starts gets a place of its own, under names of symbols. */
bool built_in_write_script(const char *path, struct error *error);

/* Writes the file that goes into the part of main: the struct format_built_in. The sections are
 * those of stamp_built_in. */
bool built_in_write_main(const char *path, const char *name, struct built_in_id id,
                         struct bytes meta, struct bytes btf, struct error *error);

/* Writes the file that goes into the part of a package: the struct format_part. */
bool built_in_write_part(const char *path, struct built_in_id id, uint32_t package,
                         struct error *error);

/* A plugin of a bundle: which of its packages' parts are linked in. */
struct bundle_row {
    struct built_in_id id;
    const bool *has_part;
    uint32_t part_count;
};

/* Writes the file that holds the struct format_bundle. */
bool built_in_write_bundle(const char *path, const struct bundle_row *rows, uint32_t count,
                           struct error *error);

#endif
