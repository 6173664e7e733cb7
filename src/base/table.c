/* SPDX-License-Identifier: MIT */
/* A hash table with open addressing. */
#include "base/table.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t table_add(struct table *table, uint32_t hash, uint32_t item)
{
    assert(table->count < table->size / 2 && item < UINT32_MAX);
    uint32_t length = 0;
    struct table_slot *slot;
    do
        slot = &table->slots[(hash + length++) & (table->size - 1)];
    while (slot->item);
    *slot = (struct table_slot){hash, item + 1};
    table->count++;
    if (length > table->longest)
        table->longest = length;
    return length;
}

bool table_reserve(struct table *table, struct arena *arena, size_t count)
{
    assert(count >= table->count);
    struct table larger = {.size = table->size ? table->size : 16};
    while (larger.size / 2 < count)
        if (__builtin_mul_overflow(larger.size, 2, &larger.size))
            return false;
    if (larger.size == table->size)
        return true;
    larger.slots = arena ? arena_alloc_zeroed(arena, larger.size, sizeof *larger.slots)
                         : calloc(larger.size, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    /* Starts after a free slot, so that items of one hash keep their order. */
    size_t start = 0;
    while (table->size && table->slots[start].item)
        start++;
    for (size_t i = 0; i < table->size; i++) {
        const struct table_slot *slot = &table->slots[(start + i) & (table->size - 1)];
        if (slot->item)
            table_add(&larger, slot->hash, slot->item - 1);
    }
    if (!arena)
        free(table->slots);
    *table = larger;
    return true;
}

void table_remove(struct table *table, uint32_t hash, uint32_t item)
{
    size_t mask = table->size - 1, hole = hash & mask;
    while (table->slots[hole].hash != hash || table->slots[hole].item != item + 1) {
        assert(table->slots[hole].item);
        hole = (hole + 1) & mask;
    }
    /* An item may fill the hole unless its own search starts behind it. */
    for (size_t at = hole;;) {
        at = (at + 1) & mask;
        const struct table_slot *slot = &table->slots[at];
        if (!slot->item)
            break;
        size_t distance = (at - slot->hash) & mask;
        if (distance < ((at - hole) & mask))
            continue;
        table->slots[hole] = *slot;
        hole = at;
    }
    table->slots[hole] = (struct table_slot){0};
    table->count--;
}

void table_empty(struct table *table)
{
    if (table->size)
        memset(table->slots, 0, table->size * sizeof *table->slots);
    table->count = 0;
    table->longest = 0;
}

void table_deinit(struct table *table)
{
    free(table->slots);
    *table = (struct table){0};
}
