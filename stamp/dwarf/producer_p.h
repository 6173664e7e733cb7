/* SPDX-License-Identifier: MIT */
/* Reads DW_AT_producer. */
#ifndef PLUGIN_STAMP_PRODUCER_H
#define PLUGIN_STAMP_PRODUCER_H

#include <stdbool.h>

struct arena;

/* Returns the compiler's name: "gcc 12.2.0" for "GNU C17 12.2.0 -O2 ...", "clang 14.0.6" for
 * "Debian clang version 14.0.6", another compiler's words unchanged. In the arena; NULL without
 * memory. */
char *producer_name(struct arena *arena, const char *producer);

/* Returns those of its flags that change the code, separated by spaces; gcc records its flags,
 * clang does not. In the arena; NULL without memory. */
char *producer_flags(struct arena *arena, const char *producer);

/* Is -g1 the last of its -g flags? */
bool producer_has_g1(const char *producer);

/* Did gcc leave out structs of headers (-femit-struct-debug-...)? */
bool producer_omits_structs(const char *producer);

#endif
