/* SPDX-License-Identifier: MIT */
/* The records that the macros of plugin.h leave in the module: variables, found by their names in
 * the debug information. */
#ifndef PLUGIN_STAMP_RECORDS_H
#define PLUGIN_STAMP_RECORDS_H

#include "model/model.h"

#define PROBE_NAME     "plugin_probe_"
#define INTERFACE_NAME "plugin_interface_"
#define PACKAGE_NAME   "plugin_package_"

/* Adds the DIE if it is a probe, which plugin_as and the macros of interfaces leave anywhere in a
 * unit. */
bool records_add_probe(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* Adds the DIE, at the top level of a unit, if it is the record of another macro. */
bool records_add(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* marks.c: adds the DIE of this name if it is the record of an interface's macro. */
bool records_add_mark(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error);

/* marks.c: the same for the macro of a promise. */
bool records_add_promise(struct stamp *stamp, Dwarf_Die *die, const char *name,
                         struct error *error);

/* marks.c: refuses a module that has marks which the debug information lacks. */
bool records_check_marks(const struct stamp *stamp, struct error *error);

/* marks.c: reads PREFIX, a number, and the rest of a name. */
bool records_read_name(const char *name, const char *prefix, uint64_t *number, const char **rest);

/* Sorts the probes, reads the functions of inits and retires, and refuses the module if the debug
 * information lacks any of them. */
bool records_complete(struct stamp *stamp, struct error *error);

#endif
