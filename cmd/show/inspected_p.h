/* SPDX-License-Identifier: MIT */
/* A module that `plugin inspect` shows, as text or JSON. */
#ifndef PLUGIN_INSPECTED_H
#define PLUGIN_INSPECTED_H

#include "show/promises_p.h"
#include "src/libraries/libraries.h"
#include "src/module/bundle_file.h"

struct inspected {
    const char *path;
    bool shows_sections;
    struct arena arena;
    struct module module;
    struct dynamic dynamic; /* empty without a dynamic section */
    struct bundle_file built_ins;
    struct libraries libraries; /* that the module needs, as far as they are here */
    struct promises promises;   /* of a stamped module */
    uint32_t *shared;           /* numbers of shared symbols, package by package */
    uint32_t *ends;             /* for each package, where its numbers end */
};

/* Reads the file. Call inspected_deinit after success. The error names the path. */
bool inspected_init(struct inspected *inspected, const char *path, bool shows_sections,
                    struct error *error);

void inspected_deinit(struct inspected *inspected);

/* Returns "DT_NEEDED" or the like for library number `index` that the module needs. */
const char *inspected_library_tag(const struct inspected *inspected, size_t index);

/* Returns "shared library" or the like. */
const char *inspected_kind(const struct inspected *inspected);

/* Moves *at to the next shared symbol of this package; from NULL to the first. False after the
 * last. */
bool inspected_next_shared(const struct inspected *inspected, uint32_t package,
                           const uint32_t **at);

/* Adds the declaration of a function or variable; its name alone if the type is 0. */
void inspected_add_declaration(struct text *text, const struct module *module, const char *name,
                               uint32_t type, uint32_t kind);

/* Adds the declaration of the interface's member: the struct's, else the symbol's. Returns its
 * name.
 */
const char *inspected_add_member(struct text *text, const struct module *module, uint32_t interface,
                                 uint32_t index);

/* Adds why the type of an import cannot be checked; nothing if it can. */
void inspected_add_unchecked(struct text *text, const struct inspected *inspected,
                             const struct meta_import *import);

/* Calls `add` with each type of which the stamp does not know all: "struct TAG: REASON", or the
 * reason alone. False without memory. */
bool inspected_each_unknown(const struct module *module,
                            void (*add)(void *context, const struct text *unknown), void *context);

/* Adds the module in one of the forms; JSON is printed as one line. */
bool inspect_add_text(struct text *text, const struct inspected *inspected, struct error *error);
struct json;
bool inspect_add_json(struct json *json, const struct inspected *inspected, struct error *error);

/* Adds what the module says of itself: PLUGIN_INFO. */
void inspect_json_add_infos(struct json *json, const struct meta *meta);

#endif
