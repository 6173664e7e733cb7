/* SPDX-License-Identifier: MIT */
/* Memory for the first objects of a call, each at the end of a page before one that cannot be
 * accessed: who goes beyond an object because nobody said how many there are ends there, and not in
 * another object. Underruns, and strides over the guard, are not seen. */
#ifndef PLUGIN_REGIONS_H
#define PLUGIN_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns regions; NULL without memory. */
uint8_t *regions_make(void);
void regions_free(uint8_t *regions);

/* Returns the place of object `number`; NULL if there is none for it. */
void *regions_place(uint8_t *regions, uint32_t number, size_t size, size_t alignment);

/* Is the address in these regions, or a guard of theirs? Sets the object's number. */
bool regions_have(const uint8_t *regions, const void *address, uint32_t *number);

#endif
