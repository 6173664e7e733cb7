/* Calls by type. */
#include "call/prepare_p.h"

#include <errno.h>
#include <string.h>

/* Calls, and frees what prepared the call. errno is the function's. */
static void run(struct prepared *prepared, void (*function)(void), void *const *arguments,
                void *result)
{
    /* libffi stores no less than a register. */
    ffi_arg wide = 0;
    bool is_narrow = prepared->result_size < sizeof wide;
    /* On x86-64 it replaces pointers to large structs by those to copies of its own. */
    void *own[PARAMETERS_MAX];
    for (unsigned i = 0; i < prepared->cif.nargs; i++)
        own[i] = arguments[i];
    ffi_call(&prepared->cif, function, is_narrow ? &wide : result, own);
    int errno_value = errno;
    if (is_narrow && result)
        memcpy(result, &wide, prepared->result_size);
    cif_free(prepared->memory);
    errno = errno_value;
}

bool plugin_call_pointer(plugin_type type, void (*function)(void), void *const *arguments,
                         void *result)
{
    struct prepared prepared;
    if (!function || plugin_type_kind(type) == PLUGIN_TYPE_NONE ||
        !prepare(&prepared, type, "cannot call a function of type", NULL))
        return false;
    run(&prepared, function, arguments, result);
    return true;
}

bool plugin_call(const plugin_symbol *symbol, void *const *arguments, void *result)
{
    struct prepared prepared;
    plugin_type type = plugin_symbol_type(symbol);
    if (plugin_type_kind(type) == PLUGIN_TYPE_NONE ||
        !prepare(&prepared, type, "cannot call", plugin_symbol_decl(symbol)))
        return false;
    void *address = plugin_address(symbol);
    void (*function)(void);
    memcpy(&function, &address, sizeof function);
    bool can_fail = plugin_symbol_can_fail(symbol);
    if (can_fail)
        plugin_error_clear();
    run(&prepared, function, arguments, result);
    return !can_fail || plugin_error_code() == PLUGIN_OK;
}
