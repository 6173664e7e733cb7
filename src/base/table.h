/* SPDX-License-Identifier: MIT */
/* A hash table with open addressing and linear probing. It finds the numbers of items, which its
 * owner keeps and compares:
 *
 *     struct table_probe probe = {.hash = hash_name(name)};
 *     for (uint32_t item; table_next(&table, &probe, &item);)
 *         if (!strcmp(items[item].name, name))
 *             return &items[item];
 */
#ifndef PLUGIN_TABLE_H
#define PLUGIN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct table_slot {
    uint32_t hash;
    uint32_t item; /* its number plus 1; 0: the slot is free */
};

/* A zeroed one is valid and empty. */
struct table {
    struct table_slot *slots;
    size_t size; /* a power of two, at least twice the count; 0: no slots */
    size_t count;
    uint32_t longest; /* slots that a search looks at, at most */
};

struct table_probe {
    uint32_t hash;
    uint32_t length; /* slots so far */
};

/* The longest search that hostile names may cause: who adds them refuses more. */
enum { TABLE_PROBES_MAX = 128 };

/* Makes room for `count` items, in the arena or, if that is NULL, in the heap. False without
 * memory, and the table stays as it is. */
bool table_reserve(struct table *table, struct arena *arena, size_t count);

/* Adds an item, for which there is room. Returns how many slots a search for it looks at. */
size_t table_add(struct table *table, uint32_t hash, uint32_t item);

/* Removes an item, which is there. Others of its hash keep their order. */
void table_remove(struct table *table, uint32_t hash, uint32_t item);

/* Removes all items, and keeps the room. */
void table_empty(struct table *table);

/* Frees a table in the heap. */
void table_deinit(struct table *table);

/* Sets *item to the next item of this hash, in the order in which they were added; false if there
 * is none. */
static inline bool table_next(const struct table *table, struct table_probe *probe, uint32_t *item)
{
    while (probe->length < table->longest) {
        const struct table_slot *slot =
            &table->slots[(probe->hash + probe->length++) & (table->size - 1)];
        if (!slot->item)
            return false;
        if (slot->hash == probe->hash) {
            *item = slot->item - 1;
            return true;
        }
    }
    return false;
}

#endif
