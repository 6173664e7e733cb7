/* SPDX-License-Identifier: MIT */
#include "crossing/functions.h"

#include "base/array.h"
#include "base/hash.h"

#include <stdlib.h>

static uint32_t code_hash(const void *code)
{
    return (uint32_t)hash_bytes(0, &code, sizeof code);
}

static const char *type_name(const struct functions *functions, uint32_t function)
{
    return plan_name(functions->plan, plan_function(functions->plan, function)->name);
}

/* ---- types ---- */

bool functions_agree(const struct plan *plan, uint32_t first, uint32_t second)
{
    const struct plan_function *a = plan_function(plan, first), *b = plan_function(plan, second);
    const struct plan_object *a_frame = plan_object(plan, a->frame);
    const struct plan_object *b_frame = plan_object(plan, b->frame);
    if (first == second)
        return true;
    if (a->is_variable || b->is_variable || a->signature != b->signature ||
        a->freed_by != b->freed_by || a->frees != b->frees || a_frame->size != b_frame->size ||
        a_frame->part_count != b_frame->part_count)
        return false;
    for (uint32_t i = 0; i < a_frame->part_count; i++) {
        const struct plan_part *c = plan_part(plan, a_frame->first_part + i);
        const struct plan_part *d = plan_part(plan, b_frame->first_part + i);
        if (c->offset != d->offset || c->size != d->size || c->kind != d->kind ||
            c->counted != d->counted || c->flow != d->flow || c->count_size != d->count_size ||
            c->count_is_signed != d->count_is_signed || c->is_by_result != d->is_by_result ||
            c->is_by_count != d->is_by_count || c->is_kept != d->is_kept ||
            c->object != d->object || c->count != d->count || c->count_offset != d->count_offset)
            return false;
    }
    return true;
}

/* ---- this side's functions ---- */

/* One pointer may be passed as one to functions of several types. */
static bool find_own(const struct functions *functions, const void *code, uint32_t function,
                     uint32_t *number)
{
    struct table_probe probe = {.hash = code_hash(code)};
    while (table_next(&functions->own_by_code, &probe, number)) {
        const struct function_own *own = &functions->own[*number];
        if (own->code == code && functions_agree(functions->plan, own->function, function))
            return true;
    }
    return false;
}

static bool add_own(struct functions *functions, const void *code, uint32_t function,
                    struct error *error)
{
    struct function_own *added =
        table_reserve(&functions->own_by_code, NULL, functions->own_count + 1)
            ? array_add(NULL, functions->own, functions->own_count, functions->own_capacity)
            : NULL;
    if (!added)
        return error_set_no_memory(error);
    *added = (struct function_own){code, function};
    table_add(&functions->own_by_code, code_hash(code), (uint32_t)functions->own_count - 1);
    return true;
}

bool functions_add_own(struct functions *functions, const void *code, uint32_t function,
                       struct error *error)
{
    functions->own_fixed++;
    return add_own(functions, code, function, error);
}

const void *functions_called(const struct functions *functions, uint32_t number, uint32_t function)
{
    const struct plan *plan = functions->plan;
    bool is_known = number < functions->own_count && function < plan->function_count &&
                    functions_agree(plan, functions->own[number].function, function);
    return is_known ? functions->own[number].code : NULL;
}

/* ---- the other side's ---- */

static bool find_other(const struct functions *functions, const void *code, uint32_t *item)
{
    struct table_probe probe = {.hash = code_hash(code)};
    while (table_next(&functions->other_by_code, &probe, item))
        if (functions->other[*item].code == code)
            return true;
    return false;
}

static bool add_other(struct functions *functions, const void *code, uint32_t number,
                      uint32_t function, struct error *error)
{
    struct function_other *added =
        table_reserve(&functions->other_by_code, NULL, functions->other_count + 1)
            ? array_add(NULL, functions->other, functions->other_count, functions->other_capacity)
            : NULL;
    if (!added)
        return error_set_no_memory(error);
    *added = (struct function_other){.code = code, .function = function, .number = number};
    if (code)
        table_add(&functions->other_by_code, code_hash(code), (uint32_t)functions->other_count - 1);
    return true;
}

bool functions_add_other(struct functions *functions, const void *code, uint32_t function,
                         struct error *error)
{
    uint32_t number = (uint32_t)functions->other_fixed++;
    return add_other(functions, code, number, function, error);
}

/* Makes code for a function that is called for the first time. */
static bool make_other(struct functions *functions, uint32_t number, uint32_t function,
                       struct error *error)
{
    if (functions->other_count - functions->other_fixed >= FUNCTIONS_STALE_MAX)
        return error_set(error, PLUGIN_UNSUPPORTED, "it has passed more than %d functions",
                         FUNCTIONS_STALE_MAX);
    const void *code = functions->make(functions->context, number, function, error);
    return code && add_other(functions, code, number, function, error);
}

/* Sets *item to that of a function with this number, which is made at the first time. */
static bool use_other(struct functions *functions, uint32_t number, uint32_t function,
                      uint32_t *item, struct error *error)
{
    size_t fixed = functions->other_fixed;
    if (number < fixed) {
        *item = number;
        return true;
    }
    if (number - fixed >= FUNCTIONS_MAX)
        return error_set(error, PLUGIN_CRASHED, "it gave a function that there cannot be");
    if (!functions->by_number &&
        !(functions->by_number = calloc(FUNCTIONS_MAX, sizeof *functions->by_number)))
        return error_set_no_memory(error);
    uint32_t *known = &functions->by_number[number - fixed];
    if (!*known) {
        if (!make_other(functions, number, function, error))
            return false;
        *known = (uint32_t)functions->other_count;
    }
    *item = *known - 1;
    return true;
}

/* ---- pointers ---- */

static bool refer_other(const struct functions *functions, uint32_t item, uint32_t function,
                        uint64_t *reference, struct error *error)
{
    const struct function_other *other = &functions->other[item];
    if (other->is_stale)
        return error_set(error, PLUGIN_CRASHED, "the function belongs to a process that has ended");
    if (!functions_agree(functions->plan, other->function, function))
        return error_set(error, PLUGIN_WRONG_TYPE, "the function is of type %s, and not %s",
                         type_name(functions, other->function), type_name(functions, function));
    *reference = reference_make(functions->other_kind, other->number, 0);
    return true;
}

bool functions_refer(struct functions *functions, const void *pointer, uint32_t function,
                     uint64_t *reference, struct error *error)
{
    uint32_t number;
    if (find_other(functions, pointer, &number))
        return refer_other(functions, number, function, reference, error);
    if (!find_own(functions, pointer, function, &number)) {
        if (functions->own_count - functions->own_fixed == FUNCTIONS_MAX)
            return error_set(error, PLUGIN_UNSUPPORTED, "more than %d functions are passed",
                             FUNCTIONS_MAX);
        if (!add_own(functions, pointer, function, error))
            return false;
        number = (uint32_t)functions->own_count - 1;
    }
    *reference = reference_make(functions->own_kind, number, 0);
    return true;
}

bool functions_resolve(struct functions *functions, uint64_t reference, uint32_t function,
                       void **pointer, struct error *error)
{
    uint32_t number = reference_number(reference), item = 0;
    const void *code;
    if (reference_kind(reference) == functions->other_kind) {
        if (!use_other(functions, number, function, &item, error))
            return false;
        const struct function_other *other = &functions->other[item];
        code = functions_agree(functions->plan, other->function, function) ? other->code : NULL;
    } else {
        code = functions_called(functions, number, function);
    }
    if (!code)
        return error_set(error, PLUGIN_CRASHED, "it gave a function as one of type %s that is none",
                         type_name(functions, function));
    *pointer = (void *)(uintptr_t)code;
    return true;
}

/* ---- the end ---- */

void functions_restart(struct functions *functions)
{
    for (size_t i = functions->other_fixed; i < functions->other_count; i++)
        functions->other[i].is_stale = true;
    free(functions->by_number);
    functions->by_number = NULL;
    table_empty(&functions->own_by_code);
    functions->own_count = functions->own_fixed;
    for (uint32_t i = 0; i < functions->own_count; i++)
        table_add(&functions->own_by_code, code_hash(functions->own[i].code), i);
}

void functions_deinit(struct functions *functions)
{
    free(functions->own);
    free(functions->other);
    free(functions->by_number);
    table_deinit(&functions->own_by_code);
    table_deinit(&functions->other_by_code);
}
