/* A comparison in progress. */
#include "types/comparison_p.h"

#include "base/array.h"
#include "types/identical_p.h"
#include "types/layout.h"
#include "types/print.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

/* Real types stay far below these limits, which bound the cost of hostile ones. DEPTH_MAX is for
 * pointers to pointers and arrays of arrays: what has members or parameters is queued instead. Each
 * type is compared with few others, so the work is limited by the size of their records. A long
 * name costs one unit for each NAME_PER_WORK bytes. A message shows STEPS_SHOWN steps of each end
 * of a path. */
enum {
    DEPTH_MAX = 256,
    WORK_MIN = 1 << 18,
    BYTES_PER_WORK = 4,
    NAME_PER_WORK = 64,
    STEPS_SHOWN = 32,
    PATH_SHOWN_MAX = 1 << 12
};

static uint64_t comparison_work_max(const struct comparison *c)
{
    return WORK_MIN + (c->first->types.size + c->second->types.size) / BYTES_PER_WORK;
}

void comparison_init(struct comparison *c, const struct btf *first, const struct btf *second,
                     struct type_cache *cache, struct type_difference *difference,
                     struct error *error)
{
    *c = (struct comparison){
        .first = first, .second = second, .cache = cache, .difference = difference, .error = error};
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

static uint32_t type_pair_hash(uint32_t first, uint32_t second)
{
    return (uint32_t)((((uint64_t)first << 32 | second) * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static bool type_pairs_contain(const struct type_pairs *pairs, uint32_t first, uint32_t second)
{
    struct table_probe probe = {.hash = type_pair_hash(first, second)};
    for (uint32_t i; table_next(&pairs->table, &probe, &i);)
        if (pairs->items[i].first == first && pairs->items[i].second == second)
            return true;
    return false;
}

/* Adds a new pair. False without memory. */
static bool type_pairs_add(struct type_pairs *pairs, struct type_pair pair)
{
    assert(!type_pairs_contain(pairs, pair.first, pair.second));
    if (!table_reserve(&pairs->table, NULL, pairs->count + 1))
        return false;
    struct type_pair *added = array_add(NULL, pairs->items, pairs->count, pairs->capacity);
    if (!added)
        return false;
    *added = pair;
    table_add(&pairs->table, type_pair_hash(pair.first, pair.second), (uint32_t)(pairs->count - 1));
    return true;
}

static void type_pairs_deinit(struct type_pairs *pairs)
{
    free(pairs->items);
    table_deinit(&pairs->table);
}

bool comparison_queue(struct comparison *c, uint32_t first, uint32_t second)
{
    if (c->cache && (types_are_known_identical(c->cache, first, second) ||
                     type_pairs_contain(&c->cache->agreeing, first, second)))
        return true;
    if (type_pairs_contain(&c->queue, first, second))
        return true;
    if (!type_pairs_add(&c->queue, (struct type_pair){first, second, c->current_step}))
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

static void step_write(const struct step *step, struct text *path)
{
    static const char *const keywords[] = {
        [STEP_STRUCT] = "struct", [STEP_UNION] = "union", [STEP_ENUM] = "enum"};
    if (step->kind == STEP_NONE)
        return;
    if (path->length)
        text_add(path, ": ");
    switch (step->kind) {
    case STEP_STRUCT:
    case STEP_UNION:
    case STEP_ENUM:
        text_add(path, "%s ", keywords[step->kind]);
        text_add_escaped(path, *step->name ? step->name : "without a tag");
        break;
    case STEP_MEMBER:
        text_add(path, "member ");
        if (*step->name)
            text_add_escaped(path, step->name);
        else
            text_add(path, "number %" PRIu32 " (unnamed)", step->number);
        break;
    case STEP_PARAMETER:
        text_add(path, "parameter %" PRIu32, step->number);
        break;
    default:
        text_add(path, "result");
    }
}

/* Writes the path from the compared types to the current ones. */
static void comparison_write_path(struct comparison *c)
{
    size_t length = 0;
    for (size_t at = c->current_step; at; at = c->steps[at].previous)
        length++;
    size_t *steps = malloc((length + 1) * sizeof *steps);
    if (!steps) {
        c->difference->path.failed = true;
        return;
    }
    size_t left = length;
    for (size_t at = c->current_step; at; at = c->steps[at].previous)
        steps[--left] = at;
    struct text *path = &c->difference->path;
    path->limit = PATH_SHOWN_MAX;
    for (size_t i = 0; i < length && !path->failed; i++) {
        if (i == STEPS_SHOWN && length > 2 * STEPS_SHOWN) {
            text_add(path, ": ...");
            i = length - STEPS_SHOWN;
        }
        step_write(&c->steps[steps[i]], path);
    }
    free(steps);
    path->limit = 0;
    if (!path->is_full)
        return;
    text_free(path);
    text_add(path, "too deep to show");
}

static void write_type(struct text *text, const struct btf *btf, uint32_t id)
{
    text_free(text);
    print_shown(text, btf, id, NULL);
    uint64_t size = layout_size(btf, id);
    if (size)
        text_add(text, "   /* %" PRIu64 " byte%s */", size, size == 1 ? "" : "s");
}

void write_member(struct text *text, const struct btf *btf, const struct btf_member *member)
{
    text_free(text);
    print_shown(text, btf, member->type, member->name);
    if (member->bit_size)
        text_add(text, " : %u;   /* bit offset %" PRIu32 " */", member->bit_size,
                 member->bit_offset);
    else
        text_add(text, ";   /* offset %" PRIu32 ", %" PRIu64 " bytes */", member->bit_offset / 8,
                 layout_size(btf, member->type));
}

bool comparison_differ(struct comparison *c)
{
    c->verdict = COMPARISON_DIFFER;
    comparison_write_path(c);
    return false;
}

bool comparison_differ_types(struct comparison *c, uint32_t first, uint32_t second)
{
    write_type(&c->difference->first, c->first, first);
    write_type(&c->difference->second, c->second, second);
    return comparison_differ(c);
}

bool comparison_differ_words(struct comparison *c, const char *first, const char *second)
{
    text_free(&c->difference->first);
    text_free(&c->difference->second);
    text_add(&c->difference->first, "%s", first);
    text_add(&c->difference->second, "%s", second);
    return comparison_differ(c);
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
