/* SPDX-License-Identifier: MIT */
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

/* The names by which marks say a parameter. Where the plugin has none, as in the types of pointers
 * to functions and of what it imports, its number, from 1, and the name that the host has. */
struct names {
    const char *own;
    char number[NUMBER];
};

/* Returns the name of the parameter of this number of a function that the host exports, or "". */
static const char *name_in_host(struct plan_maker *maker, const char *symbol, uint32_t index)
{
    uint32_t number, id = 0;
    if (maker->host_types && meta_find_symbol(maker->host, symbol, &number))
        id = meta_symbol(maker->host, number).type;
    else if (maker->host_types && meta_find_shared(maker->host, symbol, &number))
        id = meta_shared(maker->host, number).type;
    struct btf_type function = id ? btf_type(maker->host_types, id) : (struct btf_type){0};
    if (function.kind != BTF_FUNC)
        return "";
    function = btf_type(maker->host_types, function.type);
    return index < function.length ? btf_parameter(maker->host_types, &function, index).name : "";
}

static struct names names_of(struct plan_maker *maker, uint32_t frame, uint32_t index)
{
    const struct origin *origin = &maker->origins[frame];
    struct btf_type function = btf_type(maker->btf, origin->type);
    struct names names = {.own = btf_parameter(maker->btf, &function, index).name};
    if (*names.own)
        return names;
    snprintf(names.number, NUMBER, "%u", index + 1);
    names.own = origin->is_root ? name_in_host(maker, origin->symbol, index) : "";
    return names;
}

/* Sets *parameter to that of this name, and returns its number; that behind the last one if there
 * is none. */
static uint32_t find_parameter(struct plan_maker *maker, uint32_t frame, const char *name,
                               struct btf_parameter *parameter)
{
    struct btf_type function = btf_type(maker->btf, maker->origins[frame].type);
    uint32_t i = 0;
    for (; i < function.length && plan_pay(maker, 1); i++) {
        struct names names = names_of(maker, frame, i);
        *parameter = btf_parameter(maker->btf, &function, i);
        if (*name && (!strcmp(names.own, name) || !strcmp(names.number, name)))
            return i;
    }
    return function.length;
}

/* The names by which marks say the result: that of no parameter, and its number. */
static const char *const result_names[] = {"return", "0"};

static bool is_result(const char *name)
{
    return !strcmp(name, result_names[0]) || !strcmp(name, result_names[1]);
}

/* Says what the mark names that the function does not have; NULL: it has all. */
static const char *missing(struct plan_maker *maker, uint32_t frame, const struct mark *mark)
{
    uint32_t end = btf_type(maker->btf, maker->origins[frame].type).length;
    struct btf_parameter parameter;
    bool is_of_parameter =
        mark->kind != MARK_OWNED && !(mark->kind == MARK_COUNTED && is_result(mark->name));
    if (is_of_parameter && find_parameter(maker, frame, mark->name, &parameter) == end)
        return mark->name;
    bool has_count = !*mark->count || find_parameter(maker, frame, mark->count, &parameter) < end;
    return has_count ? NULL : mark->count;
}

void plan_check_function_marks(struct plan_maker *maker, uint32_t frame)
{
    const char *symbol = maker->origins[frame].symbol;
    struct btf_type function = btf_type(maker->btf, maker->origins[frame].type);
    struct table_probe probe = plan_mark_probe(symbol);
    const struct mark *mark;
    while ((mark = plan_next_mark(maker, &probe, MARK_KINDS, symbol, NULL)) && plan_pay(maker, 1)) {
        if (plan_is_mark_of_type(mark->kind))
            continue;
        const char *lacks = missing(maker, frame, mark);
        bool is_void =
            !lacks && !function.type &&
            (mark->kind == MARK_OWNED || (mark->kind == MARK_COUNTED && is_result(mark->name)));
        if (lacks)
            misfits_add(maker->misfits, symbol, NULL,
                        "%s: the host says %s, but the plugin has no parameter %s: use one name in "
                        "both",
                        symbol, mark->text, lacks);
        if (is_void)
            misfits_add(maker->misfits, symbol, NULL,
                        "%s: the host says %s, but the function returns nothing: drop the mark",
                        symbol, mark->text);
    }
}

/* A parameter, or the result. */
struct own {
    uint32_t type;
    const char *name;
    bool is_result;
};

static struct own own_of(const struct plan_maker *maker, const struct place *place)
{
    struct btf_type function = btf_type(maker->btf, maker->origins[place->object].type);
    if (place->slot >= function.length)
        return (struct own){function.type, "", true};
    struct btf_parameter parameter = btf_parameter(maker->btf, &function, place->slot);
    return (struct own){parameter.type, parameter.name, false};
}

/* Finds the mark of this kind of a parameter or the result; the first one, if the name is NULL. */
static const struct mark *find_mark(const struct plan_maker *maker, const char *symbol,
                                    enum mark_kind kind, const char *name)
{
    struct table_probe probe = plan_mark_probe(symbol);
    return plan_next_mark(maker, &probe, kind, symbol, name);
}

/* What the count's own marks say against it; NULL: nothing. */
static const struct mark *count_is_marked(const struct plan_maker *maker, const char *symbol,
                                          const char *name, bool is_of_result)
{
    static const enum mark_kind kinds[] = {MARK_COUNTED, MARK_COUNTED_BY_RESULT, MARK_KEPT,
                                           MARK_OUT};
    size_t count = sizeof kinds / sizeof *kinds - is_of_result; /* it may be written only */
    const struct mark *mark = NULL;
    for (size_t i = 0; i < count && !mark; i++)
        mark = find_mark(maker, symbol, kinds[i], name);
    return mark;
}

/* The count is what this parameter, a pointer, leads to. */
static bool find_count_behind(struct plan_maker *maker, const struct place *place,
                              const struct mark *mark, const struct place *count_place,
                              uint32_t pointer, struct pointing *pointing)
{
    struct own own = own_of(maker, place);
    uint32_t target = plan_unqualified(maker, pointer).type.type;
    unsigned links = 0;
    struct btf_type count = plan_unqualified(maker, target).type;
    if (plan_is_char(&count) || !set_count(maker, target, pointing)) {
        plan_refuse(maker, place, own.type, own.name,
                    "%s, but %s leads to no integer of at most 8 bytes: count by one", mark->text,
                    mark->count);
        return false;
    }
    const struct mark *other =
        count_is_marked(maker, maker->origins[place->object].symbol, mark->count, own.is_result);
    if (other) {
        plan_refuse(maker, place, own.type, own.name,
                    "%s, but the host says %s, too: drop one of them", mark->text, other->text);
        return false;
    }
    bool is_const = btf_qualifiers(maker->btf, target, &links) & BTF_IS_CONST;
    pointing->behind = plan_object_of(maker, count_place, target) + 1;
    pointing->is_by_count = !is_const && !own.is_result;
    return plan_pay(maker, links);
}

/* The mark that there are as many objects as a parameter says. */
static bool find_count_parameter(struct plan_maker *maker, const struct place *place,
                                 const struct mark *mark, size_t first_slot,
                                 struct pointing *pointing)
{
    struct btf_type function = btf_type(maker->btf, maker->origins[place->object].type);
    struct own own = own_of(maker, place);
    struct btf_parameter count;
    struct place count_place = {.object = place->object};
    count_place.slot = find_parameter(maker, place->object, mark->count, &count);
    if (count_place.slot == function.length)
        return false; /* which is told */
    if (is_pointer(maker, count.type)) {
        if (!find_count_behind(maker, place, mark, &count_place, count.type, pointing))
            return false;
    } else if (!set_count(maker, count.type, pointing)) {
        plan_refuse(maker, place, own.type, own.name,
                    "%s, but %s is no integer of at most 8 bytes: count by one", mark->text,
                    count.name);
        return false;
    }
    pointing->counted = mark->text;
    pointing->count_offset = maker->slots[first_slot + count_place.slot].offset;
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

/* Finds all marks of a parameter or the result. Returns one of them, NULL without any. */
static const struct mark *find_marks(struct plan_maker *maker, const struct place *place,
                                     const struct mark *marks[MARK_KINDS])
{
    const char *symbol = maker->origins[place->object].symbol;
    struct btf_type function = btf_type(maker->btf, maker->origins[place->object].type);
    const struct mark *any = NULL;
    if (place->slot >= function.length) {
        marks[MARK_COUNTED] = find_mark(maker, symbol, MARK_COUNTED, result_names[0]);
        if (!marks[MARK_COUNTED])
            marks[MARK_COUNTED] = find_mark(maker, symbol, MARK_COUNTED, result_names[1]);
        marks[MARK_OWNED] = find_mark(maker, symbol, MARK_OWNED, NULL);
        return marks[MARK_COUNTED] ? marks[MARK_COUNTED] : marks[MARK_OWNED];
    }
    struct names names = names_of(maker, place->object, place->slot);
    for (unsigned kind = 0; kind < MARK_KINDS; kind++) {
        if (plan_is_mark_of_type((enum mark_kind)kind) || kind == MARK_OWNED)
            continue;
        marks[kind] = find_mark(maker, symbol, (enum mark_kind)kind, names.own);
        if (!marks[kind] && *names.number)
            marks[kind] = find_mark(maker, symbol, (enum mark_kind)kind, names.number);
        any = marks[kind] ? marks[kind] : any;
    }
    return any;
}

bool plan_find_slot_marks(struct plan_maker *maker, const struct place *place, size_t first_slot,
                          struct pointing *pointing)
{
    struct own own = own_of(maker, place);
    const struct mark *marks[MARK_KINDS] = {0}, *any = find_marks(maker, place, marks);
    *pointing = (struct pointing){0};
    if (any && !is_pointer(maker, own.type)) {
        if (own.type) /* else that it is none is told */
            plan_refuse(maker, place, own.type, own.name, "%s, but it is no pointer: drop the mark",
                        any->text);
        return !own.type;
    }
    const struct mark *counted = marks[MARK_COUNTED], *by_result = marks[MARK_COUNTED_BY_RESULT];
    if (counted && !find_count_parameter(maker, place, counted, first_slot, pointing))
        return false;
    if (by_result && !check_result(maker, place, by_result, pointing))
        return false;
    pointing->is_by_result = by_result;
    pointing->is_out = marks[MARK_OUT];
    pointing->is_kept = marks[MARK_KEPT];
    pointing->is_owned = marks[MARK_OWNED];
    pointing->is_by_count &= !by_result && !pointing->is_kept;
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
