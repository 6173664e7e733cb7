/* SPDX-License-Identifier: MIT */
/* The functions by which the host calls: one for each symbol of the plugin, and those that the
 * plugin passes. They last for ever, since nobody knows who still has the pointer. */
#include "isolated/isolated_p.h"

#include <stdlib.h>

static bool closure_init(struct isolated_closure *closure, struct error *error)
{
    const struct plan *plan = closure->of->plan;
    const struct plan_function *planned = plan_function(plan, closure->function);
    closure->closure = ffi_closure_alloc(sizeof *closure->closure, &closure->code);
    if (!closure->closure)
        return error_set_no_memory(error);
    closure->cif = &closure->of->cifs[closure->function];
    return ffi_prep_closure_loc(closure->closure, closure->cif, calls_run, closure,
                                closure->code) == FFI_OK ||
           error_set(error, PLUGIN_UNSUPPORTED, "libffi cannot make function %s of signature %s",
                     plan_name(plan, planned->name), plan_name(plan, planned->signature));
}

/* Returns code that calls a function of the worker. With the lock held, in a call. */
static void *make(void *context, uint32_t number, uint32_t function, struct error *error)
{
    struct isolated *isolated = context;
    struct isolated_closure *closure = calloc(1, sizeof *closure);
    if (!closure) {
        error_set_no_memory(error);
        return NULL;
    }
    *closure = (struct isolated_closure){
        .of = isolated, .number = number, .function = function, .generation = isolated->generation};
    if (closure_init(closure, error)) {
        closure->next = isolated->passed;
        isolated->passed = closure;
        return closure->code;
    }
    if (closure->closure)
        ffi_closure_free(closure->closure);
    free(closure);
    return NULL;
}

static bool read_types(struct isolated *isolated, struct error *error)
{
    const struct plan *plan = isolated->plan;
    isolated->cifs = calloc(plan->function_count + 1, sizeof *isolated->cifs);
    if (!isolated->cifs)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < plan->function_count; i++) {
        const struct plan_function *planned = plan_function(plan, i);
        if (!cif_read(&isolated->types, plan_name(plan, planned->signature), &isolated->cifs[i]))
            return error_set(error, PLUGIN_UNSUPPORTED,
                             "libffi cannot call function %s of signature %s",
                             plan_name(plan, planned->name), plan_name(plan, planned->signature));
    }
    return true;
}

static bool add_symbols(struct isolated *isolated, struct error *error)
{
    uint32_t count = isolated->plan->symbol_count;
    isolated->symbols = calloc(count + 1, sizeof *isolated->symbols);
    if (!isolated->symbols)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < count; i++) {
        struct isolated_closure *closure = &isolated->symbols[i];
        *closure = (struct isolated_closure){.of = isolated, .number = i, .function = i};
        const struct plan_function *planned = plan_function(isolated->plan, i);
        bool is_called = !planned->is_variable && !planned->is_absent;
        if ((is_called && !closure_init(closure, error)) ||
            !functions_add_other(&isolated->functions, closure->code, i, error))
            return false;
    }
    return true;
}

/* Finds what the plugin imports where the dynamic loader would, were it in this process. */
static bool add_imports(struct isolated *isolated, const void *(*find_function)(const char *name),
                        struct error *error)
{
    const struct plan *plan = isolated->plan;
    for (uint32_t i = 0; i < plan->import_count; i++) {
        uint32_t function = plan->symbol_count + i;
        const char *name = plan_name(plan, plan_function(plan, function)->name);
        const void *code = find_function(name);
        if (!code)
            return error_set(
                error, PLUGIN_MISFIT,
                "its function %s is not exported by the host; link the host with -rdynamic", name);
        if (!functions_add_own(&isolated->functions, code, function, error))
            return false;
    }
    return true;
}

bool closures_make(struct isolated *isolated, const void *(*find_function)(const char *name),
                   struct error *error)
{
    isolated->functions = (struct functions){.plan = isolated->plan,
                                             .own_kind = REFERENCE_HOST_FUNCTION,
                                             .other_kind = REFERENCE_PLUGIN_FUNCTION,
                                             .make = make,
                                             .context = isolated};
    return read_types(isolated, error) && add_symbols(isolated, error) &&
           add_imports(isolated, find_function, error);
}

void closures_free(struct isolated *isolated)
{
    uint32_t count = isolated->symbols ? isolated->plan->symbol_count : 0;
    for (uint32_t i = 0; i < count; i++)
        if (isolated->symbols[i].closure)
            ffi_closure_free(isolated->symbols[i].closure);
    free(isolated->symbols);
    functions_deinit(&isolated->functions);
    free(isolated->cifs);
    cif_free(isolated->types);
}
