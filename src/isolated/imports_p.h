/* SPDX-License-Identifier: MIT */
/* What depends on the machine in the library of imports. */
#ifndef PLUGIN_IMPORTS_P_H
#define PLUGIN_IMPORTS_P_H

#include "isolated/imports.h"

extern const uint16_t imports_machine; /* EM_* */

/* Writes a function of IMPORTS_ENTRY bytes that jumps to what the table has. Both are given by
 * their offsets in the library; they lie within 2 GiB, each at a multiple of 8. */
void imports_put_entry(uint8_t *code, uint64_t at, uint64_t table);

#endif
