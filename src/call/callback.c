/* SPDX-License-Identifier: MIT */
/* Functions of a type that is known at run time. */
#include "call/prepare_p.h"

#include <stdlib.h>
#include <string.h>

struct plugin_callback {
    struct prepared prepared;
    ffi_closure *closure;
    void *code;
    void (*run)(void *context, void *const *arguments, void *result);
    void *context;
};

static void callback_run(ffi_cif *cif, void *result, void **arguments, void *data)
{
    const plugin_callback *callback = data;
    size_t size = callback->prepared.result_size;
    ffi_arg narrow = 0;
    if (size >= sizeof narrow) {
        memset(result, 0, size);
        callback->run(callback->context, arguments, result);
        return;
    }
    callback->run(callback->context, arguments, &narrow);
    cif_widen(cif->rtype, &narrow, size, result);
}

plugin_callback *
plugin_callback_new(plugin_type type,
                    void (*run)(void *context, void *const *arguments, void *result), void *context)
{
    struct prepared prepared;
    if (plugin_type_kind(type) == PLUGIN_TYPE_NONE ||
        !prepare(&prepared, type, "cannot make a function of type", NULL))
        return NULL;
    plugin_callback *callback = calloc(1, sizeof *callback);
    if (callback) {
        *callback = (plugin_callback){.prepared = prepared, .run = run, .context = context};
        callback->closure = ffi_closure_alloc(sizeof *callback->closure, &callback->code);
    } else {
        cif_free(prepared.memory);
    }
    if (callback && callback->closure &&
        ffi_prep_closure_loc(callback->closure, &callback->prepared.cif, callback_run, callback,
                             callback->code) == FFI_OK)
        return callback;
    plugin_callback_free(callback);
    plugin_error_set_(PLUGIN_NO_MEMORY, "cannot make a function: out of memory, or of memory that "
                                        "may be executed");
    return NULL;
}

void (*plugin_callback_pointer(const plugin_callback *callback))(void)
{
    void (*function)(void) = NULL;
    if (callback)
        memcpy(&function, &callback->code, sizeof function);
    return function;
}

void plugin_callback_free(plugin_callback *callback)
{
    if (!callback)
        return;
    if (callback->closure)
        ffi_closure_free(callback->closure);
    cif_free(callback->prepared.memory);
    free(callback);
}
