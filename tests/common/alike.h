/* Names that are all of one hash: what each ends with makes up for what it starts with. */
#ifndef TESTS_COMMON_ALIKE_H
#define TESTS_COMMON_ALIKE_H

#include "src/base/hash.h"

#include <stdio.h>

enum { ALIKE_NAME = 17 };

/* Writes the next one; *number is 0 for the first. */
static void alike_name(uint32_t *number, char name[static ALIKE_NAME])
{
    /* That of the first one's two halves, which all others get to as well. */
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
