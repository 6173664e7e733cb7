/* SPDX-License-Identifier: MIT */
/* Runs the targets on their corpora, with each allocation failing in turn: starve DIRECTORY. Their
 * promises must hold, and nothing may leak. Leaves out the stamp: libdw, libelf and libbpf do not
 * survive failed allocations. Prints TAP. */
#include "fuzz/targets.h"

#define STARVE_COUNTS_BLOCKS
#include "tests/common/starve_calls.h"

#include <stdio.h>

static long allocations; /* in this run */
static long failing;     /* the number of the one that fails; 0: none */

static bool starve_fails(const void *place)
{
    (void)place;
    return ++allocations == failing;
}

static int number;
static long runs, left;

static void run(const struct target *target, const char *name, struct bytes input)
{
    printf("# %s: %s\n", target->name, name);
    fflush(stdout);
    target->run(input); /* what it keeps for later runs is no leak */
    for (long n = 1;; n++) {
        long before = starve_blocks;
        allocations = 0;
        failing = n;
        target->run(input);
        failing = 0;
        runs++;
        if (starve_blocks != before && !left++)
            printf("# %ld blocks leak when allocation %ld fails\n", starve_blocks - before, n);
        if (allocations < n)
            return;
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < target_count; i++) {
        if (!strcmp(targets[i].name, "stamp"))
            continue;
        runs = left = 0;
        bool is_read = targets_visit(&targets[i], argv[1], run);
        printf("%sok %d - %s\n", is_read && !left ? "" : "not ", ++number, targets[i].name);
        printf("# %ld runs\n", runs);
    }
    printf("1..%d\n", number);
    return 0;
}
