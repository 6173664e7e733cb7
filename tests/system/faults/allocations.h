/* Counts the program's allocations, and makes them fail. */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Blocks that were not freed, and their size: the C library makes a block up to 24 bytes larger
 * than requested, depending on what is free. */
extern size_t allocated_blocks, allocated_bytes;

/* Starts counting allocations at 1; those with these numbers fail. */
void allocations_begin(long first_failing, long last_failing);

/* Has one failed since allocations_begin? */
bool allocations_have_failed(void);

/* While paused, allocations are not counted, and none fails. */
void allocations_pause(bool is_pause);

/* Returns the number of allocations since allocations_begin; none fails any more. */
long allocations_end(void);

#endif
