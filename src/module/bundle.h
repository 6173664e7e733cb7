/* The plugins that are linked into a program, from its bytes: a view of what src/format.h draws.
 * Nothing here reads a file; bundle_file.c does. */
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
    struct bytes bytes;     /* all of it */
    struct bytes meta, btf; /* its two sections */
};

/* Reads the table; there may be other bytes behind it. They must live as long as the view. */
bool bundle_read(struct bundle *bundle, struct bytes table, struct error *error);

/* Plugin number `index` of the bundle. */
struct format_bundled bundle_plugin(const struct bundle *bundle, uint32_t index);

/* The distance from the bundle of the part that is package number `package` of this plugin; 0 if
 * the plugin's own copy is not linked in. */
int64_t bundle_part(const struct bundle *bundle, const struct format_bundled *bundled,
                    uint32_t package);

/* Reads the struct format_built_in that these bytes start with. They must live as long as the view.
 */
bool built_in_read(struct built_in *built_in, struct bytes bytes, struct error *error);

/* Makes the view of its tables. Free it with module_deinit. */
bool built_in_read_module(struct module *module, const struct built_in *built_in,
                          uint32_t pointer_size, struct error *error);

/* How many parts it has: one for each package but main. */
uint32_t built_in_part_count(const struct meta *meta);

#endif
