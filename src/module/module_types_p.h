/* SPDX-License-Identifier: MIT */
/* The types of a module. */
#ifndef PLUGIN_MODULE_TYPES_P_H
#define PLUGIN_MODULE_TYPES_P_H

#include "module/module.h"

/* Frees what module_types has read; NULL is allowed. */
void module_free_types(struct btf *types);

#endif
