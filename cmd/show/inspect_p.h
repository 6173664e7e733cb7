/* What the two forms of `plugin inspect`, text and JSON, share. */
#ifndef PLUGIN_INSPECT_H
#define PLUGIN_INSPECT_H

#include "src/module/bundle_file.h"

/* What is shown: a module's file, and the shared symbols of each of its packages. */
struct inspected {
    const char *path;
    struct module module;
    struct bundle_file built_ins;
    uint32_t *shared; /* numbers of shared symbols, package by package. Owned. */
    uint32_t *ends;   /* of each package, where its numbers end. Owned. */
};

/* "shared library" */
const char *inspect_module_kind(const struct module *module);

/* Adds the declaration of a function or variable; its name alone, if its type is 0. */
void inspect_add_declaration(struct text *text, const struct module *module, const char *name,
                             uint32_t type, uint32_t kind);

/* The next shared symbol of this package; *at is NULL to start. False after the last one. */
bool inspect_next_shared(const struct inspected *inspected, uint32_t package, const uint32_t **at);

/* Will nobody compare the type of this import, because it was not recorded? Not said of what comes
 * from a library with versions, as C's own does: the version vouches for the type. */
bool inspect_is_unchecked(const struct meta_import *import);

/* Adds what is known of the plugins that are linked in; as text nothing, if there are none. */
void inspect_add_built_ins(struct text *text, const struct bundle_file *built_ins);
void inspect_add_json_built_ins(struct text *text, const struct bundle_file *built_ins);

/* Adds one JSON object and a newline. */
bool inspect_add_json(struct text *text, const struct inspected *inspected, struct error *error);

#endif
