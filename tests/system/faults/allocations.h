/* Counts what the program has allocated, and lets allocations fail. */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Blocks that were not freed, and how large the C library has made them: up to 24 bytes larger than
 * what was asked for, depending on what was free. */
extern size_t allocated_blocks, allocated_bytes;

/* Counts allocations anew; those of these numbers, from 1, fail. */
void allocations_begin(long first_failing, long last_failing);

/* Has one failed since? */
bool allocations_have_failed(void);

/* While it is true, allocations are not counted, and none fails. */
void allocations_pause(bool is_pause);

/* How many there were since; none fails from here on. */
long allocations_end(void);

#endif
