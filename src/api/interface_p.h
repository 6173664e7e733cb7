/* SPDX-License-Identifier: MIT */
/* Interfaces: what a call of plugin_open_as or plugin_bind, and options.expect, demand. */
#ifndef PLUGIN_INTERFACE_P_H
#define PLUGIN_INTERFACE_P_H

#include "fit/demands.h"
#include "process/loaded.h"
#include "process/plugin.h"

/* Returns the module with this probe, and sets what its stamp records of it; NULL with the error
 * set. */
const struct loaded *probe_find(const void *probe, const char *what, struct format_probe *found,
                                struct error *error);

/* The demands of one open, which owns them. A zeroed one has none. Those of an interface are read
 * when they are needed: not if the plugin is known to meet it. */
struct wanted {
    const void *probe;        /* of an interface that was not read; NULL: there is none */
    size_t size;              /* of its struct */
    const struct plugin *met; /* meets the interface, by rules that are not strict; NULL: unknown */
    struct demand *items;
    size_t count;
    size_t member_count; /* of these, the members of the interface, which come first */
    const char *path;    /* of the module that demands them; NULL: none does */
    enum type_rules rules;
    bool is_global;              /* options.is_global */
    const struct plugin *judged; /* the plugin that an open has found to meet them; NULL: none */
};

/* Adds the members of the interface that this probe marks, whose struct has `size` bytes. */
bool wanted_add_interface(struct wanted *wanted, const void *probe, size_t size,
                          struct error *error);

/* Adds the members of the interface that was not read, if there is one. */
bool wanted_read(struct wanted *wanted, struct error *error);

/* Adds what options.expect lists; NULL: nothing. */
bool wanted_add_expected(struct wanted *wanted, const struct plugin_expect *expect,
                         struct error *error);

void wanted_deinit(struct wanted *wanted);

/* Returns what the judgement of this plugin needs to know of them. */
struct demands wanted_demands(const struct wanted *wanted, const struct plugin *p);

/* Refuses a plugin, which the text calls `path`, that does not meet them. */
bool wanted_judge(const struct wanted *wanted, const struct plugin *p, const char *path,
                  struct error *error);

/* plugin_open_with, with these demands besides options.expect; *caller is an address in the calling
 * module. open.c. */
plugin *open_wanted(const char *path, const struct plugin_options *options, struct wanted *wanted,
                    const void *caller, struct error *error);

#endif
