/* Names with one hash: the second half of each makes up for the first. */
#ifndef TESTS_COMMON_ALIKE_H
#define TESTS_COMMON_ALIKE_H

#include "src/base/hash.h"

#include <stdio.h>

enum { ALIKE_NAME = 17 };

/* Stores the next name and advances *number, which is 0 for the first. */
static void alike_name(uint32_t *number, char name[static ALIKE_NAME])
{
    /* The name whose hash all others share. */
    static const char first[] = "00000000aaaaaaaa";
    uint64_t halves[2], own;
    memcpy(halves, first, sizeof halves);
    uint64_t hash = hash_step(HASH_START, halves[0]);
    uint64_t end = (hash << 29 | hash >> 35) ^ halves[1];
    do {
        snprintf(name, ALIKE_NAME, "%08x", (unsigned)(*number)++);
        memcpy(&own, name, sizeof own);
        hash = hash_step(HASH_START, own);
        own = (hash << 29 | hash >> 35) ^ end;
        memcpy(name + sizeof own, &own, sizeof own);
        name[ALIKE_NAME - 1] = '\0';
    } while (strlen(name) != ALIKE_NAME - 1);
}

#endif
