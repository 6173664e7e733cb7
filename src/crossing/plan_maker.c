/* SPDX-License-Identifier: MIT */
/* What all of a plan's making uses: its limits, its names and its misfits. */
#include "crossing/plan_p.h"

#include "base/array.h"
#include "base/hash.h"
#include "types/btf_tags.h"
#include "types/print.h"

#include <string.h>

bool plan_pay(struct plan_maker *maker, uint64_t work)
{
    if (!budget_spend(&maker->work, work) || misfits_are_too_many(maker->misfits))
        maker->is_too_much = true;
    return !maker->is_too_much && !maker->has_no_memory;
}

struct btf_unqualified plan_unqualified(struct plan_maker *maker, uint32_t id)
{
    struct btf_unqualified type = btf_unqualified(maker->btf, id);
    plan_pay(maker, type.links + 1);
    return type;
}

uint32_t plan_intern(struct plan_maker *maker, const char *name)
{
    size_t length = strnlen(name, PLAN_WORK_MAX);
    if (!plan_pay(maker, length))
        return 0;
    struct text *names = &maker->names;
    struct table *table = &maker->name_table;
    struct table_probe probe = {.hash = hash_name(name)};
    for (uint32_t item; table_next(table, &probe, &item);)
        if (!strcmp(names->chars + maker->name_offsets[item], name))
            return maker->name_offsets[item];
    uint32_t offset = (uint32_t)names->length, number = (uint32_t)maker->name_count;
    text_add_bytes(names, name, length + 1);
    maker->is_too_much |= names->is_full;
    maker->has_no_memory |= names->failed && !names->is_full;
    uint32_t *added =
        array_add(&maker->arena, maker->name_offsets, maker->name_count, maker->name_capacity);
    if (!added || !table_reserve(table, &maker->arena, maker->name_count)) {
        maker->has_no_memory = true;
        return 0;
    }
    *added = names->failed ? 0 : offset;
    if (!names->failed)
        maker->is_too_much |= table_add(table, probe.hash, number) > TABLE_PROBES_MAX;
    return *added;
}

/* ---- misfits ---- */

/* Adds one step of a path: "parameter 2", of a function behind a pointer "its parameter 2", or
 * "struct image: member file". */
static void add_step(struct text *path, const struct plan_maker *maker, const struct place *place)
{
    const struct origin *origin = &maker->origins[place->object];
    const char *before = path->length ? ": " : "";
    if (origin->is_frame) {
        struct btf_type function = btf_type(maker->btf, origin->type);
        const char *its = origin->is_root ? "" : "its ";
        if (place->slot < function.length)
            text_add(path, "%s%sparameter %u", before, its, place->slot + 1);
        else
            text_add(path, "%s%sresult", before, its);
        return;
    }
    if (!place->member)
        return;
    text_add(path, "%s", before);
    text_add_escaped(path, text_chars(&maker->names) + maker->objects[place->object].name);
    if (*place->member) {
        text_add(path, ": member ");
        text_add_escaped(path, place->member);
    }
}

/* Adds "parameter 2: struct image: member file"; of a long way, its start and its end. Returns the
 * function's name. */
static const char *add_path(struct text *path, struct plan_maker *maker, const struct place *place)
{
    enum { SHOWN = 8 };
    struct place last[SHOWN];
    size_t count = 0;
    struct place at = *place;
    while (!maker->origins[at.object].is_root) {
        last[count++ % SHOWN] = at;
        at = maker->origins[at.object].reached;
    }
    plan_pay(maker, count);
    add_step(path, maker, &at);
    if (count > SHOWN)
        text_add(path, ": ...");
    for (size_t i = count < SHOWN ? count : SHOWN; i-- > 0;)
        add_step(path, maker, &last[i]);
    return maker->origins[at.object].symbol;
}

void plan_refuse(struct plan_maker *maker, const struct place *place, uint32_t type,
                 const char *name, const char *format, ...)
{
    TEXT_AUTO declaration = {0}, why = {0};
    struct misfit *misfit = misfits_start(maker->misfits, NULL, NULL);
    misfit->symbol = add_path(&misfit->path, maker, place);
    if (name)
        print_shown(&declaration, maker->btf, type, *name ? name : NULL);
    va_list arguments;
    va_start(arguments, format);
    text_vadd_escaped(&why, format, arguments);
    va_end(arguments);
    misfit_add(misfit, "%s: %s: ", misfit->symbol, text_chars(&misfit->path));
    text_add(&misfit->text, "%s%s%s", text_chars(&declaration), name ? ": " : "", text_chars(&why));
    maker->has_no_memory |= declaration.failed || why.failed;
    misfits_end(maker->misfits);
}

void plan_refuse_symbol(struct plan_maker *maker, const struct meta_symbol *symbol,
                        const char *before, const char *why)
{
    TEXT_AUTO declaration = {0};
    if (symbol->type)
        print_shown(&declaration, maker->btf, btf_type(maker->btf, symbol->type).type,
                    symbol->name);
    misfits_add(maker->misfits, symbol->name, NULL, "%s%s: %s%s%s", before, symbol->name,
                text_chars(&declaration), symbol->type ? ": " : "", why);
    maker->has_no_memory |= declaration.failed;
}
