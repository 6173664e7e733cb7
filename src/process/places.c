/* SPDX-License-Identifier: MIT */
/* Where plugins are in memory: a skip list (Pugh 1990) in the order of addresses. */
#include "process/places.h"

#include <assert.h>

/* On each level the first place. Written with the lock of base/lock.h held; atomic. */
static struct plugin_place *first[PLACE_LEVELS];

/* A quarter of the places of each level are on the next one, too. With the lock held. */
static unsigned place_choose_levels(void)
{
    static unsigned long long count;
    unsigned levels = 1 + (unsigned)__builtin_ctzll(++count) / 2;
    return levels < PLACE_LEVELS ? levels : PLACE_LEVELS;
}

/* Returns the last place that starts at or below the address, or NULL; `links`, unless it is NULL,
 * gets for each level the link to the first place above. */
static struct plugin_place *place_find(uintptr_t address, struct plugin_place ***links)
{
    struct plugin_place *found = NULL, **at = first;
    for (unsigned level = PLACE_LEVELS; level-- > 0;) {
        struct plugin_place *next;
        while ((next = __atomic_load_n(&at[level], __ATOMIC_ACQUIRE)) && next->start <= address) {
            found = next;
            at = next->next;
        }
        if (links)
            links[level] = &at[level];
    }
    return found;
}

void places_add(struct plugin *p)
{
    uintptr_t start = p->base + (uintptr_t)p->memory.start;
    struct plugin_place *own = &p->place, **links[PLACE_LEVELS];
    lock_acquire();
    struct plugin_place *known = place_find(start, links);
    bool is_known = known && known->start == start;
    if (own != known)
        *own = (struct plugin_place){start, p->base + (uintptr_t)p->memory.end, p, {NULL}};
    assert(own->end > start);
    if (is_known)
        __atomic_store_n(&known->plugin, p, __ATOMIC_RELEASE);
    for (unsigned level = 0, levels = is_known ? 0 : place_choose_levels(); level < levels;
         level++) {
        own->next[level] = *links[level];
        __atomic_store_n(links[level], own, __ATOMIC_RELEASE);
    }
    lock_release();
}

struct plugin *places_find(const void *address)
{
    const struct plugin_place *place = place_find((uintptr_t)address, NULL);
    bool is_within = place && (uintptr_t)address < place->end;
    return is_within ? __atomic_load_n(&place->plugin, __ATOMIC_ACQUIRE) : NULL;
}
