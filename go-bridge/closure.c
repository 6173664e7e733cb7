/* SPDX-License-Identifier: MIT */
/* The C functions that the bridge makes: they pass their arguments to the Go side, and its result
 * back. */
#include "closure.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* ---- types ---- */

ffi_type *plugin_go_scalar_type(enum plugin_go_scalar scalar)
{
    static ffi_type *const types[] = {
        [PLUGIN_GO_VOID] = &ffi_type_void,
        [PLUGIN_GO_U8] = &ffi_type_uint8,
        [PLUGIN_GO_U16] = &ffi_type_uint16,
        [PLUGIN_GO_U32] = &ffi_type_uint32,
        [PLUGIN_GO_U64] = &ffi_type_uint64,
        [PLUGIN_GO_S8] = &ffi_type_sint8,
        [PLUGIN_GO_S16] = &ffi_type_sint16,
        [PLUGIN_GO_S32] = &ffi_type_sint32,
        [PLUGIN_GO_S64] = &ffi_type_sint64,
        [PLUGIN_GO_F32] = &ffi_type_float,
        [PLUGIN_GO_F64] = &ffi_type_double,
        [PLUGIN_GO_COMPLEX64] = &ffi_type_complex_float,
        [PLUGIN_GO_COMPLEX128] = &ffi_type_complex_double,
        [PLUGIN_GO_POINTER] = &ffi_type_pointer,
    };
    return types[scalar];
}

ffi_type *plugin_go_struct_type(size_t count)
{
    ffi_type *type = calloc(1, sizeof *type + (count + 1) * sizeof *type->elements);
    if (type) {
        type->type = FFI_TYPE_STRUCT;
        type->elements = (ffi_type **)(type + 1);
    }
    return type;
}

bool plugin_go_struct_finish(ffi_type *type, size_t *offsets)
{
    return ffi_get_struct_offsets(FFI_DEFAULT_ABI, type, offsets) == FFI_OK;
}

/* ---- calls ---- */

static void (*_Atomic panicked)(void *context, const char *text);

void plugin_go_set_panicked(void (*function)(void *context, const char *text))
{
    atomic_store(&panicked, function);
}

/* A word is as wide as a register; small integers are extended as in C. */
static void read_word(struct plugin_go_call *call, const struct plugin_go_move *move,
                      const void *from)
{
    switch (move->scalar) {
    case PLUGIN_GO_U8:
        call->integers[move->word] = *(const uint8_t *)from;
        break;
    case PLUGIN_GO_U16:
        call->integers[move->word] = *(const uint16_t *)from;
        break;
    case PLUGIN_GO_U32:
        call->integers[move->word] = *(const uint32_t *)from;
        break;
    case PLUGIN_GO_S8:
        call->integers[move->word] = (uint64_t) * (const int8_t *)from;
        break;
    case PLUGIN_GO_S16:
        call->integers[move->word] = (uint64_t) * (const int16_t *)from;
        break;
    case PLUGIN_GO_S32:
        call->integers[move->word] = (uint64_t) * (const int32_t *)from;
        break;
    case PLUGIN_GO_F32:
        call->floats[move->word] = 0;
        memcpy(&call->floats[move->word], from, sizeof(float));
        break;
    case PLUGIN_GO_F64:
        memcpy(&call->floats[move->word], from, sizeof(double));
        break;
    default:
        memcpy(&call->integers[move->word], from, sizeof(uint64_t));
    }
}

static void write_word(const struct plugin_go_call *call, const struct plugin_go_move *move,
                       void *to)
{
    uint64_t integer = call->integers[move->word];
    switch (move->scalar) {
    case PLUGIN_GO_U8:
    case PLUGIN_GO_S8:
        *(uint8_t *)to = (uint8_t)integer;
        break;
    case PLUGIN_GO_U16:
    case PLUGIN_GO_S16:
        *(uint16_t *)to = (uint16_t)integer;
        break;
    case PLUGIN_GO_U32:
    case PLUGIN_GO_S32:
        *(uint32_t *)to = (uint32_t)integer;
        break;
    case PLUGIN_GO_F32:
        memcpy(to, &call->floats[move->word], sizeof(float));
        break;
    case PLUGIN_GO_F64:
        memcpy(to, &call->floats[move->word], sizeof(double));
        break;
    default:
        memcpy(to, &integer, sizeof integer);
    }
}

/* libffi expects an integer result widened to ffi_arg (ffi_call(3)). */
static void widen_result(const struct plugin_go_function *function, void *result)
{
    switch (function->result->type) {
    case FFI_TYPE_UINT8:
        *(ffi_arg *)result = *(uint8_t *)result;
        break;
    case FFI_TYPE_SINT8:
        *(ffi_sarg *)result = *(int8_t *)result;
        break;
    case FFI_TYPE_UINT16:
        *(ffi_arg *)result = *(uint16_t *)result;
        break;
    case FFI_TYPE_SINT16:
        *(ffi_sarg *)result = *(int16_t *)result;
        break;
    case FFI_TYPE_UINT32:
        *(ffi_arg *)result = *(uint32_t *)result;
        break;
    case FFI_TYPE_SINT32:
        *(ffi_sarg *)result = *(int32_t *)result;
        break;
    default:
        break;
    }
}

/* Out of line, to keep calls without a panic short. */
static __attribute__((noinline)) void tell_panic(const struct plugin_go_function *function,
                                                 const struct plugin_go_call *call)
{
    void (*tell)(void *, const char *) = atomic_load(&panicked);
    if (tell)
        tell(function->context, call->panic);
    free(call->panic);
}

/* Exported by Go. */
#pragma GCC visibility push(hidden)
void plugin_go_call_few_(struct plugin_go_call *call);
void plugin_go_call_many_(struct plugin_go_call *call);
void plugin_go_call_kept_(struct plugin_go_call *call);
void plugin_go_call_reflect_(struct plugin_go_call *call);
#pragma GCC visibility pop

static inline void call_go(const struct plugin_go_function *function, struct plugin_go_call *call)
{
    call->value = function->value;
    call->record = function->record;
    call->panic = NULL;
    if (function->is_keeping) {
        call->thread = plugin_go_thread_kept();
        call->has_ended = plugin_go_has_ended();
    }
    switch (function->way) {
    case PLUGIN_GO_BY_FEW:
        plugin_go_call_few_(call);
        break;
    case PLUGIN_GO_BY_MANY:
        plugin_go_call_many_(call);
        break;
    case PLUGIN_GO_BY_KEPT:
        plugin_go_call_kept_(call);
        break;
    case PLUGIN_GO_BY_REFLECT:
        plugin_go_call_reflect_(call);
        break;
    }
}

/* The handler of libffi closures. */
static void handle(ffi_cif *cif, void *result, void **arguments, void *user)
{
    const struct plugin_go_function *function = user;
    struct plugin_go_call call;
    (void)cif;
    call.arguments = arguments;
    call.result = result;
    memset(result, 0, function->result_size);
    for (size_t i = 0; i < function->argument_move_count; i++) {
        const struct plugin_go_move *move = &function->argument_moves[i];
        read_word(&call, move, (const char *)arguments[move->argument] + move->offset);
    }
    call_go(function, &call);
    if (call.panic) {
        memset(result, 0, function->result_size);
        tell_panic(function, &call);
        return;
    }
    for (size_t i = 0; i < function->result_move_count; i++) {
        const struct plugin_go_move *move = &function->result_moves[i];
        write_word(&call, move, (char *)result + move->offset);
    }
    widen_result(function, result);
}

/* For machines without an entries_*.c. */
__attribute__((weak)) void *plugin_go_entry(unsigned entry)
{
    (void)entry;
    return NULL;
}

/* The direct functions, by entry. */
static struct plugin_go_function *entered[PLUGIN_GO_ENTRIES];
static atomic_uint entered_count;

void plugin_go_enter(unsigned entry, struct plugin_go_call *call)
{
    const struct plugin_go_function *function = entered[entry];
    call_go(function, call);
    if (call->panic) {
        memset(call->integers, 0, sizeof call->integers);
        memset(call->floats, 0, sizeof call->floats);
        tell_panic(function, call);
    }
}

/* Assigns an entry to a direct function. Returns its address, or NULL if none is left. */
static void *take_entry(struct plugin_go_function *function)
{
    unsigned entry = atomic_load(&entered_count);
    do
        if (entry >= PLUGIN_GO_ENTRIES || !plugin_go_entry(entry))
            return NULL;
    while (!atomic_compare_exchange_weak(&entered_count, &entry, entry + 1));
    entered[entry] = function;
    return plugin_go_entry(entry);
}

/* ---- functions ---- */

struct plugin_go_function *plugin_go_function_new(size_t parameters, size_t argument_moves,
                                                  size_t result_moves)
{
    struct plugin_go_function *function = calloc(1, sizeof *function);
    if (!function)
        return NULL;
    function->parameter_count = parameters;
    function->argument_move_count = argument_moves;
    function->result_move_count = result_moves;
    function->parameters = calloc(parameters + 1, sizeof(ffi_type *));
    function->argument_moves = calloc(argument_moves + 1, sizeof *function->argument_moves);
    function->result_moves = calloc(result_moves + 1, sizeof *function->result_moves);
    if (function->parameters && function->argument_moves && function->result_moves)
        return function;
    plugin_go_function_free(function);
    return NULL;
}

void plugin_go_function_free(struct plugin_go_function *function)
{
    free(function->parameters);
    free(function->argument_moves);
    free(function->result_moves);
    free(function);
}

void *plugin_go_function_finish(struct plugin_go_function *function)
{
    void *code = function->is_direct ? take_entry(function) : NULL;
    if (code)
        return code;
    if (ffi_prep_cif(&function->cif, FFI_DEFAULT_ABI, (unsigned)function->parameter_count,
                     function->result, function->parameters) != FFI_OK)
        return NULL;
    ffi_closure *closure = ffi_closure_alloc(sizeof *closure, &code);
    if (!closure)
        return NULL;
    if (ffi_prep_closure_loc(closure, &function->cif, handle, function, code) == FFI_OK)
        return code;
    ffi_closure_free(closure);
    return NULL;
}
