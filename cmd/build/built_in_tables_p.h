/* SPDX-License-Identifier: MIT */
/* The tables of built-in plugins (src/format/format.h), as C files: only the linker knows the
 * addresses that they hold. */
#ifndef PLUGIN_BUILT_IN_TABLES_H
#define PLUGIN_BUILT_IN_TABLES_H

#include "src/base/bytes.h"
#include "src/base/error.h"

#include <stdint.h>

/* Makes the names of a plugin's own symbols unique: 16 hexadecimal digits. */
struct built_in_id {
    char digits[17];
};

struct built_in_id built_in_id(const char *name, uint64_t content);

/* Writes the linker script for a part (`ld -r`): it moves constructors, destructors and inits to
 * sections of their own, between symbols, which program start does not run. */
bool built_in_write_script(const char *path, struct error *error);

/* Writes the table of main's part: the struct format_built_in, with the two sections that
 * stamp_built_in made. */
bool built_in_write_main(const char *path, const char *name, struct built_in_id id,
                         struct bytes meta, struct bytes btf, struct error *error);

/* Writes the table of a package's part: the struct format_part. */
bool built_in_write_part(const char *path, struct built_in_id id, uint32_t package,
                         struct error *error);

/* A plugin of a bundle, and which of its packages' parts are linked in. */
struct bundle_row {
    struct built_in_id id;
    const bool *has_part;
    uint32_t part_count;
};

/* Writes the table of a bundle: the struct format_bundle. */
bool built_in_write_bundle(const char *path, const struct bundle_row *rows, uint32_t count,
                           struct error *error);

#endif
