#include "isolated/frame.h"

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
    const uint8_t *at = frame + function->result_offset;
    switch (type->type) {
    case FFI_TYPE_VOID:
        break;
    case FFI_TYPE_SINT8:
        *(ffi_sarg *)result = *(const int8_t *)at;
        break;
    case FFI_TYPE_SINT16:
        *(ffi_sarg *)result = *(const int16_t *)at;
        break;
    case FFI_TYPE_SINT32:
        *(ffi_sarg *)result = *(const int32_t *)at;
        break;
    case FFI_TYPE_UINT8:
        *(ffi_arg *)result = *at;
        break;
    case FFI_TYPE_UINT16:
        *(ffi_arg *)result = *(const uint16_t *)at;
        break;
    case FFI_TYPE_UINT32:
        *(ffi_arg *)result = *(const uint32_t *)at;
        break;
    default:
        memcpy(result, at, function->result_size);
    }
}

void frame_arguments(uint8_t *frame, const struct plan *plan, const struct plan_function *function,
                     void **arguments)
{
    for (uint32_t i = 0; i < function->parameter_count; i++)
        arguments[i] = frame + plan_slot(plan, function->first_slot + i)->offset;
}
