/* SPDX-License-Identifier: MIT */
/* Orders the libraries that are handed over to the process of an isolated plugin. */
#include "libraries/handed.h"

#include "libraries/toolchain.h"

#include <stdlib.h>
#include <string.h>

/* Is the library yet to be handed over? */
static bool is_left(const struct libraries *libraries, size_t number, bool is_all,
                    const bool *is_ordered)
{
    return !is_ordered[number] && (is_all || !toolchain_has(libraries->items[number].name));
}

/* Are all that the library needs handed over? */
static bool has_needed(const struct libraries *libraries, const struct library *library,
                       bool is_all, const bool *is_ordered)
{
    const char *name;
    for (size_t i = 0; (name = dynamic_needed(&library->dynamic, i)); i++)
        for (size_t k = 1; k < libraries->count; k++)
            if (is_left(libraries, k, is_all, is_ordered) &&
                !strcmp(libraries->items[k].name, name))
                return false;
    return true;
}

/* The process's loader knows a library by its DT_SONAME, since its path leads through a descriptor.
 */
static bool check_name(const struct library *library, struct error *error)
{
    const char *soname = library->dynamic.soname;
    return (soname && !strcmp(soname, library->name)) ||
           error_set(error, PLUGIN_UNSUPPORTED,
                     "its library %s, at %s, has %s DT_SONAME, by which the plugin's process "
                     "would not find it; link it with -Wl,-soname=%s",
                     library->name, library->path, soname ? "another" : "no", library->name);
}

static bool order_all(const struct libraries *libraries, bool is_all, size_t *order, size_t *count,
                      bool *is_ordered, struct error *error)
{
    bool is_moving = true, is_any_left = false;
    while (is_moving) {
        is_moving = is_any_left = false;
        for (size_t i = 1; i < libraries->count; i++) {
            const struct library *library = &libraries->items[i];
            if (!is_left(libraries, i, is_all, is_ordered))
                continue;
            is_any_left = true;
            if (!has_needed(libraries, library, is_all, is_ordered))
                continue;
            if (!check_name(library, error))
                return false;
            is_ordered[i] = is_moving = true;
            order[(*count)++] = i;
        }
    }
    return !is_any_left ||
           error_set(error, PLUGIN_UNSUPPORTED, "its libraries depend on each other in a cycle");
}

bool handed_order(const struct libraries *libraries, bool is_all, size_t *order, size_t *count,
                  struct error *error)
{
    bool *is_ordered = calloc(libraries->count, sizeof *is_ordered);
    *count = 0;
    bool done = is_ordered ? order_all(libraries, is_all, order, count, is_ordered, error)
                           : error_set_no_memory(error);
    free(is_ordered);
    return done;
}

bool handed_needs(const struct libraries *libraries, const char *name)
{
    const char *needed;
    for (size_t i = 0; i < libraries->count; i++)
        for (size_t k = 0; (needed = dynamic_needed(&libraries->items[i].dynamic, k)); k++)
            if (!strcmp(needed, name))
                return true;
    return false;
}
