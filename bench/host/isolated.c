/* Isolated plugins against what they are made of: a futex, and posix_spawn. Prints
 * "isolated.MEASURE PEER VALUE", in nanoseconds or KiB. */
#include "../plugins/isolated.h"

#include <linux/futex.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { CALLS = 20001, PAUSES = 201, STARTS = 21, MEGABYTE = 1 << 20 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

static void print(const char *measure, const char *peer, double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    printf("isolated.%s %s %.0f\n", measure, peer, values[count / 2]);
}

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, plugin_error());
    exit(EXIT_FAILURE);
}

static plugin *open_isolated(const char *path, struct isolated *i)
{
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    plugin *p = plugin_open_as_with(path, &options, i);
    if (!p)
        fail(path);
    return p;
}

/* ---- a futex between two processes ---- */

static uint32_t *words;

static void wake(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void wait_for(uint32_t *word, uint32_t value)
{
    uint32_t found;
    while ((found = __atomic_load_n(word, __ATOMIC_SEQ_CST)) != value)
        syscall(SYS_futex, word, FUTEX_WAIT, found, NULL, NULL, 0);
}

static void handoff(double *values)
{
    words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    for (uint32_t i = 1; !child && i <= PAUSES; i++) {
        wait_for(&words[0], i);
        wake(&words[64], i);
    }
    if (!child)
        _exit(EXIT_SUCCESS);
    for (uint32_t i = 1; i <= PAUSES; i++) {
        usleep(1000);
        double start = now();
        wake(&words[0], i);
        wait_for(&words[64], i);
        values[i - 1] = now() - start;
    }
    waitpid(child, NULL, 0);
}

/* ---- calls ---- */

static void measure_calls(plugin *p, const struct isolated *i)
{
    static double values[CALLS];
    for (int k = 0; k < CALLS; k++) {
        double start = now();
        if (i->add(k, 1) != k + 1)
            fail("add");
        values[k] = now() - start;
    }
    print("call", "plugin", values, CALLS);
    handoff(values);
    print("idle", "futex", values, PAUSES);
    for (int k = 0; k < PAUSES; k++) {
        usleep(1000);
        double start = now();
        i->add(k, 1);
        values[k] = now() - start;
    }
    print("idle", "plugin", values, PAUSES);
    unsigned char *shared = plugin_alloc(p, MEGABYTE), *own = calloc(1, MEGABYTE);
    static double nothing[PAUSES];
    for (int k = 0; k < PAUSES; k++) { /* in turns */
        double start = now();
        i->first(shared, MEGABYTE);
        values[k] = now() - start;
        start = now();
        i->first(NULL, 0);
        nothing[k] = now() - start;
    }
    print("megabyte", "plugin", values, PAUSES);
    print("megabyte", "nothing", nothing, PAUSES);
    for (int k = 0; k < PAUSES; k++) {
        double start = now();
        i->first(own, MEGABYTE);
        values[k] = now() - start;
    }
    print("megabyte", "copied", values, PAUSES);
}

/* ---- starts ---- */

static void measure_starts(plugin *p)
{
    double values[STARTS];
    for (int k = 0; k < STARTS; k++) {
        plugin_stop(p);
        double start = now();
        if (!plugin_restart(p))
            fail("restart");
        values[k] = now() - start;
    }
    print("ready", "plugin", values, STARTS);
    for (int k = 0; k < STARTS; k++) {
        char name[] = "true";
        char *arguments[] = {name, NULL};
        pid_t child;
        double start = now();
        posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ);
        waitpid(child, NULL, 0);
        values[k] = now() - start;
    }
    print("ready", "spawn", values, STARTS);
}

/* The private memory of the processes whose parent's parent is this one, in KiB. */
static double private_memory(void)
{
    char command[200];
    double sum = 0;
    snprintf(command, sizeof command,
             "for k in $(pgrep -P %d); do for w in $(pgrep -P $k); do "
             "awk '/^Private/ { s += $2 } END { print s }' /proc/$w/smaps_rollup; done; done",
             (int)getpid());
    FILE *output = popen(command, "r");
    double value;
    while (output && fscanf(output, "%lf", &value) == 1)
        sum += value;
    if (output)
        pclose(output);
    return sum;
}

int main(int argc, char **argv)
{
    struct isolated i;
    if (argc < 2)
        return EXIT_FAILURE;
    plugin *p = open_isolated(argv[1], &i);
    measure_calls(p, &i);
    measure_starts(p);
    for (int k = 2; k < argc; k++) {
        struct isolated other;
        open_isolated(argv[k], &other);
        other.add(1, 2);
    }
    printf("isolated.memory plugin %.0f\n", private_memory() / (argc - 1));
    return EXIT_SUCCESS;
}
