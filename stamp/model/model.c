/* SPDX-License-Identifier: MIT */
/* The module that is being stamped: searches by name. */
#include "model/model.h"

#include "model/image.h"

#include <elfutils/libdwfl.h>
#include <stdlib.h>

void stamp_deinit(struct stamp *stamp)
{
    if (stamp->debug_file)
        dwfl_end(stamp->debug_file);
    else
        dwarf_end(stamp->dwarf);
    elf_end(stamp->elf);
    if (stamp->image)
        module_deinit(&stamp->image->module);
    arena_deinit(&stamp->arena);
}

bool error_prefix_damaged(struct error *error)
{
    return error->code != PLUGIN_NO_MEMORY &&
           error_prefix(error, "it is damaged, and plugin_open would refuse it: ");
}

void stamp_sort(void *items, size_t count, size_t item_size,
                int (*compare)(const void *, const void *))
{
    if (count)
        qsort(items, count, item_size, compare);
}

int stamp_by_name(const void *first, const void *second)
{
    return strcmp(*(const char *const *)first, *(const char *const *)second);
}

void *stamp_find_name(const void *items, size_t count, size_t item_size, const char *name)
{
    return count ? bsearch(&name, items, count, item_size, stamp_by_name) : NULL;
}

struct stamp_symbol *stamp_find_symbol(const struct stamp *stamp, const char *name)
{
    return stamp_find_name(stamp->symbols, stamp->symbol_count, sizeof *stamp->symbols, name);
}
