/* The records that the macros of plugin.h leave in the module: variables, found by their names in
 * the debug information. */
#ifndef PLUGIN_STAMP_RECORDS_H
#define PLUGIN_STAMP_RECORDS_H

#include "model/model.h"

#define PROBE_NAME   "plugin_probe_"
#define PACKAGE_NAME "plugin_package_"

/* Adds the DIE if it is a probe, which plugin_as leaves anywhere in a unit. */
bool records_add_probe(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* Adds the DIE, at the top level of a unit, if it is the record of a package's macro. */
bool records_add(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* Sorts the probes, reads the functions of the inits, and refuses the module if the debug
 * information lacks any of them. */
bool records_complete(struct stamp *stamp, struct error *error);

#endif
