/* SPDX-License-Identifier: MIT */
/* The variables of a plan: whether both processes can have one, and where it lies. */
#include "crossing/plan_p.h"

#include "base/array.h"
#include "types/layout.h"
#include "types/print.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* What to do about it, of all refusals. */
#define INSTEAD "export functions that get and set it, or make it static"

static void refuse(struct plan_maker *maker, const struct meta_symbol *symbol, const char *why)
{
    plan_refuse_symbol(maker, symbol, "the plugin's variable ", why);
}

enum { SHARED_MAX = 256 << 20 };

/* ---- its type ---- */

/* Says why memory of this type cannot be shared; NULL: it can. */
static const char *misuse_of(const struct btf_unqualified *type)
{
    const char *forbidden = plan_forbidden(type);
    if (forbidden)
        return forbidden;
    switch (type->type.kind) {
    case BTF_PTR:
    case BTF_FUNC_PROTO:
        return "variables with pointers: " INSTEAD;
    case BTF_VOID:
    case BTF_FWD:
        return "variables of unknown size: " INSTEAD;
    default:
        return btf_is_unknown(&type->type) ? "types that the stamp does not know: use others"
                                           : NULL;
    }
}

/* Passes the dimensions of an array. Says why its memory cannot be shared; NULL: it can. */
static const char *pass_array(struct plan_maker *maker, struct btf_unqualified *type)
{
    const char *misuse = misuse_of(type);
    while (!misuse && type->type.kind == BTF_ARRAY && plan_pay(maker, 1)) {
        if (!btf_array_count(&type->type))
            return "arrays of unknown size: " INSTEAD;
        *type = plan_unqualified(maker, type->type.type);
        misuse = misuse_of(type);
    }
    return misuse;
}

static void refuse_type(struct plan_maker *maker, const struct meta_symbol *symbol,
                        const char *member, const char *misuse)
{
    TEXT_AUTO why = {0};
    if (*member)
        text_add_between(&why, "member ", member, ": ");
    text_add(&why, "isolated plugins do not support %s", misuse);
    maker->has_no_memory |= why.failed;
    refuse(maker, symbol, text_chars(&why));
}

/* Tells the first of the type that cannot be shared. `member` is the innermost with a name. */
static bool check_type(struct plan_maker *maker, const struct meta_symbol *symbol, uint32_t id,
                       const char *member, unsigned level)
{
    struct btf_unqualified type = plan_unqualified(maker, id);
    const char *misuse = level > PLAN_LEVELS_MAX
                             ? "types that are nested so deeply: nest fewer structs"
                             : pass_array(maker, &type);
    if (misuse) {
        refuse_type(maker, symbol, member, misuse);
        return false;
    }
    bool has_members = btf_has_members(type.type.kind);
    for (uint32_t i = 0; has_members && i < type.type.length && plan_pay(maker, 1); i++) {
        struct btf_member inner = btf_member(maker->btf, &type.type, i);
        if (!check_type(maker, symbol, inner.type, *inner.name ? inner.name : member, level + 1))
            return false;
    }
    return true;
}

/* ---- its place ---- */

/* Sets *segment to that of this type which has all of these bytes; false if there is none. */
static bool find_segment(const struct elf *elf, uint32_t type, uint64_t address, uint64_t size,
                         struct elf_segment *segment)
{
    ERROR_AUTO unread = {0};
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf_segment_type(elf, i) == type && elf_segment(elf, i, segment, &unread) &&
            address >= segment->address &&
            range_is_within(address - segment->address, 1, size, segment->memory_size))
            return true;
    return false;
}

/* Does the dynamic loader take the right to write away from bytes of it? */
static bool is_relro(const struct elf *elf, uint64_t address, uint64_t size)
{
    ERROR_AUTO unread = {0};
    struct elf_segment segment;
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf_segment_type(elf, i) == PT_GNU_RELRO && elf_segment(elf, i, &segment, &unread) &&
            address < segment.address + segment.memory_size && segment.address < address + size)
            return true;
    return false;
}

/* Tells why nobody can share its memory. */
static bool check_place(struct plan_maker *maker, const struct meta_symbol *symbol,
                        struct plan_function *variable)
{
    const struct elf *elf = &maker->plugin->elf;
    struct elf_segment segment;
    uint64_t address = variable->address, size = variable->size;
    const char *why = NULL;
    if (!find_segment(elf, PT_LOAD, address, size, &segment))
        why = "it lies in no segment: the stamp is damaged";
    else if (!(segment.flags & PF_W))
        variable->is_constant = address - segment.address + size <= segment.part.size;
    else if (is_relro(elf, address, size))
        why = "it lies in memory that is read-only after relocation: " INSTEAD;
    else if (maker->variable_count && segment.address != maker->variables_segment)
        why = "isolated plugins do not support variables in several segments: " INSTEAD;
    if (!why && !(segment.flags & PF_W) && !variable->is_constant)
        why = "it lies in no segment: the stamp is damaged";
    if (why)
        refuse(maker, symbol, why);
    else if (!variable->is_constant)
        maker->variables_segment = segment.address;
    return !why;
}

bool plan_find_variable(struct plan_maker *maker, const struct meta_symbol *symbol,
                        struct plan_function *variable)
{
    if (!symbol->type) {
        refuse(maker, symbol, "its type is not recorded: compile it with -g, or make it static");
        return false;
    }
    uint32_t id = btf_type(maker->btf, symbol->type).type;
    if (!plan_pay(maker, 1) || !check_type(maker, symbol, id, "", 0))
        return false;
    variable->address = symbol->address;
    variable->size = layout_size(maker->btf, id);
    if (!variable->size) {
        refuse(maker, symbol, "isolated plugins do not support types of no bytes: " INSTEAD);
        return false;
    }
    return check_place(maker, symbol, variable);
}

/* ---- all of them ---- */

void plan_share_variable(struct plan_maker *maker, const struct plan_function *variable)
{
    if (variable->is_constant)
        return;
    struct plan_variable *added =
        array_add(&maker->arena, maker->variables, maker->variable_count, maker->variable_capacity);
    if (!added)
        maker->has_no_memory = true;
    else
        *added = (struct plan_variable){variable->address, variable->size};
}

static int compare_variables(const void *first, const void *second)
{
    const struct plan_variable *a = first, *b = second;
    return (a->address > b->address) - (a->address < b->address);
}

void plan_end_variables(struct plan_maker *maker)
{
    size_t count = maker->variable_count, joined = 0;
    if (!count || !plan_pay(maker, count))
        return;
    qsort(maker->variables, count, sizeof *maker->variables, compare_variables);
    for (size_t i = 1; i < count; i++) {
        const struct plan_variable *next = &maker->variables[i];
        struct plan_variable *last = &maker->variables[joined];
        uint64_t distance = next->address - last->address;
        if (distance >= last->size)
            maker->variables[++joined] = *next;
        else if (next->size > last->size - distance)
            last->size = distance + next->size;
    }
    maker->variable_count = joined + 1;
    const struct plan_variable *last = &maker->variables[joined];
    /* All of it is in memory from the start, whatever limit the plugin has. */
    if (last->address + last->size - maker->variables[0].address > SHARED_MAX)
        misfits_add(maker->misfits, NULL, NULL,
                    "the plugin's variables lie too far apart, or are too large: isolated plugins "
                    "share at most %d MiB: " INSTEAD,
                    SHARED_MAX >> 20);
}
