/* SPDX-License-Identifier: MIT */
/* A comparison in progress. */
#include "types/comparison_p.h"

#include "base/array.h"
#include "types/identical_p.h"

#include <assert.h>
#include <stdlib.h>

/* Real types stay far below these limits, which bound the cost of hostile ones. DEPTH_MAX is for
 * pointers to pointers and arrays of arrays: what has members or parameters is queued instead. Each
 * type is compared with few others, so the work is limited by the size of their records. A long
 * name costs one unit for each NAME_PER_WORK bytes. */
enum { DEPTH_MAX = 256, WORK_MIN = 1 << 18, BYTES_PER_WORK = 4, NAME_PER_WORK = 64 };

static uint64_t comparison_work_max(const struct comparison *c)
{
    return WORK_MIN + (c->first->types.size + c->second->types.size) / BYTES_PER_WORK;
}

void comparison_init(struct comparison *c, const struct btf *first, const struct btf *second,
                     enum type_rules rules, struct type_cache *cache,
                     struct type_difference *difference, struct error *error)
{
    *c = (struct comparison){.first = first,
                             .second = second,
                             .rules = rules,
                             .cache = cache,
                             .difference = difference,
                             .error = error};
    assert(!cache || cache->work <= comparison_work_max(c));
    c->work.left = comparison_work_max(c) - (cache ? cache->work : 0);
}

bool comparison_spend(struct comparison *c, uint64_t work)
{
    return budget_spend(&c->work, work) || comparison_fail(c, "too many types");
}

uint64_t comparison_name_work(const char *name)
{
    return 1 + strlen(name) / NAME_PER_WORK;
}

bool comparison_agree_names(const char *a, const char *b)
{
    if (!strcmp(a, b))
        return true;
    bool is_a_hidden = !strncmp(a, "__", 2), is_b_hidden = !strncmp(b, "__", 2);
    return is_a_hidden != is_b_hidden && !strcmp(a + 2 * is_a_hidden, b + 2 * is_b_hidden);
}

bool comparison_enter(struct comparison *c, struct step step)
{
    if (++c->depth > DEPTH_MAX)
        return comparison_fail(c, "types are nested too deeply");
    if (!comparison_spend(c, step.name ? comparison_name_work(step.name) : 1))
        return false;
    struct step *added = array_add(NULL, c->steps, c->step_count, c->step_capacity);
    if (!added)
        return comparison_fail_no_memory(c);
    step.previous = c->current_step;
    *added = step;
    c->current_step = c->step_count - 1;
    return true;
}

void comparison_leave(struct comparison *c)
{
    assert(c->depth > 0);
    size_t left = c->current_step;
    c->current_step = c->steps[left].previous;
    if (left >= c->step_pinned)
        c->step_count = left;
    c->depth--;
}

static uint32_t type_pair_hash(const struct type_pair *pair)
{
    uint64_t ids = (uint64_t)pair->first << 32 | pair->second;
    uint64_t way = (uint64_t)pair->provider << 1 | pair->is_pointed_to;
    return (uint32_t)(((ids ^ way << 29) * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static bool type_pairs_contain(const struct type_pairs *pairs, const struct type_pair *pair)
{
    struct table_probe probe = {.hash = type_pair_hash(pair)};
    for (uint32_t i; table_next(&pairs->table, &probe, &i);) {
        const struct type_pair *item = &pairs->items[i];
        if (item->first == pair->first && item->second == pair->second &&
            item->provider == pair->provider && item->is_pointed_to == pair->is_pointed_to)
            return true;
    }
    return false;
}

/* Adds a new pair. False without memory. */
static bool type_pairs_add(struct type_pairs *pairs, struct type_pair pair)
{
    assert(!type_pairs_contain(pairs, &pair));
    if (!table_reserve(&pairs->table, NULL, pairs->count + 1))
        return false;
    struct type_pair *added = array_add(NULL, pairs->items, pairs->count, pairs->capacity);
    if (!added)
        return false;
    *added = pair;
    table_add(&pairs->table, type_pair_hash(&pair), (uint32_t)(pairs->count - 1));
    return true;
}

static void type_pairs_deinit(struct type_pairs *pairs)
{
    free(pairs->items);
    table_deinit(&pairs->table);
}

bool comparison_queue(struct comparison *c, const struct btf_unqualified *first,
                      const struct btf_unqualified *second, struct place place)
{
    bool is_function = first->type.kind == BTF_FUNC_PROTO, is_strict = c->rules != TYPE_RULES;
    struct type_pair pair = {
        .first = first->id,
        .second = second->id,
        .provider = is_function && !is_strict ? place.provider : PROVIDER_UNKNOWN,
        .is_pointed_to = !is_function && !is_strict && place.is_pointed_to,
        .step = c->current_step,
        .name = *first->typedef_name ? first->typedef_name : second->typedef_name};
    if (c->cache && (types_are_known_identical(c->cache, pair.first, pair.second) ||
                     type_pairs_contain(&c->cache->agreeing, &pair)))
        return true;
    if (type_pairs_contain(&c->queue, &pair))
        return true;
    if (!type_pairs_add(&c->queue, pair))
        return comparison_fail_no_memory(c);
    c->step_pinned = c->step_count;
    return true;
}

void comparison_remember(struct comparison *c)
{
    assert(c->verdict == COMPARISON_AGREE);
    for (size_t i = 0; i < c->queue.count; i++)
        if (!type_pairs_add(&c->cache->agreeing, c->queue.items[i]))
            return;
}

void comparison_deinit(struct comparison *c)
{
    if (c->cache)
        c->cache->work = comparison_work_max(c) - c->work.left;
    type_pairs_deinit(&c->queue);
    free(c->steps);
}

void type_cache_deinit(struct type_cache *cache)
{
    type_pairs_deinit(&cache->agreeing);
    free(cache->identical);
    free(cache->queue);
    *cache = (struct type_cache){0};
}

bool comparison_fail(struct comparison *c, const char *reason)
{
    c->verdict = COMPARISON_FAIL;
    return error_set(c->error, PLUGIN_NOT_PLUGIN, "its types cannot be compared: %s", reason);
}

bool comparison_fail_no_memory(struct comparison *c)
{
    c->verdict = COMPARISON_FAIL;
    return error_set_no_memory(c->error);
}
