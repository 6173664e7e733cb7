/* Opens plugins that share packages from many threads at once, in rounds, each in a process of its
 * own: stress ROUNDS|SECONDSs PLUGIN... Each thread opens all of them, from another one on, and
 * does with each what can be done with it. Those whose names hold "fails" must fail, those whose
 * names hold "misfits" must be refused, all others open. */
#include <plugin.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 32 };

/* What plugins that misfit take for a function of another type. */
int stress_value(int value);
int stress_value(int value)
{
    return value;
}

static char **paths;
static size_t path_count;
static plugin *opened[64];
static pthread_barrier_t start;

static void fail(const char *path, const char *what)
{
    fprintf(stderr, "%s: %s\n", path, what);
    _exit(1);
}

/* With several threads at once, these make the stamp's types be read, and written about. */
static void ask(const char *path, plugin *p)
{
    const plugin_symbol *number = plugin_lookup(p, "number"), *symbol = NULL;
    const char *decl = plugin_symbol_decl(number);
    int *value = plugin_as(number, int *);
    if (!value || !*value || !decl || strcmp(decl, "int number") != 0)
        fail(path, "its number is not the one that it has");
    if (plugin_as(number, long *) || plugin_error_code() != PLUGIN_WRONG_TYPE ||
        !strstr(plugin_error(), "recorded   int number"))
        fail(path, "its number is of every type");
    if (plugin_lookup(p, "no such symbol") || plugin_error_code() != PLUGIN_NO_SYMBOL)
        fail(path, "it has every symbol");
    unsigned seen = 0;
    while ((symbol = plugin_next(p, symbol)))
        seen += symbol == number || !strcmp(plugin_symbol_name(symbol), "was_ready");
    if (seen != 2)
        fail(path, "not all of its symbols are met");
}

static void open_one(size_t number)
{
    const char *path = paths[number];
    plugin *p = plugin_open(path), *none = NULL;
    if (strstr(path, "fails")) {
        if (p || plugin_error_code() != PLUGIN_INIT_FAILED || !strstr(plugin_error(), "locked"))
            fail(path, p ? "open" : plugin_error());
        return;
    }
    if (strstr(path, "misfits")) {
        if (p || plugin_error_code() != PLUGIN_MISFIT || !strstr(plugin_error(), "stress_value"))
            fail(path, p ? "open" : plugin_error());
        return;
    }
    if (!p)
        fail(path, plugin_error());
    if (!__atomic_compare_exchange_n(&opened[number], &none, p, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST) &&
        none != p)
        fail(path, "opened twice");
    int (*was_ready)(void) = plugin_as(plugin_lookup(p, "was_ready"), int (*)(void));
    if (!was_ready || was_ready() != 1)
        fail(path, was_ready ? "its init ran too early, or not once" : plugin_error());
    ask(path, p);
}

static void *open_all(void *argument)
{
    size_t first = (size_t)(uintptr_t)argument;
    pthread_barrier_wait(&start);
    for (size_t i = 0; i < path_count; i++)
        open_one((first + i) % path_count);
    return NULL;
}

static void run_round(size_t round)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, open_all, (void *)(uintptr_t)(round + i * 5)) != 0)
            _exit(1);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    exit(0);
}

int main(int argc, char **argv)
{
    char *unit;
    size_t rounds = strtoul(argv[1], &unit, 10);
    time_t end = *unit == 's' ? time(NULL) + (time_t)rounds : 0;
    paths = argv + 2;
    path_count = (size_t)argc - 2;
    if (path_count > sizeof opened / sizeof *opened)
        return 1;
    size_t round = 0;
    for (; end ? time(NULL) < end : round < rounds; round++) {
        int status;
        pid_t child = fork();
        if (child == 0)
            run_round(round);
        if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
            return 1;
    }
    printf("%zu rounds\n", round);
    return 0;
}
