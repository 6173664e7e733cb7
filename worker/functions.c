/* SPDX-License-Identifier: MIT */
/* Functions of both sides: the plugin's, which the host calls by their numbers, and closures that
 * call the host's. */
#include "worker/worker.h"

#include "src/isolated/frame.h"
#include "src/isolated/imports.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Code that calls a function of the host. */
struct closure {
    ffi_closure *closure;
    void *code;
    uint32_t number, function;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct functions functions; /* guarded by the lock, but for its plan */
static ffi_cif *cifs;              /* of the plan's functions */
static struct closure *pool;
static size_t pool_used, pool_count;

/* ---- calls back ---- */

static void run(ffi_cif *cif, void *result, void **arguments, void *data)
{
    const struct closure *closure = data;
    backs_call(closure->number, closure->function, cif, result, arguments);
}

/* Uses the next of the pool. With the lock held, or before there are threads. */
static void *make(void *context, uint32_t number, uint32_t function, struct error *error)
{
    (void)context;
    struct closure *closure = pool_used < pool_count ? &pool[pool_used] : NULL;
    if (!closure || ffi_prep_closure_loc(closure->closure, &cifs[function], run, closure,
                                         closure->code) != FFI_OK) {
        error_set_no_memory(error);
        return NULL;
    }
    pool_used++;
    closure->number = number;
    closure->function = function;
    return closure->code;
}

static bool make_pool(void)
{
    bool passes = serve_plan->function_count > serve_plan->symbol_count + serve_plan->import_count;
    pool_count = serve_plan->import_count + (passes ? FUNCTIONS_MAX : 0);
    pool = calloc(pool_count + 1, sizeof *pool);
    for (size_t i = 0; pool && i < pool_count; i++)
        if (!(pool[i].closure = ffi_closure_alloc(sizeof *pool[i].closure, &pool[i].code)))
            return false;
    return pool;
}

bool functions_prepare(void)
{
    static struct cif_types *types;
    uint32_t count = serve_plan->function_count;
    functions = (struct functions){.plan = serve_plan,
                                   .own_kind = REFERENCE_PLUGIN_FUNCTION,
                                   .other_kind = REFERENCE_HOST_FUNCTION,
                                   .make = make};
    cifs = calloc(count + 1, sizeof *cifs);
    for (uint32_t i = 0; cifs && i < count; i++)
        if (!cif_read(&types, plan_name(serve_plan, plan_function(serve_plan, i)->signature),
                      &cifs[i]))
            return false;
    return cifs && make_pool();
}

bool functions_bind(void *imports, const struct start *start)
{
    struct link_map *map;
    struct error error = {0};
    if (dlinfo(imports, RTLD_DI_LINKMAP, &map) != 0)
        return false;
    uint8_t *base = (uint8_t *)map->l_addr;
    void **table = (void **)(base + start->import_table);
    for (uint32_t i = 0; i < serve_plan->import_count; i++) {
        uint32_t function = serve_plan->symbol_count + i;
        table[i] = make(NULL, i, function, &error);
        if (!table[i] ||
            !functions_add_other(&functions, base + start->import_code + (size_t)i * IMPORTS_ENTRY,
                                 function, &error))
            return false;
    }
    return mprotect(table, serve_plan->import_count * sizeof *table, PROT_READ) == 0;
}

/* ---- the plugin's ---- */

/* Returns the code of a symbol; NULL if it is missing. */
static const void *find(void *handle, const char *name)
{
    const char *why;
    if (!go_is_used())
        return dlsym(handle, name);
    const void *code = go_find(name, &why);
    if (!code)
        worker_fail(why);
    return code;
}

bool functions_find(void *handle)
{
    struct error error = {0};
    for (uint32_t i = 0; i < serve_plan->symbol_count; i++) {
        const struct plan_function *planned = plan_function(serve_plan, i);
        const void *code =
            planned->is_absent ? NULL : find(handle, plan_name(serve_plan, planned->name));
        if ((!code && !planned->is_absent) || !functions_add_own(&functions, code, i, &error))
            return false;
    }
    return true;
}

void functions_call(const struct channel_call *called, uint8_t *frame)
{
    const struct plan_function *planned = plan_function(serve_plan, called->function);
    void *arguments[PLAN_PARAMETERS_MAX];
    pthread_mutex_lock(&lock);
    const void *code = functions_called(&functions, called->number, called->function);
    pthread_mutex_unlock(&lock);
    frame_arguments(frame, serve_plan, planned, arguments);
    ffi_call(&cifs[called->function], FFI_FN(code), frame + planned->result_offset, arguments);
}

void functions_free(const struct plan_function *planned, void *result)
{
    uint32_t function = planned->freed_by - PLAN_FREED_BY;
    if (planned->freed_by == PLAN_FREED_BY_C) {
        free(result);
        return;
    }
    pthread_mutex_lock(&lock);
    const void *code = functions_called(&functions, function, function);
    pthread_mutex_unlock(&lock);
    ffi_call(&cifs[function], FFI_FN(code), NULL, (void *[]){&result});
}

/* ---- pointers ---- */

bool functions_refer_here(void *context, const void *pointer, uint32_t function,
                          uint64_t *reference, struct error *error)
{
    struct level *level = context;
    pthread_mutex_lock(&lock);
    bool done = functions_refer(&functions, pointer, function, reference, error);
    pthread_mutex_unlock(&lock);
    if (!done && error->code != PLUGIN_NO_MEMORY)
        level->refusal =
            error->code == PLUGIN_UNSUPPORTED ? CHANNEL_NO_HANDLE : CHANNEL_WRONG_FUNCTION;
    return done;
}

bool functions_resolve_here(void *context, uint64_t reference, uint32_t function, void **pointer,
                            struct error *error)
{
    (void)context;
    pthread_mutex_lock(&lock);
    bool done = functions_resolve(&functions, reference, function, pointer, error);
    pthread_mutex_unlock(&lock);
    return done;
}
