/* Opens plugins that share packages from many threads at once, in rounds, each in a process of its
 * own: stress ROUNDS PLUGIN... Each thread opens all of them, from another one on, and asks some of
 * them what their init saw. Those whose names hold "fails" must fail, all others open. */
#include <plugin.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 32 };

static char **paths;
static size_t path_count;
static plugin *opened[64];
static pthread_barrier_t start;

static void fail(const char *path, const char *what)
{
    fprintf(stderr, "%s: %s\n", path, what);
    _exit(1);
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
    if (!p)
        fail(path, plugin_error());
    if (!__atomic_compare_exchange_n(&opened[number], &none, p, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST) &&
        none != p)
        fail(path, "opened twice");
    int (*was_ready)(void) = plugin_as(plugin_lookup(p, "was_ready"), int (*)(void));
    if (!was_ready || was_ready() != 1)
        fail(path, was_ready ? "its init ran too early, or not once" : plugin_error());
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
    size_t rounds = strtoul(argv[1], NULL, 10);
    paths = argv + 2;
    path_count = (size_t)argc - 2;
    if (path_count > sizeof opened / sizeof *opened)
        return 1;
    for (size_t round = 0; round < rounds; round++) {
        int status;
        pid_t child = fork();
        if (child == 0)
            run_round(round);
        if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
            return 1;
    }
    return 0;
}
