/* SPDX-License-Identifier: MIT */
/* Go plugins. The bridge, which the host has judged with the plugin, has Go's run-time; it opens
 * the plugin, and makes C functions for Go functions. What a call passes is copied into memory of
 * Go: Go code keeps strings and slices as it likes, and its collector frees them. */
#include "go-bridge/bridge.h"
#include "worker/worker.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static const struct plugin_go_bridge *bridge; /* NULL: no Go plugin */
static const char *opened;                    /* the path of the plugin */
static __thread char *panic_text;

/* Where the pointers lie in an object of the plan; made when it is first needed, and lasting. */
struct pointers {
    size_t count;
    size_t offsets[];
};
static struct pointers **pointers_of; /* by the object's number; atomic */

/* Called in the thread in which a Go function panicked. */
static void set_panicked(void *context, const char *text)
{
    (void)context;
    free(panic_text);
    panic_text = strdup(text);
    if (!panic_text) /* the call would look as if it had returned */
        abort();
}

char *go_take_panic(void)
{
    char *text = panic_text;
    panic_text = NULL;
    return text;
}

bool go_is_used(void)
{
    return bridge;
}

const char *go_take_bridge(void *handle)
{
    union {
        void *address;
        plugin_go_bridge_function *call;
    } function = {dlsym(handle, PLUGIN_GO_BRIDGE_SYMBOL)};
    const struct plugin_go_bridge *table = function.address ? function.call() : NULL;
    if (!table || table->version != PLUGIN_GO_BRIDGE_VERSION)
        return "the bridge to Go was built for another version of libplugin; rebuild it with: "
               "plugin go-bridge";
    pointers_of = calloc(serve_plan->object_count + 1, sizeof *pointers_of);
    if (!pointers_of)
        return "out of memory";
    table->set_panicked(set_panicked);
    bridge = table;
    return NULL;
}

const char *go_open(const char *path, bool *is_init_failure)
{
    opened = strdup(path);
    return opened ? bridge->open(opened, is_init_failure) : "out of memory";
}

const void *go_find(const char *name, const char **why)
{
    char *reason = NULL;
    const void *code = bridge->bind(opened, name, NULL, &reason);
    *why = reason ? reason : "out of memory";
    return code;
}

/* ---- memory ---- */

static size_t add_pointers(uint32_t number, size_t base, size_t *offsets, size_t count)
{
    const struct plan_object *object = plan_object(serve_plan, number);
    for (uint32_t i = 0; i < object->part_count; i++) {
        const struct plan_part *part = plan_part(serve_plan, object->first_part + i);
        size_t at = base + part->offset;
        if (part->kind == PLAN_PADDING || part->kind == PLAN_SAME)
            continue;
        if (part->kind == PLAN_EMBEDDED) {
            size_t size = plan_object(serve_plan, part->object)->size;
            for (uint32_t k = 0; k < part->count; k++)
                count = add_pointers(part->object, at + k * size, offsets, count);
            continue;
        }
        if (offsets)
            offsets[count] = at;
        count++;
    }
    return count;
}

static const struct pointers *find_pointers(uint32_t number)
{
    struct pointers *known = __atomic_load_n(&pointers_of[number], __ATOMIC_ACQUIRE), *none = NULL;
    if (known)
        return known;
    size_t count = add_pointers(number, 0, NULL, 0);
    struct pointers *made = malloc(sizeof *made + count * sizeof *made->offsets);
    if (!made)
        return NULL;
    made->count = add_pointers(number, 0, made->offsets, 0);
    if (__atomic_compare_exchange_n(&pointers_of[number], &none, made, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return made;
    free(made);
    return none;
}

void *go_place(const struct crossed *item, size_t size)
{
    const struct plan_object *object = plan_object(serve_plan, item->object);
    if (item->is_string || !object->has_pointers || !item->count)
        return bridge->allocate(size, NULL, 0, 1);
    const struct pointers *pointers = find_pointers(item->object);
    return pointers
               ? bridge->allocate(object->size, pointers->offsets, pointers->count, item->count)
               : NULL;
}

void go_release(const struct crossing *crossing)
{
    for (size_t i = 1; i < crossing->sent; i++)
        if (crossing->items[i].at)
            bridge->release(crossing->items[i].at);
}

void go_keep(const void *pointer)
{
    bridge->keep(pointer);
}
