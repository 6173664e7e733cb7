/* SPDX-License-Identifier: MIT */
/* What a signal handler may ask: these functions only read memory. */
#include "process/places.h"

#include <string.h>

plugin *plugin_find(const void *address)
{
    return places_find(address);
}

const plugin_symbol *plugin_symbol_at(plugin *p, const void *address)
{
    const plugin_symbol *nearest = NULL;
    for (uint32_t i = 0; p && i < p->symbol_count; i++) {
        const plugin_symbol *symbol = &p->symbols[i];
        uintptr_t start = (uintptr_t)symbol->address;
        if (start && start <= (uintptr_t)address &&
            (!nearest || start > (uintptr_t)nearest->address))
            nearest = symbol;
    }
    return nearest;
}

const char *plugin_info(const plugin *p, const char *key)
{
    for (uint32_t i = 0; p && key && i < p->module.meta.header.infos.count; i++) {
        struct meta_info info = meta_info(&p->module.meta, i);
        if (!strcmp(info.key, key))
            return info.value;
    }
    return NULL;
}
