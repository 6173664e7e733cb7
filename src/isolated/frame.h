/* SPDX-License-Identifier: MIT */
/* Frames, as libffi passes arguments and results. */
#ifndef PLUGIN_FRAME_H
#define PLUGIN_FRAME_H

#include "crossing/plan.h"

#include <ffi.h>

/* Returns room for the largest frame of all functions, to be freed; NULL without memory. */
uint8_t *frame_make(const struct plan *plan);

/* In a closure: copies the arguments into the frame. */
void frame_fill(uint8_t *frame, const struct plan *plan, const struct plan_function *function,
                void **arguments);

/* Writes the frame's result as libffi expects it of a closure: an integer that is narrower than a
 * register fills one. */
void frame_result(const uint8_t *frame, const struct plan_function *function, const ffi_type *type,
                  void *result);

/* For a call: sets as many arguments as there are to their slots. The result belongs in its own,
 * which has room for a register. */
void frame_arguments(uint8_t *frame, const struct plan *plan, const struct plan_function *function,
                     void **arguments);

#endif
