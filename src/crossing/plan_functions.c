/* SPDX-License-Identifier: MIT */
/* The functions of a plan: the frame of each, its slots, and its signature. */
#include "crossing/plan_p.h"

#include "base/array.h"
#include "types/layout.h"
#include "types/print.h"

enum { SLOT = 16, VALUE_MAX = 1 << 20 };

/* Tells why the symbol is no function that a host can call; false if it is. */
static bool refuse_kind(struct plan_maker *maker, const struct meta_symbol *symbol)
{
    if (symbol->kind == FORMAT_THREAD_LOCAL)
        plan_refuse_symbol(
            maker, symbol, "the plugin's thread-local variable ",
            "isolated plugins do not support them: export functions that get and set "
            "it, or make it static");
    else if (symbol->kind != FORMAT_FUNCTION)
        plan_refuse_symbol(maker, symbol, "the plugin's indirect function ",
                           "isolated plugins do not support them: export a function that calls it");
    else if (!symbol->type)
        plan_refuse_symbol(maker, symbol, "",
                           "its type is not recorded: compile it with -g, or make it static");
    else
        return false;
    return true;
}

/* A function whose calls cross: a symbol, an import, or what a pointer leads to. */
struct callable {
    const char *name;                 /* of the symbol; or of the type, in marks */
    uint32_t type;                    /* BTF id of the FUNC_PROTO */
    const struct meta_symbol *symbol; /* NULL: */
    const struct pointed *pointed;
};

static void refuse_callable(struct plan_maker *maker, const struct callable *callable,
                            const char *why)
{
    const struct pointed *pointed = callable->pointed;
    if (callable->symbol)
        plan_refuse_symbol(maker, callable->symbol, "", why);
    else
        plan_refuse(maker, &pointed->place, pointed->pointer, pointed->value, "%s", why);
}

/* Tells what in its type as a whole keeps a function from being called from another process. */
static void refuse_calls(struct plan_maker *maker, const struct callable *callable)
{
    struct btf_type function = btf_type(maker->btf, callable->type);
    if (btf_is_unprototyped(maker->btf, &function))
        refuse_callable(maker, callable,
                        "its parameters are not known: declare it with (void), or with them");
    if (btf_is_variadic(maker->btf, &function))
        refuse_callable(maker, callable,
                        "isolated plugins do not support variable arguments: take an array with "
                        "PLUGIN_COUNTED");
    if (*btf_convention(maker->btf, &function))
        refuse_callable(
            maker, callable,
            "isolated plugins do not support its calling convention: use the usual one");
    if (function.length > PLAN_PARAMETERS_MAX)
        refuse_callable(maker, callable,
                        "isolated plugins do not support more than 256 parameters: take a struct");
}

/* ---- slots ---- */

/* Adds a slot of the frame, which ends at *end. */
static void add_slot(struct plan_maker *maker, const struct place *place, uint32_t id,
                     const char *name, uint32_t *end)
{
    uint64_t size = layout_size(maker->btf, id);
    struct plan_slot *slot =
        array_add(&maker->arena, maker->slots, maker->slot_count, maker->slot_capacity);
    if (!slot) {
        maker->has_no_memory = true;
        return;
    }
    if (size > VALUE_MAX) {
        plan_refuse(maker, place, id, name,
                    "it is too large to be passed by value: pass a pointer to it");
        size = VALUE_MAX;
    }
    *slot = (struct plan_slot){.offset = *end, .size = (uint32_t)size};
    slot->name = plan_intern(maker, name);
    *end += (uint32_t)align_up(size ? size : 1, SLOT);
}

/* Adds what is in the slot, and its part of the signature. */
static void fill_slot(struct plan_maker *maker, const struct place *place, uint32_t id,
                      const char *name, size_t first_slot, struct text *signature)
{
    struct pointing pointing = {0};
    size_t told = maker->misfits->count;
    if (layout_size(maker->btf, id) > VALUE_MAX)
        return; /* which is told */
    if (plan_find_slot_marks(maker, place, first_slot, &pointing))
        plan_add_value(maker, place, id, name, maker->slots[first_slot + place->slot].offset,
                       &pointing);
    if (told == maker->misfits->count && plan_pay(maker, 1))
        plan_add_signature(maker, place, id, name, signature);
}

static void fill_frame(struct plan_maker *maker, uint32_t frame, const struct btf_type *function,
                       uint32_t count, size_t first_slot, struct text *signature)
{
    struct place place = {.object = frame, .slot = count};
    if (function->type)
        fill_slot(maker, &place, function->type, "", first_slot, signature);
    else
        text_add(signature, "v");
    for (uint32_t i = 0; i < count && plan_pay(maker, 1); i++) {
        struct btf_parameter parameter = btf_parameter(maker->btf, function, i);
        place.slot = i;
        fill_slot(maker, &place, parameter.type, parameter.name, first_slot, signature);
    }
}

/* Nothing behind the pointer crosses: who calls it has a copy, and frees that. */
static void fill_freed(struct plan_maker *maker, uint32_t frame, const struct btf_type *function,
                       size_t first_slot, struct text *signature)
{
    struct btf_parameter parameter = btf_parameter(maker->btf, function, 0);
    plan_add_address(maker, &(struct place){.object = frame}, parameter.type,
                     maker->slots[first_slot].offset);
    text_add(signature, "vp");
}

/* Returns the number of parameters that have slots. */
static uint32_t count_parameters(const struct plan_maker *maker, const struct btf_type *function)
{
    uint32_t has_ellipsis =
        btf_is_variadic(maker->btf, function) || btf_is_unprototyped(maker->btf, function);
    uint32_t count = function->length - has_ellipsis;
    return count < PLAN_PARAMETERS_MAX ? count : PLAN_PARAMETERS_MAX;
}

/* Adds the function's frame. Returns the number of its object. */
static uint32_t add_frame(struct plan_maker *maker, const struct callable *callable,
                          const char *name, const struct btf_type *function, uint32_t count)
{
    struct origin origin = {.type = callable->type,
                            .is_frame = true,
                            .is_root = callable->symbol,
                            .symbol = callable->name};
    if (callable->pointed)
        origin.reached = callable->pointed->place;
    uint32_t frame = plan_add_object(maker, &origin, name), end = 0;
    if (!plan_pay(maker, 1))
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        struct btf_parameter parameter = btf_parameter(maker->btf, function, i);
        add_slot(maker, &(struct place){.object = frame, .slot = i}, parameter.type, parameter.name,
                 &end);
    }
    add_slot(maker, &(struct place){.object = frame, .slot = count}, function->type, "", &end);
    maker->objects[frame].size = end;
    maker->objects[frame].alignment = SLOT;
    return frame;
}

static bool is_signed(struct plan_maker *maker, uint32_t id)
{
    struct btf_type type = plan_unqualified(maker, id).type;
    return type.kind == BTF_INT ? btf_int(&type).is_signed : btf_is_enum(type.kind) && type.flag;
}

struct plan_function *plan_add_no_function(struct plan_maker *maker, const char *name)
{
    struct origin origin = {.is_frame = true, .is_root = true, .symbol = name};
    struct plan_function none = {.first_slot = (uint32_t)maker->slot_count};
    struct plan_slot *slot =
        array_add(&maker->arena, maker->slots, maker->slot_count, maker->slot_capacity);
    struct plan_function *function =
        array_add(&maker->arena, maker->functions, maker->function_count, maker->function_capacity);
    maker->has_no_memory |= !function || !slot;
    none.frame = plan_add_object(maker, &origin, name);
    none.name = plan_intern(maker, name);
    none.signature = plan_intern(maker, "v");
    if (!plan_pay(maker, 1))
        return NULL;
    *slot = (struct plan_slot){.name = plan_intern(maker, "")};
    maker->objects[none.frame].alignment = SLOT;
    *function = none;
    return function;
}

static void add_variable(struct plan_maker *maker, const struct meta_symbol *symbol)
{
    struct plan_function *variable = plan_add_no_function(maker, symbol->name);
    if (!variable)
        return;
    variable->is_variable = true;
    if (plan_find_variable(maker, symbol, variable))
        plan_share_variable(maker, variable);
}

/* Adds the next function of the plan, with this name in messages. */
static void add_callable(struct plan_maker *maker, const struct callable *callable,
                         const char *name)
{
    struct btf_type type = btf_type(maker->btf, callable->type);
    TEXT_AUTO signature = {.limit = PLAN_SIGNATURE_MAX};
    uint32_t count = count_parameters(maker, &type);
    size_t first_slot = maker->slot_count;
    refuse_calls(maker, callable);
    uint32_t frame = add_frame(maker, callable, name, &type, count);
    struct plan_function *function =
        array_add(&maker->arena, maker->functions, maker->function_count, maker->function_capacity);
    maker->has_no_memory |= !function;
    if (!plan_pay(maker, 1))
        return;
    plan_check_function_marks(maker, frame);
    bool frees = callable->symbol && plan_frees(maker, callable->name, &type);
    if (frees)
        fill_freed(maker, frame, &type, first_slot, &signature);
    else
        fill_frame(maker, frame, &type, count, first_slot, &signature);
    plan_end_object(maker, frame);
    const struct plan_slot *result = &maker->slots[first_slot + count];
    *function = (struct plan_function){.name = plan_intern(maker, name),
                                       .signature = plan_intern(maker, text_chars(&signature)),
                                       .frame = frame,
                                       .first_slot = (uint32_t)first_slot,
                                       .parameter_count = count,
                                       .result_offset = result->offset,
                                       .result_size = result->size,
                                       .result_is_signed = is_signed(maker, type.type),
                                       .frees = frees};
}

void plan_add_function(struct plan_maker *maker, const struct meta_symbol *symbol)
{
    if (!plan_pay(maker, 1) || refuse_kind(maker, symbol))
        return;
    struct callable callable = {
        .name = symbol->name, .type = btf_type(maker->btf, symbol->type).type, .symbol = symbol};
    add_callable(maker, &callable, symbol->name);
}

void plan_add_symbol(struct plan_maker *maker, const struct meta_symbol *symbol)
{
    if (symbol->kind != FORMAT_VARIABLE)
        plan_add_function(maker, symbol);
    else if (plan_pay(maker, 1))
        add_variable(maker, symbol);
}

void plan_add_pointed(struct plan_maker *maker, size_t index)
{
    struct pointed pointed = maker->pointed[index]; /* more may be added meanwhile */
    struct callable callable = {.name = pointed.name, .type = pointed.type, .pointed = &pointed};
    TEXT_AUTO name = {0};
    print_shown(&name, maker->btf, pointed.pointer, NULL);
    maker->has_no_memory |= name.failed;
    add_callable(maker, &callable, text_chars(&name));
}
