/* SPDX-License-Identifier: MIT */
/* The types of a plan, for libffi. */
#ifndef PLUGIN_CIF_H
#define PLUGIN_CIF_H

#include <ffi.h>
#include <stdbool.h>

struct cif_types; /* memory of types, for as long as a cif is used */

/* Prepares the call of a function with this signature (see plan.h). *types is NULL at first. False
 * without memory, or if libffi cannot call such a function. */
bool cif_read(struct cif_types **types, const char *text, ffi_cif *cif);
void cif_free(struct cif_types *types);

/* Stores the result of a closure as libffi wants it: integers smaller than a register fill one. */
void cif_widen(const ffi_type *type, const void *value, size_t size, void *result);

#endif
