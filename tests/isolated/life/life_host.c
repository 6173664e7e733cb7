/* Does what its arguments say with an isolated plugin, and prints what came of it. */
#include "../../common/result.h"
#include "life.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct life c;
static plugin *p;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Prints whether it took no longer than it may on a busy machine; with MEASURE, how long. */
static void took(double start, double most)
{
    double time = now() - start;
    if (getenv("MEASURE"))
        printf("%.3f ms\n", time);
    else if (time < most)
        printf("soon\n");
    else
        printf("only after %.3f ms\n", time);
}

static int host_function(int value)
{
    return value + 1;
}

static double hang_end; /* when the call returned */

static void *hang_in_thread(void *data)
{
    (void)data;
    c.hang();
    hang_end = now();
    return strdup(plugin_error());
}

/* While a call hangs in another thread, stops the plugin. */
static void stop_beside(void)
{
    pthread_t thread;
    void *text = NULL;
    pthread_create(&thread, NULL, hang_in_thread, NULL);
    usleep(200000);
    double start = now();
    bool done = plugin_stop(p);
    took(start, 20000);
    pthread_join(thread, &text);
    printf("in the thread: %s: %s\n", hang_end - start < 2000 ? "soon" : "late", (char *)text);
    free(text);
    result("stop", done);
}

static uint32_t is_over; /* atomic */

static void *call_in_thread(void *data)
{
    bool is_well = true;
    (void)data;
    while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
        plugin_error_clear();
        int value = c.number(), code = plugin_error_code();
        is_well &= code == PLUGIN_OK
                       ? value > 0
                       : !value && (code == PLUGIN_CRASHED || code == PLUGIN_UNSUPPORTED);
    }
    return (void *)(intptr_t)is_well;
}

static void churn(void)
{
    enum { THREADS = 3, ROUNDS = 30 };
    pthread_t threads[THREADS];
    bool is_well = true;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, call_in_thread, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 3 == 0)
            c.die(9);
        else if (i % 3 == 1)
            is_well &= plugin_stop(p);
        is_well &= plugin_restart(p);
        usleep(1000);
    }
    __atomic_store_n(&is_over, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++) {
        void *value;
        pthread_join(threads[i], &value);
        is_well &= value != NULL;
    }
    printf("all calls succeed or fail: %d\n", is_well);
    plugin_restart(p);
    plugin_error_clear();
}

/* ---- what the host does meanwhile ---- */

static void *sleep_in_thread(void *data)
{
    (void)data;
    return (void *)(intptr_t)c.sleep_ms(600);
}

/* A child, in which the plugin does not run, comes and goes while a call is under way. */
static void fork_beside(void)
{
    pthread_t thread;
    void *value = NULL;
    int status = 0;
    pthread_create(&thread, NULL, sleep_in_thread, NULL);
    usleep(200000);
    pid_t child = fork();
    if (!child)
        _exit(c.number() || plugin_error_code() != PLUGIN_CRASHED);
    waitpid(child, &status, 0);
    pthread_join(thread, &value);
    printf("in the child: %d, in the thread: %d\n", status, (int)(intptr_t)value);
}

static void *number_in_thread(void *data)
{
    (void)data;
    return (void *)(intptr_t)c.number();
}

/* More threads than there are slots call, and end, the last one cancelled in a call. */
static void many_threads(void)
{
    pthread_t thread;
    void *value = NULL;
    for (int i = 0; i < 200; i++) {
        pthread_create(&thread, NULL, number_in_thread, NULL);
        pthread_join(thread, &value);
    }
    printf("the last thread: %d\n", (int)(intptr_t)value);
    pthread_create(&thread, NULL, sleep_in_thread, NULL);
    usleep(200000);
    pthread_cancel(thread);
    pthread_join(thread, &value);
    result("number", c.number());
}

static volatile sig_atomic_t ended_children;

static void on_child(int number)
{
    (void)number;
    ended_children++;
}

/* The host gets its own child, and no signal of another one. */
static void wait_for_any(void)
{
    int status = 0, found = 0;
    signal(SIGCHLD, on_child);
    pid_t child = fork();
    if (!child)
        _exit(5);
    c.die(9);
    plugin_error_clear();
    while (waitpid(-1, &status, 0) > 0 || errno == EINTR)
        found++;
    printf("children: %d, status %d, signals %d\n", found, WEXITSTATUS(status),
           (int)ended_children);
}

/* Returns how many arguments it took. */
static int act(char **argv)
{
    int n = argv[1] ? atoi(argv[1]) : 0;
    double start = now();
    if (is_act(argv, "number"))
        return result("number", c.number()), 1;
    if (is_act(argv, "secure"))
        return result("secure", (long)getauxval(AT_SECURE)), 1;
    if (is_act(argv, "alive"))
        return result("alive", c.is_alive()), 1;
    if (is_act(argv, "touch"))
        return result("touch", c.touch((size_t)n)), 2;
    if (is_act(argv, "die"))
        return result("die", c.die(n)), 2;
    if (is_act(argv, "death")) {
        int value = c.die(n);
        took(start, 2000);
        return result("die", value), 2;
    }
    if (is_act(argv, "hang")) {
        int value = c.hang();
        took(start, 20000);
        return result("hang", value), 1;
    }
    if (is_act(argv, "handle"))
        return result("handle", c.handle(n)), 2;
    if (is_act(argv, "sleep"))
        return result("sleep", c.sleep_ms(n)), 2;
    if (is_act(argv, "at-end"))
        return c.at_end(n), result("at-end", n), 2;
    if (is_act(argv, "keep"))
        return c.keep(host_function), result("keep", 0), 1;
    if (is_act(argv, "stop")) {
        bool done = plugin_stop(p);
        took(start, 20000);
        return result("stop", done), 1;
    }
    if (is_act(argv, "restart"))
        return result("restart", plugin_restart(p)), 1;
    if (is_act(argv, "retire"))
        return result("retire", plugin_retire(p)), 1;
    if (is_act(argv, "churn"))
        return churn(), 1;
    if (is_act(argv, "fork-beside"))
        return fork_beside(), 1;
    if (is_act(argv, "threads"))
        return many_threads(), 1;
    if (is_act(argv, "wait-for-any"))
        return wait_for_any(), 1;
    if (is_act(argv, "stop-beside"))
        return stop_beside(), 1;
    fprintf(stderr, "unknown: %s\n", argv[0]);
    exit(2);
}

int main(int argc, char **argv)
{
    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *limit = getenv("LIMIT");
    struct plugin_options options = {.size = sizeof options,
                                     .placement = PLUGIN_ISOLATED,
                                     .timeout_ms = limit ? (unsigned)atoi(limit) : 0};
    p = plugin_open_as_with(argv[1], &options, &c);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    for (argv += 2; *argv; argv += act(argv))
        ;
    return 0;
}
