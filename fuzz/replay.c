/* SPDX-License-Identifier: MIT */
/* Runs the targets on their corpora: replay DIRECTORY [TARGET]. DIRECTORY has a directory for each
 * target. Prints TAP, and the name of each input before it runs, in case it crashes. */
#include "fuzz/targets.h"

#include <stdio.h>

static int number;

static void run(const struct target *target, const char *name, struct bytes input)
{
    printf("# %s: %s\n", target->name, name);
    fflush(stdout);
    fuzz_was_read = false;
    target->run(input);
    /* A seed that is refused at its start, such as one of an older format, is useless. */
    bool is_good = fuzz_was_read || strncmp(name, "seed-", 5) != 0;
    printf("%sok %d - %s: %s\n", is_good ? "" : "not ", ++number, target->name, name);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: replay DIRECTORY [TARGET]\n");
        return 2;
    }
    for (size_t i = 0; i < target_count; i++)
        if ((argc < 3 || !strcmp(argv[2], targets[i].name)) &&
            !targets_visit(&targets[i], argv[1], run))
            printf("not ok %d - %s: its inputs are read\n", ++number, targets[i].name);
    printf("1..%d\n", number);
    return 0;
}
