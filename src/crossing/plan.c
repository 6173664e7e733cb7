/* SPDX-License-Identifier: MIT */
/* Makes the plan of a plugin, or tells all that speaks against one. */
#include "crossing/plan_p.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is no type ---- */

static void check_module(struct plan_maker *maker)
{
    if (maker->plugin->is_go && !maker->plugin->go)
        misfits_add(maker->misfits, NULL, NULL,
                    "isolated plugins do not support Go code in other modules than Go plugins: "
                    "build it with go build -buildmode=plugin, or open the plugin in process");
    if (maker->btf->pointer_size != 8)
        misfits_add(maker->misfits, NULL, NULL,
                    "isolated plugins have 64 bits: compile the plugin with -m64");
}

/* ---- the block ---- */

/* Reserves a table in the block, at a multiple of 8. Returns its offset. */
static uint32_t reserve(uint64_t *size, uint64_t count, size_t item)
{
    uint64_t offset = *size;
    *size = (offset + count * item + 7) & ~UINT64_C(7);
    return (uint32_t)offset;
}

/* The limits of plan_p.h keep the block below 2^32 bytes. */
static uint64_t place_tables(const struct plan_maker *maker, struct plan *plan)
{
    uint64_t size = 0, parts = 0;
    reserve(&size, 1, sizeof *plan);
    for (size_t i = 0; i < maker->object_count; i++)
        parts += maker->objects[i].part_count;
    plan->function_count = (uint32_t)maker->function_count;
    plan->symbol_count = maker->symbol_count;
    plan->import_count = maker->import_count;
    plan->functions = reserve(&size, maker->function_count, sizeof *maker->functions);
    plan->object_count = (uint32_t)maker->object_count;
    plan->objects = reserve(&size, maker->object_count, sizeof *maker->objects);
    plan->part_count = (uint32_t)parts;
    plan->parts = reserve(&size, parts, sizeof *maker->parts);
    plan->slot_count = (uint32_t)maker->slot_count;
    plan->slots = reserve(&size, maker->slot_count, sizeof *maker->slots);
    plan->variable_count = (uint32_t)maker->variable_count;
    plan->variables = reserve(&size, maker->variable_count, sizeof *maker->variables);
    plan->names_size = (uint32_t)maker->names.length;
    plan->names = reserve(&size, maker->names.length, 1);
    plan->size = (uint32_t)size;
    return size;
}

/* Copies the parts of each object behind those of the one before. */
static void copy_parts(const struct plan_maker *maker, struct plan *plan)
{
    char *block = (char *)plan;
    struct plan_part *parts = (struct plan_part *)(block + plan->parts);
    struct plan_object *objects = (struct plan_object *)(block + plan->objects);
    uint32_t next = 0;
    for (uint32_t i = 0; i < plan->object_count; i++) {
        objects[i] = maker->objects[i];
        objects[i].first_part = next;
        for (uint32_t k = 0; k < objects[i].part_count; k++, next++) {
            parts[next] = maker->parts[maker->objects[i].first_part + k];
            plan->has_kept |= parts[next].is_kept;
            if (parts[next].kind == PLAN_FUNCTION)
                parts[next].object += plan->symbol_count + plan->import_count;
        }
    }
}

static void copy_table(void *to, const void *items, size_t size)
{
    if (size)
        memcpy(to, items, size);
}

static struct plan *assemble(const struct plan_maker *maker)
{
    struct plan head = {0};
    uint64_t size = place_tables(maker, &head);
    struct plan *plan = calloc(1, size);
    if (!plan)
        return NULL;
    *plan = head;
    char *block = (char *)plan;
    copy_table(block + plan->functions, maker->functions,
               maker->function_count * sizeof *maker->functions);
    copy_table(block + plan->slots, maker->slots, maker->slot_count * sizeof *maker->slots);
    copy_table(block + plan->variables, maker->variables,
               maker->variable_count * sizeof *maker->variables);
    copy_table(block + plan->names, maker->names.chars, maker->names.length);
    copy_parts(maker, plan);
    return plan;
}

/* ---- the whole ---- */

static bool collect(struct plan_maker *maker, struct error *error)
{
    const struct meta *meta = &maker->plugin->meta;
    if (!plan_find_imports(maker, error))
        return false;
    maker->object_of =
        arena_alloc_zeroed(&maker->arena, maker->btf->count, sizeof *maker->object_of);
    maker->has_no_memory |= !maker->object_of;
    plan_intern(maker, "");
    if (!plan_pay(maker, 1))
        return true;
    check_module(maker);
    plan_read_marks(maker);
    if (!plan_read_host(maker, error))
        return false;
    for (uint32_t i = 0; i < meta->header.symbols.count && plan_pay(maker, 1); i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        if (maker->plugin->go)
            plan_add_go_symbol(maker, &symbol);
        else
            plan_add_symbol(maker, &symbol);
    }
    maker->symbol_count = (uint32_t)maker->function_count;
    if (!plan_check_imports(maker, error))
        return false;
    plan_add_imports(maker);
    maker->import_count = (uint32_t)maker->function_count - maker->symbol_count;
    plan_end_variables(maker);
    plan_describe(maker);
    plan_prune(maker);
    plan_end_owned(maker);
    return true;
}

static struct plan *finish(struct plan_maker *maker, struct error *error)
{
    struct plan *plan = NULL;
    if (maker->is_too_much && !misfits_are_too_many(maker->misfits))
        misfits_add(maker->misfits, NULL, NULL,
                    "its types are too many or too large for an isolated plugin: export less");
    if (!maker->has_no_memory && !maker->misfits->failed && maker->misfits->count)
        return NULL;
    if (!maker->has_no_memory && !maker->misfits->failed)
        plan = assemble(maker);
    if (!plan)
        error_set_no_memory(error);
    return plan;
}

struct plan *plan_make(const struct mapped_modules *modules, const struct meta *host,
                       const struct btf *host_types, struct misfits *misfits, struct error *error)
{
    const struct module *own = modules->items[modules->count - 1].module;
    struct plan_maker maker = {.modules = modules,
                               .plugin = own,
                               .btf = module_types(own, error),
                               .host = host,
                               .host_types = host_types,
                               .misfits = misfits,
                               .work.left = PLAN_WORK_MAX};
    if (!maker.btf)
        return NULL;
    struct plan *plan = NULL;
    if (collect(&maker, error))
        plan = finish(&maker, error);
    btf_joined_deinit(&maker.joined);
    text_free(&maker.names);
    arena_deinit(&maker.arena);
    return plan;
}
