/* SPDX-License-Identifier: MIT */
/* Runs commands in turns, and prints "NAME.MEASURE VALUE" for each run of each: what the processor
 * did for it and its children (time), the time on the wall (wall), both in nanoseconds, and the
 * most memory that it had, in KiB (memory).
 *
 * usage: commands ROUNDS [NAME BEFORE COMMAND]...
 * BEFORE is run first and not measured; "" for nothing. Both are words separated by spaces. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double nanoseconds(struct timeval time)
{
    return (double)time.tv_sec * 1e9 + (double)time.tv_usec * 1e3;
}

/* Runs it, and ends this program if it fails. */
static void run(const char *command, struct rusage *usage)
{
    enum { WORDS_MAX = 64 };
    char *copy = strdup(command), *words[WORDS_MAX + 1] = {NULL}, *rest = copy;
    int status;
    pid_t child;
    for (size_t i = 0; i < WORDS_MAX && (words[i] = strtok_r(rest, " ", &rest)); i++)
        ;
    if (!copy || !words[0])
        exit(2);
    errno = posix_spawnp(&child, words[0], NULL, NULL, words, environ);
    if (errno || wait4(child, &status, 0, usage) < 0 || status != 0) {
        fprintf(stderr, "failed: %s\n", command);
        exit(1);
    }
    free(copy);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 0;
    if (rounds < 1 || (argc - 2) % 3 != 0)
        return 2;
    for (int round = 0; round < rounds; round++)
        for (char **own = argv + 2; *own; own += 3) {
            struct rusage usage;
            if (*own[1])
                run(own[1], &usage);
            double start = now();
            run(own[2], &usage);
            printf("%s.wall %.0f\n", own[0], now() - start);
            printf("%s.time %.0f\n", own[0],
                   nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime));
            printf("%s.memory %ld\n", own[0], usage.ru_maxrss);
            fflush(stdout);
        }
    return 0;
}
