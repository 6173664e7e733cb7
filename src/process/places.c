/* Where plugins are in memory: a skip list (Pugh 1990) in the order of addresses. */
#include "process/places.h"

#include <assert.h>
#include <stdlib.h>

enum { LEVELS = 8 }; /* enough for 4 ** 8 plugins; a search among more takes longer */

/* Only its plugin changes, once it is in the list, which it never leaves: nothing is unmapped. */
struct place {
    uintptr_t start, end;
    struct plugin *plugin; /* atomic: of several for one mapping, that which was opened */
    struct place *next[];  /* on each level that it has; atomic */
};

/* On each level the first place. Written with the lock of base/lock.h held; atomic. */
static struct place *first[LEVELS];

/* A quarter of the places of each level are on the next one, too. With the lock held. */
static unsigned place_choose_levels(void)
{
    static unsigned long long count;
    unsigned levels = 1 + (unsigned)__builtin_ctzll(++count) / 2;
    return levels < LEVELS ? levels : LEVELS;
}

/* Returns the last place that starts at or below the address, or NULL; `links`, unless it is NULL,
 * gets for each level the link to the first place above. */
static struct place *place_find(uintptr_t address, struct place ***links)
{
    struct place *found = NULL, **at = first;
    for (unsigned level = LEVELS; level-- > 0;) {
        struct place *next;
        while ((next = __atomic_load_n(&at[level], __ATOMIC_ACQUIRE)) && next->start <= address) {
            found = next;
            at = next->next;
        }
        if (links)
            links[level] = &at[level];
    }
    return found;
}

bool places_add(struct plugin *p, struct error *error)
{
    uintptr_t start = p->base + (uintptr_t)p->memory.start;
    struct place **links[LEVELS];
    lock_acquire();
    struct place *place = place_find(start, links);
    if (place && place->start == start) {
        __atomic_store_n(&place->plugin, p, __ATOMIC_RELEASE);
        lock_release();
        return true;
    }
    unsigned levels = place_choose_levels();
    place = calloc(1, sizeof *place + levels * sizeof *place->next);
    if (place) {
        *place = (struct place){start, p->base + (uintptr_t)p->memory.end, p};
        assert(place->end > start);
        for (unsigned level = 0; level < levels; level++) {
            place->next[level] = *links[level];
            __atomic_store_n(links[level], place, __ATOMIC_RELEASE);
        }
    }
    lock_release();
    return place || error_set_no_memory(error);
}

struct plugin *places_find(const void *address)
{
    const struct place *place = place_find((uintptr_t)address, NULL);
    bool is_within = place && (uintptr_t)address < place->end;
    return is_within ? __atomic_load_n(&place->plugin, __ATOMIC_ACQUIRE) : NULL;
}
