/* The index of what several libraries define. */
#include "libraries/symbol_index.h"

#include "base/hash.h"

/* Says that a library has a symbol whose name hashes so. */
struct definition {
    uint32_t hash, library;
    size_t next; /* number of the next one of the list, plus 1 */
};

/* The bound of the work, which is what there is to be searched for, and some more. Each item is a
 * step; and so many, to look a name up in a library, where names may have been made to hash alike.
 */
enum { WORK_MIN = 1 << 20, WORK_PER_SYMBOL = 128, WORK_OF_LIBRARY = 64 };

static size_t *head_of(const struct definitions *definitions, uint32_t hash)
{
    return &definitions->heads[hash & (definitions->head_count - 1)];
}

static void add(struct definitions *definitions, uint32_t hash, uint32_t library)
{
    size_t *head = head_of(definitions, hash);
    definitions->items[definitions->count++] = (struct definition){hash, library, *head};
    *head = definitions->count;
}

static void add_library(struct definitions *definitions, uint32_t number)
{
    const struct dynamic *dynamic = &definitions->libraries->items[number].dynamic;
    for (uint32_t i = 1; i < dynamic->symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(dynamic, i);
        if (symbol.is_defined)
            add(definitions, hash_name(symbol.name), number);
    }
}

bool definitions_make(struct definitions *definitions, const struct libraries *libraries,
                      struct error *error)
{
    uint64_t symbols = 0;
    for (size_t i = 0; i < libraries->count; i++)
        symbols += libraries->items[i].dynamic.symbol_count;
    *definitions = (struct definitions){.libraries = libraries,
                                        .work_left = WORK_MIN + symbols * WORK_PER_SYMBOL};
    /* Most plugins bring nothing along, and have a table of their own names. */
    if (libraries->count < 2)
        return true;
    definitions->head_count = 2;
    while (definitions->head_count < symbols)
        definitions->head_count *= 2;
    definitions->items =
        arena_alloc_zeroed(libraries->arena, (size_t)symbols, sizeof *definitions->items);
    definitions->heads =
        arena_alloc_zeroed(libraries->arena, definitions->head_count, sizeof *definitions->heads);
    if (!definitions->items || !definitions->heads)
        return error_set_no_memory(error);
    /* What is added last comes first. */
    for (size_t i = libraries->count; i-- > 0;)
        add_library(definitions, (uint32_t)i);
    return true;
}

static bool spend(struct definitions *definitions, uint64_t work, struct error *error)
{
    if (work > definitions->work_left)
        return error_set(
            error, PLUGIN_NOT_PLUGIN,
            "its symbols, and those of its libraries, cannot be searched for: too many "
            "are called alike");
    definitions->work_left -= work;
    return true;
}

/* Looks the name up in this library. */
static bool try_library(struct definitions *definitions, size_t number, const char *name,
                        const char *version, const struct library **library, struct error *error)
{
    struct dynamic_symbol symbol;
    const struct library *tried = &definitions->libraries->items[number];
    if (!spend(definitions, WORK_OF_LIBRARY, error))
        return false;
    if (dynamic_find(&tried->dynamic, name, version, &symbol))
        *library = tried;
    return true;
}

bool definitions_find(struct definitions *definitions, const char *name, const char *version,
                      const struct library **library, struct error *error)
{
    *library = NULL;
    if (!definitions->heads)
        return try_library(definitions, 0, name, version, library, error);
    const struct definition *last = NULL;
    uint32_t hash = hash_name(name);
    for (size_t at = *head_of(definitions, hash); at && !*library;) {
        const struct definition *item = &definitions->items[at - 1];
        at = item->next;
        if (!spend(definitions, 1, error))
            return false;
        if (item->hash != hash || (last && last->library == item->library))
            continue;
        last = item;
        if (!try_library(definitions, item->library, name, version, library, error))
            return false;
    }
    return true;
}
