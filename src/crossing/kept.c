/* SPDX-License-Identifier: MIT */
#include "crossing/kept.h"

#include "base/array.h"
#include "crossing/crossing_p.h"

#include <stdlib.h>

static bool is_same(const struct kept *kept, const struct crossing_target *a,
                    const struct crossing_target *b)
{
    return crossing_agree(kept->plan, a->object, b->object) && a->is_string == b->is_string &&
           a->count == b->count;
}

/* May the object be taken for this? */
static bool serves(const struct kept *kept, const struct kept_object *object,
                   const struct crossing_target *target)
{
    return !target ||
           (object->is.is_string == target->is_string && object->is.count >= target->count &&
            crossing_agree(kept->plan, object->is.object, target->object));
}

static bool has_room(const struct kept_objects *objects, size_t size)
{
    return objects->count < KEPT_MAX && size <= KEPT_BYTES_MAX - objects->bytes;
}

static bool index_item(struct kept_objects *objects, uint32_t number, struct error *error)
{
    if (!table_reserve(&objects->by_address, NULL, objects->by_address.count + 1))
        return error_set_no_memory(error);
    table_add(&objects->by_address, crossing_hash(objects->items[number].at), number);
    return true;
}

/* ---- this side's ---- */

static bool find_own(const struct kept *kept, const struct kept_object *object, uint32_t *number)
{
    const struct kept_objects *own = &kept->own;
    struct table_probe probe = {.hash = crossing_hash(object->at)};
    while (table_next(&own->by_address, &probe, number)) {
        const struct kept_object *item = &own->items[*number];
        if (item->at == object->at && is_same(kept, &item->is, &object->is) && !item->is_released)
            return true;
    }
    return false;
}

bool kept_keep(struct kept *kept, const struct kept_object *object, uint32_t *number,
               struct error *error)
{
    struct kept_objects *own = &kept->own;
    if (find_own(kept, object, number)) {
        own->items[*number].is_given |= object->is_given;
        return true;
    }
    if (!has_room(own, object->size))
        return error_set(error, PLUGIN_UNSUPPORTED, "at most %d objects, and %d MiB, are kept",
                         KEPT_MAX, KEPT_BYTES_MAX >> 20);
    struct kept_object *added = array_add(NULL, own->items, own->count, own->capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = *object;
    own->bytes += object->size;
    *number = (uint32_t)own->count - 1;
    return index_item(own, *number, error);
}

bool kept_resolve(const struct kept *kept, uint64_t reference, const struct crossing_target *target,
                  void **pointer)
{
    uint32_t number = reference_number(reference);
    const struct kept_object *object = number < kept->own.count ? &kept->own.items[number] : NULL;
    if (!object || reference_offset(reference) || !object->is_given || object->is_released ||
        !serves(kept, object, target))
        return false;
    *pointer = object->at;
    return true;
}

bool kept_release(struct kept *kept, const void *at)
{
    struct kept_objects *own = &kept->own;
    bool was_given = false;
    struct table_probe probe = {.hash = crossing_hash(at)};
    for (uint32_t item; table_next(&own->by_address, &probe, &item);) {
        struct kept_object *object = &own->items[item];
        if (object->at != at || !object->is_given || object->is_released)
            continue;
        object->is_released = was_given = true;
    }
    return was_given;
}

/* ---- the other side's ---- */

/* Adds objects until there is one of this number, whose message another thread may have. */
static bool reach(struct kept_objects *other, uint32_t number, struct error *error)
{
    while (other->count <= number) {
        struct kept_object *added = array_add(NULL, other->items, other->count, other->capacity);
        if (!added)
            return error_set_no_memory(error);
        *added = (struct kept_object){0};
    }
    return true;
}

static bool make_proxy(struct kept *kept, struct kept_object *proxy,
                       const struct kept_object *object, struct error *error)
{
    if (object->size > KEPT_BYTES_MAX - kept->other.bytes)
        return error_set(error, PLUGIN_CRASHED, "it has more than %d MiB kept",
                         KEPT_BYTES_MAX >> 20);
    void *at = arena_alloc_zeroed(&kept->proxies, 1, object->size ? object->size : 1);
    if (!at)
        return error_set_no_memory(error);
    kept->other.bytes += object->size;
    *proxy = (struct kept_object){.at = at, .is = object->is, .size = object->size};
    return true;
}

void *kept_proxy(struct kept *kept, uint32_t number, const struct kept_object *object, bool *is_new,
                 struct error *error)
{
    struct kept_objects *other = &kept->other;
    if (number >= KEPT_MAX) {
        error_set(error, PLUGIN_CRASHED, "it has more than %d objects kept", KEPT_MAX);
        return NULL;
    }
    if (!reach(other, number, error))
        return NULL;
    struct kept_object *proxy = &other->items[number];
    *is_new = !proxy->at;
    if (*is_new && !make_proxy(kept, proxy, object, error))
        return NULL;
    if (!is_same(kept, &proxy->is, &object->is)) {
        error_set(error, PLUGIN_CRASHED, "it has another object kept as one that is kept");
        return NULL;
    }
    if (object->is_given && !proxy->is_given && !index_item(other, number, error))
        return NULL;
    proxy->is_given |= object->is_given;
    return proxy->at;
}

bool kept_refer(const struct kept *kept, const void *pointer, const struct crossing_target *target,
                uint64_t *reference)
{
    const struct kept_objects *other = &kept->other;
    struct table_probe probe = {.hash = crossing_hash(pointer)};
    for (uint32_t item; table_next(&other->by_address, &probe, &item);)
        if (other->items[item].at == pointer && serves(kept, &other->items[item], target)) {
            *reference = reference_make(REFERENCE_KEPT, item, 0);
            return true;
        }
    return false;
}

/* ---- the end ---- */

static void empty(struct kept_objects *objects)
{
    objects->count = objects->bytes = 0;
    table_empty(&objects->by_address);
}

void kept_forget(struct kept *kept)
{
    empty(&kept->own);
    empty(&kept->other);
}

static void deinit(struct kept_objects *objects)
{
    free(objects->items);
    table_deinit(&objects->by_address);
}

void kept_deinit(struct kept *kept)
{
    deinit(&kept->own);
    deinit(&kept->other);
    arena_deinit(&kept->proxies);
    *kept = (struct kept){.plan = kept->plan};
}
