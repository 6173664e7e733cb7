/* SPDX-License-Identifier: MIT */
/* The parts of two types that differ, paired. */
#include "draw/pairing_p.h"

#include "src/api/types.h"
#include "src/types/nesting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer declarations are not shown whole anyway. */
enum { TYPE_LENGTH_MAX = 512 };

const char *paired_name(const struct paired_part *part)
{
    return *part->number ? part->number : part->part.name;
}

size_t paired_size(const struct paired_part *part, bool *is_bits)
{
    *is_bits = part->part.bit_size;
    return *is_bits ? part->part.bit_size : plugin_type_size(part->part.type);
}

/* ---- the parts of one side ---- */

static void part_set_type(struct paired_part *part)
{
    char type[TYPE_LENGTH_MAX];
    size_t length = plugin_type_declare(part->part.type, NULL, type, sizeof type);
    part->type.failed |= !length && plugin_error_code() == PLUGIN_NO_MEMORY;
    if (!length)
        text_add(&part->type, "a type that cannot be shown");
    else
        text_add_escaped(&part->type, type);
    if (length >= sizeof type)
        text_add(&part->type, "...");
}

static void side_set_member(struct paired_part *part)
{
    bool is_bits;
    size_t size = paired_size(part, &is_bits);
    part->start = part->part.offset * 8 + part->part.bit_offset;
    part->end = part->start + (is_bits ? size : size * 8);
}

/* The result of a function counts as its first part. */
static bool side_init(struct pairing *pairing, struct paired_side *side, plugin_type type)
{
    enum plugin_type_kind kind = pairing->kind;
    bool is_function = kind == PLUGIN_TYPE_FUNCTION;
    size_t count = plugin_type_count(type) + is_function;
    side->type = type;
    if (!count || count > PAIRED_MAX)
        return false;
    side->parts = calloc(count, sizeof *side->parts);
    pairing->failed |= !side->parts;
    if (!side->parts)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct paired_part *part = &side->parts[side->count++];
        part->part.size = sizeof part->part;
        if (is_function && i == 0) {
            part->part = (struct plugin_type_part){.name = "", .type = plugin_type_target(type)};
            snprintf(part->number, sizeof part->number, "result");
        } else if (!plugin_type_part(type, i - is_function, &part->part)) {
            return false;
        }
        part->start = i;
        part->end = i + 1;
        if (is_function && i && !*part->part.name)
            snprintf(part->number, sizeof part->number, "parameter %zu", i);
        if (kind == PLUGIN_TYPE_STRUCT)
            side_set_member(part);
        if (kind != PLUGIN_TYPE_ENUM)
            part_set_type(part);
        pairing->failed |= part->type.failed;
    }
    return !pairing->failed;
}

/* ---- pairs ---- */

/* Is it the same type, as far as this struct or function is concerned? */
static bool is_same_type(const struct paired_part *a, const struct paired_part *b)
{
    return plugin_type_size(a->part.type) == plugin_type_size(b->part.type) &&
           (!strcmp(text_chars(&a->type), text_chars(&b->type)) ||
            plugin_type_agrees(a->part.type, b->part.type));
}

static void pair(struct pairing *pairing, size_t first, size_t second)
{
    struct paired_part *a = &pairing->sides[0].parts[first], *b = &pairing->sides[1].parts[second];
    bool is_other = pairing->kind == PLUGIN_TYPE_ENUM
                        ? a->part.value != b->part.value
                        : a->part.bit_size != b->part.bit_size || !is_same_type(a, b);
    /* The order of enumerators, and of a union's members, does not count. */
    bool has_place = pairing->kind == PLUGIN_TYPE_STRUCT || pairing->kind == PLUGIN_TYPE_FUNCTION;
    a->partner = second + 1;
    b->partner = first + 1;
    a->change = b->change = is_other                            ? CHANGE_OTHER
                            : has_place && a->start != b->start ? CHANGE_MOVED
                                                                : CHANGE_NONE;
}

/* Pairs parts of one name; with is_in_place, of one number. */
static void pair_by(struct pairing *pairing, bool is_in_place)
{
    struct paired_side *a = &pairing->sides[0], *b = &pairing->sides[1];
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = is_in_place ? i : 0; !a->parts[i].partner && k < b->count; k++) {
            bool is_same =
                is_in_place || (*paired_name(&a->parts[i]) &&
                                !strcmp(paired_name(&a->parts[i]), paired_name(&b->parts[k])));
            if (!b->parts[k].partner && is_same)
                pair(pairing, i, k);
            if (is_in_place)
                break;
        }
}

/* Pairs unnamed members in their order. */
static void pair_unnamed(struct pairing *pairing)
{
    struct paired_side *a = &pairing->sides[0], *b = &pairing->sides[1];
    size_t k = 0;
    for (size_t i = 0; i < a->count; i++) {
        if (a->parts[i].partner || *paired_name(&a->parts[i]))
            continue;
        while (k < b->count && (b->parts[k].partner || *paired_name(&b->parts[k])))
            k++;
        if (k < b->count)
            pair(pairing, i, k++);
    }
}

/* Pairs members of one place and type: one of them was renamed. */
static void pair_renamed(struct pairing *pairing)
{
    struct paired_side *a = &pairing->sides[0], *b = &pairing->sides[1];
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; !a->parts[i].partner && k < b->count; k++) {
            struct paired_part *x = &a->parts[i], *y = &b->parts[k];
            if (y->partner || x->start != y->start || x->end != y->end || !is_same_type(x, y))
                continue;
            pair(pairing, i, k);
            x->change = y->change = CHANGE_OTHER;
        }
}

/* A parameter's name does not count: those in front of the first other type, and behind the last
 * one, are the same. */
static void pair_parameters(struct pairing *pairing)
{
    struct paired_side *a = &pairing->sides[0], *b = &pairing->sides[1];
    size_t shorter = a->count < b->count ? a->count : b->count, front = 1, back = 0;
    pair(pairing, 0, 0);
    while (front < shorter && is_same_type(&a->parts[front], &b->parts[front])) {
        pair(pairing, front, front);
        front++;
    }
    while (back < shorter - front &&
           is_same_type(&a->parts[a->count - 1 - back], &b->parts[b->count - 1 - back])) {
        pair(pairing, a->count - 1 - back, b->count - 1 - back);
        back++;
    }
    pair_by(pairing, false);
    pair_by(pairing, true);
}

static plugin_type handle(struct pairing *pairing, struct type_side side)
{
    ERROR_AUTO error = {0};
    bool is_there = side.btf && side.id && nesting_is_bounded(side.btf, &error);
    pairing->failed |= error.code == PLUGIN_NO_MEMORY;
    return is_there ? types_handle(side.btf, side.id) : (plugin_type){0};
}

bool pairing_init(struct pairing *pairing, struct type_side host, struct type_side own)
{
    *pairing = (struct pairing){0};
    plugin_type first = handle(pairing, host), second = handle(pairing, own);
    enum plugin_type_kind kind = plugin_type_kind(first);
    bool has_parts = kind == PLUGIN_TYPE_STRUCT || kind == PLUGIN_TYPE_UNION ||
                     kind == PLUGIN_TYPE_ENUM || kind == PLUGIN_TYPE_FUNCTION;
    pairing->kind = kind;
    if (!has_parts || kind != plugin_type_kind(second) ||
        !side_init(pairing, &pairing->sides[0], first) ||
        !side_init(pairing, &pairing->sides[1], second))
        return false;
    if (kind == PLUGIN_TYPE_FUNCTION)
        pair_parameters(pairing);
    pair_by(pairing, false);
    if (kind == PLUGIN_TYPE_STRUCT)
        pair_renamed(pairing);
    if (kind == PLUGIN_TYPE_STRUCT || kind == PLUGIN_TYPE_UNION)
        pair_unnamed(pairing);
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < pairing->sides[i].count; k++)
            if (!pairing->sides[i].parts[k].partner)
                pairing->sides[i].parts[k].change = CHANGE_ALONE;
    return true;
}

void pairing_deinit(struct pairing *pairing)
{
    for (int i = 0; i < 2; i++) {
        for (size_t k = 0; k < pairing->sides[i].count; k++)
            text_free(&pairing->sides[i].parts[k].type);
        free(pairing->sides[i].parts);
    }
}
