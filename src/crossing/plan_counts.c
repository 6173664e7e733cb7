/* What the host's marks say of a function's parameters, and of a struct's members. */
#include "crossing/plan_p.h"

#include <stdio.h>
#include <string.h>

/* Is it an integer that a count may be? Sets what the pointing says of it, but for the offset. */
static bool set_count(struct plan_maker *maker, uint32_t id, struct pointing *pointing)
{
    struct btf_type type = plan_unqualified(maker, id).type;
    bool is_word = type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8;
    if (type.kind != BTF_INT || btf_int(&type).is_bool || !is_word)
        return false;
    pointing->count_size = (uint8_t)type.size;
    pointing->count_is_signed = btf_int(&type).is_signed;
    return true;
}

static bool is_pointer(struct plan_maker *maker, uint32_t id)
{
    return plan_unqualified(maker, id).type.kind == BTF_PTR;
}

/* ---- parameters ---- */

enum { NUMBER = 12 };

/* The name by which marks say a parameter: without one, as in the types of pointers to functions,
 * its number, from 1. */
static const char *parameter_name(const struct btf_parameter *parameter, uint32_t index,
                                  char number[NUMBER])
{
    snprintf(number, NUMBER, "%u", index + 1);
    return *parameter->name ? parameter->name : number;
}

/* Sets *parameter to that of this name, and returns its number; that behind the last one if there
 * is none. */
static uint32_t find_parameter(struct plan_maker *maker, const struct btf_type *function,
                               const char *name, struct btf_parameter *parameter)
{
    uint32_t i = 0;
    for (; i < function->length && plan_pay(maker, 1); i++) {
        char number[NUMBER];
        *parameter = btf_parameter(maker->btf, function, i);
        if (!strcmp(parameter_name(parameter, i, number), name))
            return i;
    }
    return function->length;
}

void plan_check_function_marks(struct plan_maker *maker, uint32_t frame)
{
    const char *symbol = maker->origins[frame].symbol;
    struct btf_type function = btf_type(maker->btf, maker->origins[frame].type);
    struct table_probe probe = plan_mark_probe(symbol);
    const struct mark *mark;
    while ((mark = plan_next_mark(maker, &probe, MARK_KINDS, symbol, NULL))) {
        struct btf_parameter parameter;
        if (mark->kind == MARK_COUNTED_MEMBER || mark->kind == MARK_OPAQUE)
            continue;
        const char *lacks =
            find_parameter(maker, &function, mark->name, &parameter) == function.length ? mark->name
            : *mark->count &&
                    find_parameter(maker, &function, mark->count, &parameter) == function.length
                ? mark->count
                : NULL;
        if (lacks)
            misfits_add(maker->misfits, symbol, NULL,
                        "%s: the host says %s, but the plugin has no parameter %s: use one name in "
                        "both",
                        symbol, mark->text, lacks);
    }
}

/* The mark that this parameter has as many objects as another one says. */
static bool find_count_parameter(struct plan_maker *maker, const struct place *place,
                                 const struct mark *mark, size_t first_slot,
                                 struct pointing *pointing)
{
    struct btf_type function = btf_type(maker->btf, maker->origins[place->object].type);
    struct btf_parameter own = btf_parameter(maker->btf, &function, place->slot), count;
    uint32_t number = find_parameter(maker, &function, mark->count, &count);
    if (number == function.length)
        return false; /* which is told */
    if (!set_count(maker, count.type, pointing)) {
        plan_refuse(maker, place, own.type, own.name,
                    "%s, but %s is no integer of at most 8 bytes: count by one", mark->text,
                    count.name);
        return false;
    }
    pointing->counted = mark->text;
    pointing->count_offset = maker->slots[first_slot + number].offset;
    return true;
}

/* The result that says how many objects come back. */
static bool check_result(struct plan_maker *maker, const struct place *place,
                         const struct mark *mark, const struct pointing *pointing)
{
    struct btf_type function = btf_type(maker->btf, maker->origins[place->object].type);
    struct btf_parameter own = btf_parameter(maker->btf, &function, place->slot);
    struct pointing result;
    if (!pointing->counted)
        plan_refuse(maker, place, own.type, own.name,
                    "%s, but nothing says how many there are at most: add PLUGIN_COUNTED",
                    mark->text);
    else if (!set_count(maker, function.type, &result))
        plan_refuse(maker, place, own.type, own.name,
                    "%s, but the result is no integer of at most 8 bytes: return one", mark->text);
    else
        return true;
    return false;
}

bool plan_find_parameter_marks(struct plan_maker *maker, const struct place *place,
                               size_t first_slot, struct pointing *pointing)
{
    const char *symbol = maker->origins[place->object].symbol;
    struct btf_type function = btf_type(maker->btf, maker->origins[place->object].type);
    struct btf_parameter own = btf_parameter(maker->btf, &function, place->slot);
    const struct mark *marks[MARK_KINDS] = {0}, *any = NULL;
    char number[NUMBER];
    const char *name = parameter_name(&own, place->slot, number);
    *pointing = (struct pointing){0};
    for (unsigned kind = 0; kind < MARK_KINDS; kind++) {
        struct table_probe probe = plan_mark_probe(symbol);
        if (kind != MARK_COUNTED_MEMBER && kind != MARK_OPAQUE)
            marks[kind] = plan_next_mark(maker, &probe, (enum mark_kind)kind, symbol, name);
        any = marks[kind] ? marks[kind] : any;
    }
    if (any && !is_pointer(maker, own.type)) {
        plan_refuse(maker, place, own.type, own.name, "%s, but it is no pointer: drop the mark",
                    any->text);
        return false;
    }
    const struct mark *counted = marks[MARK_COUNTED], *by_result = marks[MARK_COUNTED_BY_RESULT];
    if (counted && !find_count_parameter(maker, place, counted, first_slot, pointing))
        return false;
    if (by_result && !check_result(maker, place, by_result, pointing))
        return false;
    pointing->is_by_result = by_result;
    pointing->is_out = marks[MARK_OUT];
    return true;
}

/* ---- members ---- */

static bool find_member(struct plan_maker *maker, const struct btf_type *type, const char *name,
                        struct btf_member *member)
{
    for (uint32_t i = 0; i < type->length && plan_pay(maker, 1); i++) {
        *member = btf_member(maker->btf, type, i);
        if (!strcmp(member->name, name))
            return true;
    }
    return false;
}

void plan_check_member_marks(struct plan_maker *maker, uint32_t number)
{
    size_t count;
    uint32_t id = maker->origins[number].type;
    struct btf_type type = btf_type(maker->btf, id);
    struct place place = {.object = number, .member = ""};
    const struct typed_mark *typed = plan_typed_marks(maker, id, &count);
    for (size_t i = 0; i < count && plan_pay(maker, 1); i++) {
        const struct mark *mark = &maker->marks.items[typed[i].mark];
        struct btf_member member;
        if (mark->kind != MARK_COUNTED_MEMBER)
            continue;
        const char *lacks = !find_member(maker, &type, mark->name, &member)    ? mark->name
                            : !find_member(maker, &type, mark->count, &member) ? mark->count
                                                                               : NULL;
        if (lacks)
            plan_refuse(maker, &place, id, NULL,
                        "the host says %s, but the plugin has no member %s: use one name in both",
                        mark->text, lacks);
    }
}

/* The mark that this member has as many objects as another one says. */
static bool find_count_member(struct plan_maker *maker, const struct place *place,
                              const struct btf_member *member, const struct mark *mark,
                              struct pointing *pointing)
{
    struct btf_type type = btf_type(maker->btf, maker->origins[place->object].type);
    struct btf_member count;
    if (!find_member(maker, &type, mark->count, &count))
        return false; /* which is told */
    if (!is_pointer(maker, member->type))
        plan_refuse(maker, place, member->type, member->name,
                    "%s, but it is no pointer: drop the mark", mark->text);
    else if (count.bit_size || count.bit_offset % 8 || !set_count(maker, count.type, pointing) ||
             count.bit_offset / 8 + pointing->count_size > type.size)
        plan_refuse(maker, place, member->type, member->name,
                    "%s, but %s is no integer of 1 to 8 whole bytes: count by one", mark->text,
                    count.name);
    else if (pointing->counted && pointing->count_offset != count.bit_offset / 8)
        plan_refuse(maker, place, member->type, member->name,
                    "the host says both %s and %s: drop one of them", pointing->counted,
                    mark->text);
    else {
        pointing->counted = mark->text;
        pointing->count_offset = count.bit_offset / 8;
        return true;
    }
    return false;
}

bool plan_find_member_marks(struct plan_maker *maker, const struct place *place,
                            const struct btf_member *member, struct pointing *pointing)
{
    size_t count;
    const struct typed_mark *typed =
        plan_typed_marks(maker, maker->origins[place->object].type, &count);
    *pointing = (struct pointing){0};
    for (size_t i = 0; i < count && *member->name && plan_pay(maker, 1); i++) {
        const struct mark *mark = &maker->marks.items[typed[i].mark];
        if (mark->kind == MARK_COUNTED_MEMBER && !strcmp(mark->name, member->name) &&
            !find_count_member(maker, place, member, mark, pointing))
            return false;
    }
    return true;
}
