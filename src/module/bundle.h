/* SPDX-License-Identifier: MIT */
/* A view of the plugins that are linked into a program (format/format.h). Bytes in, checked values
 * out; bundle_file.c reads the file. */
#ifndef PLUGIN_BUNDLE_H
#define PLUGIN_BUNDLE_H

#include "module/module.h"

struct bundle {
    struct format_bundle header;
    struct bytes table; /* the whole struct format_bundle, with what follows it */
};

/* A built-in plugin. */
struct built_in {
    const char *name;       /* "hello.so" */
    struct bytes bytes;     /* all of its bytes */
    struct bytes meta, btf; /* its two sections */
};

/* Makes the view of a table, which other bytes may follow. The bytes must outlive the view. */
bool bundle_read(struct bundle *bundle, struct bytes table, struct error *error);

/* Returns plugin number `index` of the bundle. */
struct format_bundled bundle_plugin(const struct bundle *bundle, uint32_t index);

/* Returns the distance from the bundle to the part that is this plugin's package number `package`;
 * 0 if another plugin's copy is linked in. */
int64_t bundle_part(const struct bundle *bundle, const struct format_bundled *bundled,
                    uint32_t package);

/* Makes the view of the struct format_built_in at the start of these bytes, which must outlive the
 * view. */
bool built_in_read(struct built_in *built_in, struct bytes bytes, struct error *error);

/* Makes a module of the view. Free it with module_deinit. */
bool built_in_read_module(struct module *module, const struct built_in *built_in,
                          uint32_t pointer_size, struct error *error);

/* Returns the number of parts: one for each package but main. */
uint32_t built_in_part_count(const struct meta *meta);

#endif
