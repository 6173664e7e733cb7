/* The part of the judgement that finds what needs none: what the plugin wants and the host defines,
 * with the same type by their hashes. Of most plugins that is nearly all that is checked, and it is
 * known without a question to the dynamic loader, without the types, and without sorting. */
#include "fit_settled.h"

#include "brief.h"
#include "hash.h"

#include <elf.h>

/* A name may be this many slots away from its own; names that were made to hash alike are judged
 * like all others. */
enum { SLOTS_AWAY_MAX = 64 };

/* The imports of one name are one group; they are in the order of their names. */
struct slot {
    uint32_t hash;
    uint32_t first; /* import of the group, plus 1; 0: empty */
};

struct table {
    struct slot *slots;
    uint32_t mask;
};

/* Is this what the host defines? The program comes first wherever the dynamic loader looks. */
static bool is_of_host(const struct meta *host, const struct meta_import *import, size_t length,
                       uint32_t hash)
{
    if (import->package || *import->library || !import->hash)
        return false;
    uint32_t found = meta_symbol_hashed(host, import->name, length, hash);
    if (!found)
        return false;
    struct meta_symbol symbol = meta_symbol(host, found - 1);
    return symbol.hash == import->hash &&
           (format_is_function(import->kind)
                ? format_is_function(symbol.kind)
                : import->kind == FORMAT_VARIABLE && symbol.kind == FORMAT_VARIABLE);
}

/* The slot of this name, or an empty one for it; NULL: there is none near. */
static struct slot *find_slot(const struct table *table, const struct meta *meta, const char *name,
                              uint32_t hash)
{
    for (uint32_t away = 0; away < SLOTS_AWAY_MAX; away++) {
        struct slot *slot = &table->slots[(hash + away) & table->mask];
        if (!slot->first ||
            (slot->hash == hash && !strcmp(meta_import_name(meta, slot->first - 1), name)))
            return slot;
    }
    return NULL;
}

/* Takes back what was said of all imports of this name, from the first one on. */
static void unsettle_group(const struct meta *meta, struct settled *settled, uint32_t first,
                           const char *name)
{
    for (uint32_t i = first; i < meta->header.imports.count; i++) {
        if (strcmp(meta_import_name(meta, i), name) != 0)
            return;
        settled->imports[i] = false;
    }
}

/* Settles the group if the host has what all of it want. Returns the first import behind it. */
static uint32_t settle_group(const struct meta *host, const struct meta *meta,
                             const struct table *table, uint32_t first, struct settled *settled)
{
    uint32_t end = first;
    const char *name = meta_import_name(meta, first);
    size_t length = strlen(name);
    uint32_t hash = hash_name_of(name, length);
    bool is_settled = true;
    do {
        struct meta_import import = meta_import(meta, end);
        is_settled = is_settled && is_of_host(host, &import, length, hash);
        end++;
    } while (end < meta->header.imports.count && !strcmp(meta_import_name(meta, end), name));
    struct slot *slot = is_settled ? find_slot(table, meta, name, hash) : NULL;
    if (slot) {
        *slot = (struct slot){hash, first + 1};
        memset(settled->imports + first, true, end - first);
    }
    return end;
}

/* The imports know nothing of versions, nor that a variable is thread-local; the dynamic symbols
 * do. */
static void settle_symbols(const struct dynamic *dynamic, const struct meta *meta,
                           const struct table *table, struct settled *settled)
{
    for (uint32_t i = 1; i < dynamic->symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(dynamic, i);
        settled->symbols[i] = !symbol.is_wanted;
        if (!symbol.is_wanted)
            continue;
        struct slot *slot = find_slot(table, meta, symbol.name, hash_name(symbol.name));
        if (!slot || !slot->first)
            continue;
        settled->symbols[i] = !symbol.version && symbol.type != STT_TLS;
        if (!settled->symbols[i])
            unsettle_group(meta, settled, slot->first - 1, symbol.name);
    }
}

static size_t count_left(const bool *settled, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        left += !settled[i];
    return left;
}

bool settle(struct settled *settled, const struct judgement *j)
{
    const struct module *host = j->process->host;
    const struct meta *meta = &j->plugin->meta;
    const struct dynamic *dynamic = &j->libraries->items[0].dynamic;
    uint32_t count = meta->header.imports.count, capacity = 2;
    while (capacity / 2 < count && capacity < UINT32_MAX / 2)
        capacity *= 2;
    *settled = (struct settled){.imports = brief_take_zeroed(count, 1),
                                .symbols = brief_take_zeroed(dynamic->symbol_count, 1)};
    struct table table = {brief_take_zeroed(capacity, sizeof *table.slots), capacity - 1};
    bool is_possible = host && host->is_stamped && !j->libraries->is_linked;
    if (!settled->imports || !settled->symbols || !table.slots) {
        brief_give(table.slots);
        return error_set_no_memory(j->error);
    }
    for (uint32_t i = 0; is_possible && i < count;)
        i = settle_group(&host->meta, meta, &table, i, settled);
    if (is_possible)
        settle_symbols(dynamic, meta, &table, settled);
    settled->left =
        count_left(settled->imports, count) + count_left(settled->symbols, dynamic->symbol_count);
    brief_give(table.slots);
    return true;
}

void settled_free(struct settled *settled)
{
    brief_give(settled->symbols);
    brief_give(settled->imports);
}
