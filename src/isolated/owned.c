/* SPDX-License-Identifier: MIT */
#include "isolated/owned.h"

#include "base/array.h"
#include "base/hash.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct owned_block {
    struct owned_block *next;
    max_align_t bytes[];
};

void *owned_place(struct owned_block **blocks, size_t size)
{
    struct owned_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->next = *blocks;
    *blocks = block;
    return block->bytes;
}

void owned_drop(struct owned_block **blocks)
{
    while (*blocks) {
        struct owned_block *next = (*blocks)->next;
        free(*blocks);
        *blocks = next;
    }
}

static uint32_t address_hash(const void *at)
{
    return (uint32_t)hash_bytes(0, &at, sizeof at);
}

/* ---- results ---- */

/* The caller's free(3) gets it, so it is one block. */
static bool take_for_c(const struct crossing *crossing, uint8_t *result, struct error *error)
{
    void *at;
    memcpy(&at, result, sizeof at);
    size_t i = crossing->sent;
    while (i < crossing->count && crossing->items[i].at != at)
        i++;
    if (i == crossing->count)
        return true; /* NULL */
    size_t size = crossing_size(crossing->plan, &crossing->items[i]);
    void *copy = malloc(size ? size : 1);
    if (!copy)
        return error_set_no_memory(error);
    memcpy(copy, at, size);
    memcpy(result, &copy, sizeof copy);
    return true;
}

bool owned_take(struct owned *owned, const struct crossing *crossing, uint32_t function,
                struct owned_block **blocks, struct error *error)
{
    const struct plan_function *called = plan_function(crossing->plan, function);
    uint8_t *result = (uint8_t *)crossing->items[0].at + called->result_offset;
    void *at;
    if (called->freed_by == PLAN_FREED_BY_C)
        return take_for_c(crossing, result, error);
    memcpy(&at, result, sizeof at);
    if (!at)
        return true;
    struct owned_result *added = table_reserve(&owned->by_address, NULL, owned->count + 1)
                                     ? array_add(NULL, owned->items, owned->count, owned->capacity)
                                     : NULL;
    if (!added)
        return error_set_no_memory(error);
    *added = (struct owned_result){at, called->freed_by - PLAN_FREED_BY, *blocks};
    *blocks = NULL;
    table_add(&owned->by_address, address_hash(at), (uint32_t)owned->count - 1);
    return true;
}

static bool find(const struct owned *owned, const void *at, uint32_t *number)
{
    struct table_probe probe = {.hash = address_hash(at)};
    while (table_next(&owned->by_address, &probe, number))
        if (owned->items[*number].at == at)
            return true;
    return false;
}

/* The last one takes its place. */
static void remove_item(struct owned *owned, uint32_t number)
{
    uint32_t last = (uint32_t)owned->count - 1;
    table_remove(&owned->by_address, address_hash(owned->items[number].at), number);
    if (number != last) {
        uint32_t hash = address_hash(owned->items[last].at);
        table_remove(&owned->by_address, hash, last);
        owned->items[number] = owned->items[last];
        table_add(&owned->by_address, hash, number);
    }
    owned->count--;
}

bool owned_free(struct owned *owned, const void *at, uint32_t function, struct error *error)
{
    uint32_t number;
    if (!at)
        return true;
    if (!find(owned, at, &number) || owned->items[number].function != function)
        return error_set(error, PLUGIN_WRONG_TYPE,
                         "the pointer is no result that it frees, or was freed");
    struct owned_block *blocks = owned->items[number].blocks;
    remove_item(owned, number);
    owned_drop(&blocks);
    return true;
}
