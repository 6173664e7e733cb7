/* SPDX-License-Identifier: MIT */
/* The memory of a Go module. */
#ifndef PLUGIN_GO_MODULE_P_H
#define PLUGIN_GO_MODULE_P_H

#include "gofile/go_module.h"

/* Returns a copy, NUL-terminated and owned by the module, or NULL with the error set. Copies may be
 * of the same bytes of a hostile file, so their size is bounded by module->budget. */
const char *go_module_copy(struct go_module *module, const void *chars, size_t length,
                           struct error *error);

#endif
