/* A hostile hash table: the symbols fill adjacent slots, so that linear probing from the first one
 * visits all of them. So many such searches do not end within the limit of a test. */
#ifndef TESTS_COMMON_CROWD_H
#define TESTS_COMMON_CROWD_H

#include "src/base/hash.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

enum { CROWD = 1 << 19, CROWD_SLOTS = 2 * CROWD, CROWD_SEARCHES = 1000000, CROWD_NAME = 9 };

struct crowd {
    Elf64_Sym symbols[CROWD + 1];
    char strings[(CROWD + 1) * CROWD_NAME + 1];
    char absent[CROWD_NAME]; /* a name of no symbol, which hashes to one of the first slots */
};

static size_t crowd_slot(const char *name)
{
    return hash_name(name) & (CROWD_SLOTS - 1);
}

/* Fills each slot of the lower half with a name that hashes to it. The caller frees the table. */
static struct crowd *crowd_make(void)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);
    bool *is_taken = calloc(CROWD_SLOTS, sizeof *is_taken);
    assert_non_null(crowd);
    assert_non_null(is_taken);
    uint32_t count = 0;
    for (unsigned number = 0; count < CROWD; number++) {
        char name[CROWD_NAME];
        snprintf(name, sizeof name, "%x", number);
        size_t slot = crowd_slot(name);
        if (slot >= CROWD)
            continue;
        if (is_taken[slot]) {
            if (slot < 8)
                memcpy(crowd->absent, name, sizeof name);
            continue;
        }
        is_taken[slot] = true;
        count++;
        Elf64_Sym *symbol = &crowd->symbols[count];
        *symbol = (Elf64_Sym){.st_name = count * CROWD_NAME,
                              .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                              .st_shndx = 1,
                              .st_value = 1};
        memcpy(crowd->strings + symbol->st_name, name, sizeof name);
    }
    free(is_taken);
    assert_string_not_equal(crowd->absent, "");
    return crowd;
}

#endif
