/* SPDX-License-Identifier: MIT */
/* Results that their caller frees (PLUGIN_OWNED). It has a copy, and frees that; what the function
 * returned is freed on its own side, once it has crossed. */
#include "crossing/plan_p.h"

#include <string.h>

/* ---- the functions that free ---- */

static const struct mark *find_freeing(struct plan_maker *maker, const char *symbol)
{
    const struct marks *marks = &maker->marks;
    for (size_t i = 0; marks->has_owned && i < marks->count && plan_pay(maker, 1); i++)
        if (marks->items[i].kind == MARK_OWNED && !strcmp(marks->items[i].name, symbol))
            return &marks->items[i];
    return NULL;
}

bool plan_frees(struct plan_maker *maker, const char *symbol, const struct btf_type *function)
{
    const struct mark *mark = find_freeing(maker, symbol);
    if (!mark)
        return false;
    bool is_pointer =
        function->length == 1 &&
        plan_unqualified(maker, btf_parameter(maker->btf, function, 0).type).type.kind == BTF_PTR;
    if (is_pointer && !function->type)
        return true;
    misfits_add(maker->misfits, symbol, NULL,
                "%s: the host says %s, but the function does not take one pointer and return "
                "nothing: name one that does, or free",
                symbol, mark->text);
    return false;
}

/* ---- the functions whose results are freed ---- */

/* A function of the plan whose result is owned. */
struct owned {
    struct plan_function *function;
    struct place result;
    uint32_t type; /* BTF id of the result's */
    const struct mark *mark;
};

static const char *name_of(const struct plan_maker *maker, size_t function)
{
    return maker->origins[maker->functions[function].frame].symbol;
}

/* Returns the part that is the result; NULL: it is not there, which is told. */
static const struct plan_part *find_result(struct plan_maker *maker,
                                           const struct plan_function *function)
{
    const struct plan_object *frame = &maker->objects[function->frame];
    for (uint32_t i = 0; i < frame->part_count && plan_pay(maker, 1); i++) {
        const struct plan_part *part = &maker->parts[frame->first_part + i];
        if (part->offset == function->result_offset)
            return part;
    }
    return NULL;
}

/* Do both point to one type? Imports have types of their own, so names decide; to void, any does.
 */
static bool points_alike(struct plan_maker *maker, uint32_t first, uint32_t second)
{
    struct btf_type a = plan_unqualified(maker, plan_unqualified(maker, first).type.type).type;
    struct btf_type b = plan_unqualified(maker, plan_unqualified(maker, second).type.type).type;
    return a.kind == BTF_VOID || b.kind == BTF_VOID ||
           (a.kind == b.kind && !strcmp(a.name, b.name));
}

/* free(3) frees one block. */
static void free_by_c(struct plan_maker *maker, const struct owned *owned)
{
    const struct plan_part *part = find_result(maker, owned->function);
    if (part && part->kind == PLAN_OBJECTS && maker->objects[part->object].has_pointers)
        plan_refuse(maker, &owned->result, owned->type, "",
                    "%s, but it has pointers in it, and free frees one block: name a function that "
                    "frees all of it",
                    owned->mark->text);
    owned->function->freed_by = PLAN_FREED_BY_C;
}

static void free_by(struct plan_maker *maker, const struct owned *owned, size_t number)
{
    struct btf_type type =
        btf_type(maker->btf, maker->origins[maker->functions[number].frame].type);
    struct btf_parameter freed = btf_parameter(maker->btf, &type, 0);
    if (!maker->functions[number].frees)
        return; /* which is told */
    if (!points_alike(maker, owned->type, freed.type))
        plan_refuse(maker, &owned->result, owned->type, "",
                    "%s, but %s takes a pointer to another type: name the function that frees this "
                    "one",
                    owned->mark->text, owned->mark->name);
    owned->function->freed_by = PLAN_FREED_BY + (uint32_t)number;
}

/* Finds who frees: of the plugin's symbols, another one; of what it imports from the host, another
 * import. */
static void end_owned(struct plan_maker *maker, size_t own, const struct owned *owned)
{
    size_t first = own < maker->symbol_count ? 0 : maker->symbol_count;
    size_t end = first + (first ? maker->import_count : maker->symbol_count);
    bool is_named = own < (size_t)maker->symbol_count + maker->import_count;
    for (size_t i = first; is_named && i < end && plan_pay(maker, 1); i++)
        if (!maker->functions[i].is_variable && !strcmp(name_of(maker, i), owned->mark->name)) {
            free_by(maker, owned, i);
            return;
        }
    if (!strcmp(owned->mark->name, "free"))
        free_by_c(maker, owned);
    else
        plan_refuse(maker, &owned->result, owned->type, "", "%s, but %s", owned->mark->text,
                    !is_named ? "a function behind a pointer may be of either side: name free"
                    : first   ? "the plugin imports no such function of the host: name one, or free"
                              : "the plugin exports no such function: name one, or free");
}

void plan_end_owned(struct plan_maker *maker)
{
    for (size_t i = 0; maker->marks.has_owned && i < maker->function_count && plan_pay(maker, 1);
         i++) {
        struct plan_function *function = &maker->functions[i];
        const char *name = function->is_variable ? "" : name_of(maker, i);
        struct table_probe probe = plan_mark_probe(name);
        struct btf_type type = btf_type(maker->btf, maker->origins[function->frame].type);
        struct owned owned = {.function = function,
                              .result = {.object = function->frame, .slot = type.length},
                              .type = type.type,
                              .mark = plan_next_mark(maker, &probe, MARK_OWNED, name, NULL)};
        if (owned.mark && type.type && plan_unqualified(maker, type.type).type.kind == BTF_PTR)
            end_owned(maker, i, &owned);
    }
}
