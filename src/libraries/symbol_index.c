/* SPDX-License-Identifier: MIT */
/* The index of the symbols that several libraries define. */
#include "libraries/symbol_index.h"

#include "base/hash.h"

/* A library that defines a symbol whose name has this hash. */
struct symbol_index_item {
    uint32_t hash, library;
    size_t next; /* number of the next item in the list, plus 1 */
};

/* The budget of all searches: an item of a list costs 1. A search in a library, where many names
 * may have the same hash, costs WORK_OF_LIBRARY. */
enum { WORK_MIN = 1 << 20, WORK_PER_SYMBOL = 128, WORK_OF_LIBRARY = 64 };

/* So many libraries, and the root, are asked in turn if each has a hash table: a look at one word
 * of most of them costs less than an index of all symbols, most of which nobody looks for. The
 * budget is enough to ask all of them for each symbol. */
enum { LIBRARIES_ASKED = 64 };

static size_t *symbol_index_head(const struct symbol_index *index, uint32_t hash)
{
    return &index->heads[hash & (index->head_count - 1)];
}

static void symbol_index_add(struct symbol_index *index, uint32_t number)
{
    const struct dynamic *dynamic = &index->libraries->items[number].dynamic;
    for (uint32_t i = 1; i < dynamic->symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(dynamic, i);
        if (!symbol.is_defined)
            continue;
        uint32_t hash = hash_name(symbol.name);
        size_t *head = symbol_index_head(index, hash);
        index->items[index->count++] = (struct symbol_index_item){hash, number, *head};
        *head = index->count;
    }
}

static bool symbol_index_is_needed(const struct libraries *libraries)
{
    /* Most plugins bring no library along. */
    if (libraries->count < 2)
        return false;
    for (size_t i = 1; i < libraries->count; i++)
        if (!gnu_hash_is_present(&libraries->items[i].dynamic.hash))
            return true;
    return libraries->count > LIBRARIES_ASKED;
}

bool symbol_index_init(struct symbol_index *index, const struct libraries *libraries,
                       struct error *error)
{
    uint64_t symbols = 0;
    for (size_t i = 0; i < libraries->count; i++)
        symbols += libraries->items[i].dynamic.symbol_count;
    *index = (struct symbol_index){.libraries = libraries,
                                   .work = {WORK_MIN + symbols * WORK_PER_SYMBOL}};
    if (!symbol_index_is_needed(libraries))
        return true;
    index->head_count = 2;
    while (index->head_count < symbols)
        index->head_count *= 2;
    index->items = arena_alloc_zeroed(libraries->arena, (size_t)symbols, sizeof *index->items);
    index->heads = arena_alloc_zeroed(libraries->arena, index->head_count, sizeof *index->heads);
    if (!index->items || !index->heads)
        return error_set_no_memory(error);
    /* What is added last comes first. */
    for (size_t i = libraries->count; i-- > 0;)
        symbol_index_add(index, (uint32_t)i);
    return true;
}

/* Sets *library to this library if it defines the symbol. */
static bool symbol_index_try(struct symbol_index *index, size_t number, struct dynamic_name name,
                             const char *version, const struct library **library)
{
    struct dynamic_symbol symbol;
    const struct library *tried = &index->libraries->items[number];
    if (!budget_spend(&index->work, WORK_OF_LIBRARY))
        return false;
    if (dynamic_find_name(&tried->dynamic, name, version, &symbol))
        *library = tried;
    return true;
}

/* Asks each library. */
static bool symbol_index_ask(struct symbol_index *index, struct dynamic_name name,
                             const char *version, const struct library **library)
{
    const struct libraries *libraries = index->libraries;
    for (size_t i = 0; i < libraries->count && !*library; i++)
        if (!budget_spend(&index->work, 1) ||
            (dynamic_may_define(&libraries->items[i].dynamic, name) &&
             !symbol_index_try(index, i, name, version, library)))
            return false;
    return true;
}

static bool symbol_index_walk(struct symbol_index *index, struct dynamic_name name,
                              const char *version, const struct library **library)
{
    uint32_t hash = hash_name(name.string), last = UINT32_MAX;
    for (size_t at = *symbol_index_head(index, hash); at && !*library;) {
        const struct symbol_index_item *item = &index->items[at - 1];
        at = item->next;
        if (!budget_spend(&index->work, 1))
            return false;
        if (item->hash != hash || item->library == last)
            continue;
        last = item->library;
        if (!symbol_index_try(index, item->library, name, version, library))
            return false;
    }
    return true;
}

bool symbol_index_find(struct symbol_index *index, const char *name, const char *version,
                       const struct library **library, struct error *error)
{
    struct dynamic_name own = dynamic_name(name);
    *library = NULL;
    return (index->heads ? symbol_index_walk(index, own, version, library)
                         : symbol_index_ask(index, own, version, library)) ||
           error_set(error, PLUGIN_NOT_PLUGIN,
                     "too many symbol-name hash collisions in it and its libraries");
}
