/* SPDX-License-Identifier: MIT */
#include "isolated/frame.h"

#include "isolated/cif.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME_ALIGNMENT = 16 };

uint8_t *frame_make(const struct plan *plan)
{
    size_t most = FRAME_ALIGNMENT;
    for (uint32_t i = 0; i < plan->function_count; i++) {
        size_t size = plan_object(plan, plan_function(plan, i)->frame)->size;
        most = size > most ? size : most;
    }
    return aligned_alloc(FRAME_ALIGNMENT,
                         (most + FRAME_ALIGNMENT - 1) / FRAME_ALIGNMENT * FRAME_ALIGNMENT);
}

void frame_fill(uint8_t *frame, const struct plan *plan, const struct plan_function *function,
                void **arguments)
{
    memset(frame, 0, plan_object(plan, function->frame)->size);
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        const struct plan_slot *slot = plan_slot(plan, function->first_slot + i);
        memcpy(frame + slot->offset, arguments[i], slot->size);
    }
}

void frame_result(const uint8_t *frame, const struct plan_function *function, const ffi_type *type,
                  void *result)
{
    cif_widen(type, frame + function->result_offset, function->result_size, result);
}

void frame_arguments(uint8_t *frame, const struct plan *plan, const struct plan_function *function,
                     void **arguments)
{
    for (uint32_t i = 0; i < function->parameter_count; i++)
        arguments[i] = frame + plan_slot(plan, function->first_slot + i)->offset;
}
