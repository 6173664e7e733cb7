/* SPDX-License-Identifier: MIT */
/* What a signal interrupted, by the last argument of its handler. */
#ifndef WORKER_REGISTERS_H
#define WORKER_REGISTERS_H

#include <stdint.h>

/* The address of the instruction, the end of the stack, and, if that is no instruction of a
 * function, where it was called from. */
uintptr_t registers_code(const void *context);
uintptr_t registers_stack(const void *context);
uintptr_t registers_caller(const void *context);

#endif
