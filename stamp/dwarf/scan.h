/* SPDX-License-Identifier: MIT */
/* The walk through the module's debug information. */
#ifndef PLUGIN_STAMP_SCAN_H
#define PLUGIN_STAMP_SCAN_H

#include "model/model.h"

/* Opens the debug information, and sets has_packages. */
bool stamp_open_dwarf(struct stamp *stamp, struct error *error);

/* Finds the units, the compilers, the DIEs of the symbols, the records of macros, and the uses. */
bool stamp_read_dwarf(struct stamp *stamp, struct error *error);

#endif
