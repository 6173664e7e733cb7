/* A comparison of two type graphs under way. */
#include "types/compare.h"

#include "types/layout.h"
#include "types/print.h"

#include <inttypes.h>
#include <stdlib.h>

/* A real type graph stays far below these; they bound what a hostile one costs. Depth is that of
 * pointers to pointers and arrays of arrays: whatever has members or parameters waits in a queue.
 * Each type is compared with few others, so that the work is measured by how many there are: by a
 * quarter of the bytes of their records. A name costs more where it is long: so many bytes are one
 * step. Of a long way, so many steps are shown at its start and its end. */
enum {
    DEPTH_MAX = 256,
    WORK_MIN = 1 << 18,
    BYTES_PER_WORK = 4,
    NAME_PER_WORK = 64,
    STEPS_SHOWN = 32,
    PATH_SHOWN_MAX = 1 << 12
};

static unsigned long work_max(const struct comparison *c)
{
    return WORK_MIN + (c->first->types.size + c->second->types.size) / BYTES_PER_WORK;
}

/* Makes room for one more item in a growing array. */
static bool grow(void **items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return true;
    size_t larger = *capacity ? *capacity * 2 : 32;
    void *moved = reallocarray(*items, larger, item_size);
    if (!moved)
        return false;
    *items = moved;
    *capacity = larger;
    return true;
}

bool compare_work(struct comparison *c, unsigned long work)
{
    c->work += work;
    return c->work <= work_max(c) ? true : fail_compare(c, "they are too many");
}

unsigned long compare_name_work(const char *name)
{
    return 1 + strlen(name) / NAME_PER_WORK;
}

bool compare_enter(struct comparison *c, struct step step)
{
    if (++c->depth > DEPTH_MAX)
        return fail_compare(c, "they are nested too deep");
    if (!compare_work(c, step.name ? compare_name_work(step.name) : 1))
        return false;
    void *steps = c->steps;
    if (!grow(&steps, c->step_count, &c->step_capacity, sizeof *c->steps))
        return fail_no_memory(c);
    c->steps = steps;
    step.before = c->at;
    c->steps[c->step_count] = step;
    c->at = c->step_count++;
    return true;
}

void compare_leave(struct comparison *c)
{
    size_t at = c->at;
    c->at = c->steps[at].before;
    if (at >= c->step_pinned)
        c->step_count = at;
    c->depth--;
}

static uint64_t key_of(uint32_t first, uint32_t second)
{
    return (uint64_t)first << 32 | second;
}

static size_t hash_key(uint64_t key)
{
    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

/* ---- the memory ---- */

/* The slot where this pair is, or would be; there are some. */
static uint64_t *find_pair(const struct type_memory *memory, uint64_t key)
{
    for (size_t at = hash_key(key);; at++) {
        uint64_t *slot = &memory->pairs[at & (memory->slot_count - 1)];
        if (!*slot || *slot == key)
            return slot;
    }
}

static bool is_remembered(const struct type_memory *memory, uint32_t first, uint32_t second)
{
    return memory && (same_is_known(&memory->same, first, second) ||
                      (memory->slot_count && *find_pair(memory, key_of(first, second))));
}

static bool grow_memory(struct type_memory *memory)
{
    if (memory->count * 2 < memory->slot_count)
        return true;
    struct type_memory larger = {.slot_count = memory->slot_count ? memory->slot_count * 2 : 256};
    larger.pairs = calloc(larger.slot_count, sizeof *larger.pairs);
    if (!larger.pairs)
        return false;
    for (size_t i = 0; i < memory->slot_count; i++)
        if (memory->pairs[i])
            *find_pair(&larger, memory->pairs[i]) = memory->pairs[i];
    free(memory->pairs);
    memory->pairs = larger.pairs;
    memory->slot_count = larger.slot_count;
    return true;
}

void compare_remember(struct comparison *c)
{
    for (size_t i = 0; i < c->queue_count && grow_memory(c->memory); i++) {
        uint64_t key = key_of(c->queue[i].first, c->queue[i].second);
        *find_pair(c->memory, key) = key;
        c->memory->count++;
    }
}

void type_memory_free(struct type_memory *memory)
{
    same_free(&memory->same);
    free(memory->pairs);
    *memory = (struct type_memory){0};
}

/* ---- the queue ---- */

/* The slot where this pair is, or would be. */
static size_t *find_slot(const struct comparison *c, uint32_t first, uint32_t second)
{
    for (size_t at = hash_key(key_of(first, second));; at++) {
        size_t *slot = &c->slots[at & (c->slot_count - 1)];
        if (!*slot)
            return slot;
        const struct pair *pair = &c->queue[*slot - 1];
        if (pair->first == first && pair->second == second)
            return slot;
    }
}

static bool grow_slots(struct comparison *c)
{
    if (c->queue_count * 2 < c->slot_count)
        return true;
    size_t larger = c->slot_count ? c->slot_count * 2 : 64;
    size_t *slots = calloc(larger, sizeof *slots);
    if (!slots)
        return false;
    free(c->slots);
    c->slots = slots;
    c->slot_count = larger;
    for (size_t i = 0; i < c->queue_count; i++)
        *find_slot(c, c->queue[i].first, c->queue[i].second) = i + 1;
    return true;
}

bool compare_later(struct comparison *c, uint32_t first, uint32_t second)
{
    if (is_remembered(c->memory, first, second))
        return true;
    void *queue = c->queue;
    if (!grow(&queue, c->queue_count, &c->queue_capacity, sizeof *c->queue))
        return fail_no_memory(c);
    c->queue = queue;
    if (!grow_slots(c))
        return fail_no_memory(c);
    size_t *slot = find_slot(c, first, second);
    if (*slot)
        return true;
    c->queue[c->queue_count] = (struct pair){first, second, c->at};
    *slot = ++c->queue_count;
    c->step_pinned = c->step_count;
    return true;
}

void compare_free(struct comparison *c)
{
    free(c->queue);
    free(c->slots);
    free(c->steps);
}

static void write_step(struct text *path, const struct step *step)
{
    if (step->kind == STEP_NONE)
        return;
    if (path->length)
        text_add(path, ": ");
    switch (step->kind) {
    case STEP_STRUCT:
    case STEP_UNION:
    case STEP_ENUM:
        text_add(path, step->kind == STEP_UNION  ? "union "
                       : step->kind == STEP_ENUM ? "enum "
                                                 : "struct ");
        text_add_escaped(path, *step->name ? step->name : "without a tag");
        break;
    case STEP_MEMBER:
        text_add(path, "member ");
        if (*step->name)
            text_add_escaped(path, step->name);
        else
            text_add(path, "number %" PRIu32 ", which has no name", step->number);
        break;
    case STEP_PARAMETER:
        text_add(path, "parameter %" PRIu32, step->number);
        break;
    default:
        text_add(path, "result");
    }
}

/* The way from the start to the step at hand. */
static void write_path(struct comparison *c)
{
    size_t length = 0;
    for (size_t at = c->at; at; at = c->steps[at].before)
        length++;
    size_t *way = malloc((length + 1) * sizeof *way);
    if (!way) {
        c->parting->path.failed = true;
        return;
    }
    size_t left = length;
    for (size_t at = c->at; at; at = c->steps[at].before)
        way[--left] = at;
    struct text *path = &c->parting->path;
    path->limit = PATH_SHOWN_MAX;
    for (size_t i = 0; i < length && !path->failed; i++) {
        if (i == STEPS_SHOWN && length > 2 * STEPS_SHOWN) {
            text_add(path, ": ...");
            i = length - STEPS_SHOWN;
        }
        write_step(path, &c->steps[way[i]]);
    }
    free(way);
    path->limit = 0;
    if (!path->is_full)
        return;
    text_free(path);
    text_add(path, "too deep to be shown");
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

bool part_here(struct comparison *c)
{
    c->verdict = PART;
    write_path(c);
    return false;
}

bool part_types(struct comparison *c, uint32_t first, uint32_t second)
{
    write_type(&c->parting->first, c->first, first);
    write_type(&c->parting->second, c->second, second);
    return part_here(c);
}

bool part_words(struct comparison *c, const char *first, const char *second)
{
    text_free(&c->parting->first);
    text_free(&c->parting->second);
    text_add(&c->parting->first, "%s", first);
    text_add(&c->parting->second, "%s", second);
    return part_here(c);
}

bool fail_compare(struct comparison *c, const char *why)
{
    c->verdict = FAIL;
    return error_set(c->error, PLUGIN_NOT_PLUGIN, "its types cannot be compared: %s", why);
}

bool fail_no_memory(struct comparison *c)
{
    c->verdict = FAIL;
    return error_set_no_memory(c->error);
}
