/* SPDX-License-Identifier: MIT */
/* The plugins that are linked into a program, read from its file. */
#ifndef PLUGIN_BUNDLE_FILE_H
#define PLUGIN_BUNDLE_FILE_H

#include "base/file.h"
#include "module/bundle.h"

struct bundle_file_plugin {
    const char *name;
    struct module module;
    struct format_bundled bundled;
};

/* A zeroed one is valid: the program has none. */
struct bundle_file {
    struct bundle bundle;
    struct bundle_file_plugin *plugins; /* in the order of names */
    uint32_t count;
    void *table, *entries; /* the bytes that they view */
};

/* A section of the program. */
struct bundle_section {
    struct bytes bytes;
    uint64_t address;
};

/* Reads the plugins that the two sections describe. Their bytes must live as long as the result.
 * Call bundle_file_free in any case. */
bool bundle_file_view(struct bundle_file *built_ins, struct bundle_section table,
                      struct bundle_section entries, uint32_t pointer_size, struct error *error);

/* Reads the plugins that are linked into the module's file, if any. Needs the module's ELF headers.
 * Call bundle_file_free in any case. */
bool bundle_file_read(struct bundle_file *built_ins, const struct module *module,
                      const struct file *file, struct error *error);

/* Is the linked-in copy of this package that of plugin number `index`, in which it is package
 * number `package`? */
bool bundle_file_has(const struct bundle_file *built_ins, uint32_t index, uint32_t package);

/* Returns the plugin whose copy of this package is linked in, or NULL. */
const struct bundle_file_plugin *bundle_file_find_carrier(const struct bundle_file *built_ins,
                                                          const char *package);

void bundle_file_free(struct bundle_file *built_ins);

#endif
