/* SPDX-License-Identifier: MIT */
/* Calls by type. */
#include "call/prepare_p.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Calls; errno is the function's. */
static void run(const struct prepared *prepared, void (*function)(void), void *const *arguments,
                void *result)
{
    /* libffi stores no less than a register. */
    ffi_arg wide = 0;
    bool is_narrow = prepared->result_size < sizeof wide;
    /* On x86-64 it replaces pointers to large structs by those to copies of its own. */
    void *own[PARAMETERS_MAX];
    for (unsigned i = 0; i < prepared->cif.nargs; i++)
        own[i] = arguments[i];
    ffi_call((ffi_cif *)&prepared->cif, function, is_narrow ? &wide : result, own);
    if (is_narrow && result)
        memcpy(result, &wide, prepared->result_size);
}

/* Frees what prepared a call, and keeps errno. */
static void discard(struct prepared *prepared)
{
    int errno_value = errno;
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
    discard(&prepared);
    return true;
}

/* ---- symbols ---- */

/* A symbol lasts for ever, and so may what prepared its calls: to prepare one takes many times as
 * long as the call. The first symbol of each place is kept. */
enum { KEPT_MAX = 251 };
struct kept {
    const plugin_symbol *symbol;
    struct prepared prepared;
};
static struct kept *kept[KEPT_MAX]; /* each is atomic */

/* Keeps what prepared the symbol's calls, and empties *prepared; if there is no place, does not. */
static struct kept *keep(struct kept **place, const plugin_symbol *symbol,
                         struct prepared *prepared)
{
    struct kept *none = NULL, *made = malloc(sizeof *made);
    if (!made)
        return NULL;
    *made = (struct kept){symbol, *prepared};
    if (__atomic_compare_exchange_n(place, &none, made, false, __ATOMIC_RELEASE,
                                    __ATOMIC_RELAXED)) {
        prepared->memory = NULL;
        return made;
    }
    free(made);
    return NULL;
}

/* Returns what prepares the symbol's calls: *own, or what is kept. NULL with the error set. */
static const struct prepared *prepare_symbol(const plugin_symbol *symbol, struct prepared *own)
{
    struct kept **place = &kept[(uintptr_t)symbol / sizeof(void *) % KEPT_MAX];
    struct kept *known = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    own->memory = NULL;
    if (known && known->symbol == symbol)
        return &known->prepared;
    plugin_type type = plugin_symbol_type(symbol);
    if (plugin_type_kind(type) == PLUGIN_TYPE_NONE ||
        !prepare(own, type, "cannot call", plugin_symbol_decl(symbol)))
        return NULL;
    known = known ? NULL : keep(place, symbol, own);
    return known ? &known->prepared : own;
}

bool plugin_call(const plugin_symbol *symbol, void *const *arguments, void *result)
{
    struct prepared own;
    const struct prepared *prepared = prepare_symbol(symbol, &own);
    if (!prepared)
        return false;
    void *address = plugin_address(symbol);
    void (*function)(void);
    memcpy(&function, &address, sizeof function);
    bool can_fail = plugin_symbol_can_fail(symbol);
    if (can_fail)
        plugin_error_clear();
    run(prepared, function, arguments, result);
    discard(&own);
    return !can_fail || plugin_error_code() == PLUGIN_OK;
}
