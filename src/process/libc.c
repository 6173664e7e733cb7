/* SPDX-License-Identifier: MIT */
/* What is known about the C library of the process. */
#include "process/libc.h"

#include "base/first_page.h"
#include "base/hash.h"
#include "process/kept_memory_p.h"
#include "process/map.h"

#include <stdlib.h>

const struct loaded *libc_module(void)
{
    ERROR_AUTO unread = {0};
    const struct loaded *libc = loaded_libc(NULL, &unread);
    return libc ? libc : loaded_libc(map_find_global("__libc_start_main", NULL), &unread);
}

/* ---- its name ---- */

/* Atomic. */
ON_FIRST_PAGE static char *known_name;

bool libc_is_called(const char *name)
{
    const char *known = __atomic_load_n(&known_name, __ATOMIC_ACQUIRE);
    return known && !strcmp(name, known);
}

void libc_remember_name(const char *name, void *handle)
{
    uintptr_t base, dynamic;
    const struct loaded *libc = libc_module();
    char *none = NULL;
    if (!libc || __atomic_load_n(&known_name, __ATOMIC_ACQUIRE) ||
        !map_find_place(handle, &base, &dynamic) || base != libc->base)
        return;
    char *own = strdup(name);
    if (own && !__atomic_compare_exchange_n(&known_name, &none, own, false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_ACQUIRE))
        free(own);
}

/* ---- its symbols ---- */

/* Limits: of symbols, of slots per search, and of the length of a name with its version. */
enum { SLOTS = 1024, SLOTS_AWAY_MAX = 8, LENGTH_MAX = 128 };

struct known_symbol {
    uint32_t hash;
    char words[]; /* the name and, after its NUL, the version; "" without one */
};

/* Atomic, since a lock could be held by a thread that a forked child lacks. A symbol never changes.
 */
static struct known_symbol *symbols[SLOTS];
ON_FIRST_PAGE static bool is_any_known; /* atomic: before that, the table need not be touched */

static bool known_symbol_is(const struct known_symbol *symbol, uint32_t hash, const char *name,
                            const char *version)
{
    return symbol->hash == hash && !strcmp(symbol->words, name) &&
           !strcmp(symbol->words + strlen(name) + 1, version);
}

bool libc_has(const char *name, const char *version)
{
    uint32_t hash = hash_name(name);
    if (!__atomic_load_n(&is_any_known, __ATOMIC_RELAXED))
        return false;
    for (uint32_t away = 0; away < SLOTS_AWAY_MAX; away++) {
        const struct known_symbol *symbol =
            __atomic_load_n(&symbols[(hash + away) % SLOTS], __ATOMIC_ACQUIRE);
        if (!symbol)
            return false;
        if (known_symbol_is(symbol, hash, name, version ? version : ""))
            return true;
    }
    return false;
}

void libc_remember(const char *name, const char *version)
{
    uint32_t hash = hash_name(name);
    size_t length = strlen(name) + 1, version_length = version ? strlen(version) + 1 : 1;
    if (length + version_length > LENGTH_MAX)
        return;
    size_t size = sizeof(struct known_symbol) + length + version_length;
    struct known_symbol *symbol = kept_alloc(size);
    if (!symbol)
        return;
    symbol->hash = hash;
    memcpy(symbol->words, name, length);
    memcpy(symbol->words + length, version ? version : "", version_length);
    __atomic_store_n(&is_any_known, true, __ATOMIC_RELAXED);
    for (uint32_t away = 0; away < SLOTS_AWAY_MAX; away++) {
        struct known_symbol *none = NULL;
        if (__atomic_compare_exchange_n(&symbols[(hash + away) % SLOTS], &none, symbol, false,
                                        __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
            return;
        if (known_symbol_is(none, hash, name, version ? version : ""))
            break; /* another thread was faster */
    }
    kept_free(symbol, size);
}
