/* SPDX-License-Identifier: MIT */
/* The fast part of the judgement: symbols that the host defines with a type of the same hash, which
 * are nearly all symbols of most plugins. It calls no dynamic loader, reads no types and sorts
 * nothing. */
#include "fit/fast_p.h"

#include "format/meta_raw.h"

/* Does the program define the import, with the same kind and type hash? The dynamic loader searches
 * the program first, so the import will be bound to it. */
static inline bool is_of_host(const struct meta *host, const struct format_import *import,
                              const char *name, size_t length)
{
    /* A wrong name hash finds nothing; the import is then judged in full. */
    uint32_t found = meta_symbol_by_hash(host, name, length, import->name_hash);
    if (!found)
        return false;
    struct format_symbol symbol = raw_symbol(host, found - 1);
    if (symbol.hash != import->hash)
        return false;
    return format_is_function(import->kind)
               ? format_is_function(symbol.kind)
               : import->kind == FORMAT_VARIABLE && symbol.kind == FORMAT_VARIABLE;
}

/* Are the import and its dynamic symbol settled? Only the symbol shows a version, and whether a
 * variable is thread-local. */
static inline bool is_settled(const struct judgement *j, const struct format_import *import,
                              const char *name, size_t length)
{
    const struct meta *meta = &j->plugin->meta;
    const struct dynamic *dynamic = &j->libraries->items[0].dynamic;
    if (import->package || *raw_import_name(meta, import->library) || !import->hash)
        return false;
    return dynamic_is_plain(dynamic, import->symbol, name, length) &&
           is_of_host(&j->host->module->meta, import, name, length);
}

/* Settles all imports of a name, which are adjacent, with their dynamic symbol; or none of them,
 * because judging one takes the symbol. */
static void settle_imports(const struct judgement *j, struct settled *settled)
{
    const struct meta *meta = &j->plugin->meta;
    const char *name = NULL;
    size_t length = 0;
    uint32_t first = 0, symbol = 0;
    for (uint32_t i = 0; i < meta->header.imports.count; i++) {
        struct format_import import = raw_import(meta, i);
        const char *own = raw_import_name(meta, import.name);
        size_t own_length = strlen(own);
        if (!name || own_length != length || !bytes_equal(own, name, length)) {
            first = i;
            symbol = import.symbol;
            name = own;
            length = own_length;
        }
        bool is_whole =
            (i == first || settled->imports[first]) && is_settled(j, &import, name, length);
        if (is_whole) {
            settled->symbols[symbol] = settled->imports[i] = true;
        } else if (settled->imports[first]) {
            memset(settled->imports + first, false, i - first);
            settled->symbols[symbol] = false;
        }
    }
}

static size_t count_unset(const bool *flags, size_t count)
{
    size_t set = 0, i = 0;
    for (uint64_t eight; count - i >= sizeof eight; i += sizeof eight) {
        memcpy(&eight, flags + i, sizeof eight);
        set += eight * UINT64_C(0x0101010101010101) >> 56; /* each is 0 or 1 */
    }
    for (; i < count; i++)
        set += flags[i];
    return count - set;
}

bool settled_init(struct settled *settled, const struct judgement *j)
{
    const struct module *program = j->host->module;
    const struct dynamic *dynamic = &j->libraries->items[0].dynamic;
    uint32_t count = j->plugin->meta.header.imports.count;
    struct arena *arena = j->libraries->arena;
    *settled = (struct settled){.imports = arena_alloc_zeroed(arena, count, 1),
                                .symbols = arena_alloc_zeroed(arena, dynamic->symbol_count, 1)};
    if (!settled->imports || !settled->symbols)
        return error_set_no_memory(j->error);
    dynamic_find_unwanted(dynamic, settled->symbols);
    if (program && program->is_stamped && !j->libraries->is_linked && !j->host->is_isolated)
        settle_imports(j, settled);
    settled->left =
        count_unset(settled->imports, count) + count_unset(settled->symbols, dynamic->symbol_count);
    return true;
}
