/* Does what its arguments say with an isolated plugin, and prints what came of it. */
#include "../../common/counts.h"
#include "../../common/result.h"
#include "crimes.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct owner {
    int number;
};

static struct crimes c;
static plugin *p;
static struct db *held;
static struct owner owner = {5};

static void *call_in_thread(void *data)
{
    (void)data;
    c.hang();
    printf("in the thread: %s\n", plugin_error_code() == PLUGIN_CRASHED ? "CRASHED" : "?");
    return NULL;
}

/* What the process has: descriptors, mappings, threads, children, bytes of the heap. */
struct has {
    size_t descriptors, mappings, threads, heap;
};

static struct has count_all(void)
{
    return (struct has){count_entries("/proc/self/fd"), count_mappings(""),
                        count_entries("/proc/self/task"), count_memory()};
}

/* Crashes and restarts so often; then it has what it had after the first time. */
static void leaks(int rounds)
{
    struct has first = {0}, last = {0};
    for (int i = 0; i < rounds; i++) {
        c.crash(i % 4);
        if (plugin_error_code() != PLUGIN_CRASHED || !plugin_restart(p) || !c.number())
            printf("round %d: %s\n", i, plugin_error());
        last = count_all();
        if (i == 3) /* once for each way */
            first = last;
    }
    if (last.descriptors != first.descriptors || last.mappings > first.mappings + 100 ||
        last.threads != first.threads || last.heap > first.heap + 4096)
        printf("descriptors %zu %zu, mappings %zu %zu, threads %zu %zu, heap %zu %zu\n",
               first.descriptors, last.descriptors, first.mappings, last.mappings, first.threads,
               last.threads, first.heap, last.heap);
    else
        printf("nothing leaks\n");
}

/* Does a host that ignores SIGCHLD, or waits for any child, notice the plugin's process? */
static void children(void)
{
    int status;
    pid_t found = waitpid(-1, &status, WNOHANG);
    printf("children: %s\n", found < 0 && errno == ECHILD ? "none" : "some");
    signal(SIGCHLD, SIG_IGN);
    c.crash(2);
    result("ignoring SIGCHLD", c.number());
    plugin_restart(p);
    c.crash(2);
    result("from its start", c.number());
    signal(SIGCHLD, SIG_DFL);
}

/* Returns how many arguments it took. */
static int act(char **argv)
{
    int n = argv[1] ? atoi(argv[1]) : 0;
    if (is_act(argv, "number"))
        return result("number", c.number()), 1;
    if (is_act(argv, "crash"))
        return result("crash", c.crash(n)), 2;
    if (is_act(argv, "hang"))
        return result("hang", c.hang()), 1;
    if (is_act(argv, "beyond"))
        return result("beyond", c.beyond((int[]){1, 2, 3}, n)), 2;
    if (is_act(argv, "call"))
        return result("call", c.call(n)), 2;
    if (is_act(argv, "lie"))
        return result("lie", c.lie(n)), 2;
    if (is_act(argv, "starve")) {
        size_t eaten = c.eat((size_t)1 << 30) >> 20;
        return result("starve", eaten > 16 && eaten < 64), 1;
    }
    if (is_act(argv, "endless"))
        return result("endless", c.endless() != NULL), 1;
    if (is_act(argv, "db"))
        return result("db", (held = c.db()) != NULL), 1;
    if (is_act(argv, "use"))
        return result("use", c.use_db(held)), 1;
    if (is_act(argv, "use-other"))
        return result("use-other", c.use_db((struct db *)((char *)held + 16))), 1;
    if (is_act(argv, "keep"))
        return c.keep(&owner), result("keep", 0), 1;
    if (is_act(argv, "kept"))
        return result("kept", c.kept() == &owner), 1;
    if (is_act(argv, "release"))
        return result("release", plugin_token_release(p, &owner)), 1;
    if (is_act(argv, "inherited")) {
        int secret = dup2(0, 200); /* without O_CLOEXEC */
        plugin_restart(p);
        return result("inherited", c.is_open(secret)), 1;
    }
    if (is_act(argv, "leaks"))
        return leaks(n), 2;
    if (is_act(argv, "children"))
        return children(), 1;
    if (is_act(argv, "report"))
        return printf("report: %x\n", plugin_isolation_report(p)), 1;
    if (is_act(argv, "stop"))
        return result("stop", plugin_stop(p)), 1;
    if (is_act(argv, "restart"))
        return result("restart", plugin_restart(p)), 1;
    if (is_act(argv, "thread")) {
        pthread_t thread;
        pthread_create(&thread, NULL, call_in_thread, NULL);
        usleep(100000);
        c.crash(0);
        plugin_error_clear();
        pthread_join(thread, NULL);
        return 1;
    }
    if (is_act(argv, "fork")) {
        fflush(stdout);
        pid_t child = fork();
        if (!child) {
            result("in the child", c.number());
            result("restart in the child", plugin_restart(p));
            result("in the child", c.number());
            fflush(stdout);
            _exit(0);
        }
        waitpid(child, NULL, 0);
        return 1;
    }
    fprintf(stderr, "unknown: %s\n", argv[0]);
    exit(2);
}

int main(int argc, char **argv)
{
    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *limit = getenv("LIMIT"), *memory = getenv("MEMORY"), *require = getenv("REQUIRE");
    struct plugin_isolation isolation = {.size = sizeof isolation,
                                         .require = require ? (unsigned)atoi(require) : 0,
                                         .memory = memory ? strtoul(memory, NULL, 10) << 20 : 0};
    struct plugin_options options = {.size = sizeof options,
                                     .placement = PLUGIN_ISOLATED,
                                     .isolation = &isolation,
                                     .timeout_ms = limit ? (unsigned)atoi(limit) : 0};
    /* What the same plugin does to a host that opens it as others. */
    if (getenv("IN_PROCESS"))
        options = (struct plugin_options){.size = sizeof options};
    p = plugin_open_as_with(argv[1], &options, &c);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    for (argv += 2; *argv; argv += act(argv))
        ;
    return 0;
}
