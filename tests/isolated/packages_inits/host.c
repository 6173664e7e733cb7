/* Does what its arguments say with an isolated plugin, and prints what came of it. */
#include "../../common/counts.h"
#include "../../common/result.h"
#include "inits.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct inits f, other;
static plugin *p;
static callback *registered;
static const char *path, *inside = "";
static struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
static jmp_buf place;
static bool is_quiet;

/* ---- what the plugin calls ---- */

void host_note(const char *text)
{
    if (!is_quiet)
        printf("note: %s\n", text);
}

void host_register(callback *function)
{
    registered = function;
}

int host_call(callback *function, int value)
{
    int got = function(value);
    if (plugin_error_code() == PLUGIN_TIMEOUT)
        result("call", got);
    return got;
}

void host_add(long *value, int n)
{
    *value += n;
}

static void *call_registered(void *data)
{
    result("by another thread", registered(2));
    return data;
}

int host_act(int value)
{
    pthread_t thread;
    if (!strcmp(inside, "call"))
        result("registered", registered(2));
    if (!strcmp(inside, "thread") && pthread_create(&thread, NULL, call_registered, NULL) == 0)
        pthread_join(thread, NULL);
    if (!strcmp(inside, "open it"))
        result("open it", plugin_open_with(path, &options) != NULL);
    if (!strcmp(inside, "open other")) {
        result("open other", plugin_open_as_with("./other.so", &options, &other) != NULL);
        result("other", other.number ? other.number(1) : -1);
    }
    if (!strcmp(inside, "open in process"))
        result("open in process", plugin_open_as("./other.so", &other) != NULL);
    if (!strcmp(inside, "end")) {
        result("stop", plugin_stop(p));
        result("restart", plugin_restart(p));
        result("retire", plugin_retire(p));
    }
    if (!strcmp(inside, "sleep"))
        usleep(3500 * 1000);
    if (!strcmp(inside, "jump"))
        longjmp(place, 1);
    if (!strcmp(inside, "exit"))
        pthread_exit(NULL);
    if (!strcmp(inside, "fork")) {
        fflush(stdout);
        if (!fork())
            return 2;
        wait(NULL);
    }
    return value;
}

/* ---- acts ---- */

static void open_it(void)
{
    memset(&f, 0, sizeof f);
    p = plugin_open_as_with(path, &options, &f);
    result("open", p != NULL);
}

static void *open_in_thread(void *data)
{
    open_it();
    return data;
}

static void *restart_in_thread(void *data)
{
    result("restart", plugin_restart(p));
    return data;
}

static void run_in_thread(void *(*run)(void *))
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, NULL) == 0)
        pthread_join(thread, NULL);
}

/* Opens or restarts so often; then the process has what it had after the first times. */
static void leaks(bool opens, bool with_mappings)
{
    enum { ROUNDS = 60, FIRST = 5 };
    size_t descriptors = 0, mappings = 0, threads = 0;
    is_quiet = true;
    for (int i = 0; i < ROUNDS; i++) {
        if (opens ? plugin_open_as_with(path, &options, &f) != NULL : !plugin_restart(p))
            printf("round %d: wrong\n", i);
        if (i == FIRST) {
            descriptors = count_entries("/proc/self/fd");
            mappings = count_mappings("/");
            threads = count_entries("/proc/self/task");
        }
    }
    is_quiet = false;
    plugin_error_clear();
    result("leaks", count_entries("/proc/self/fd") != descriptors ||
                        (with_mappings && count_mappings("/") != mappings) ||
                        count_entries("/proc/self/task") != threads);
}

static void act(char *act)
{
    pid_t own = getpid();
    if (!strcmp(act, "open"))
        open_it();
    else if (!strcmp(act, "restart"))
        result("restart", plugin_restart(p));
    else if (!strcmp(act, "number"))
        result("number", f.number(1));
    else if (!strcmp(act, "V"))
        result("V", *f.V);
    else if (!strcmp(act, "registered"))
        result("registered", registered(2));
    else if (!strcmp(act, "is number"))
        result("is number", registered == f.number);
    else if (!strcmp(act, "jump out of open") && !setjmp(place))
        open_it();
    else if (!strcmp(act, "jump out of restart") && !setjmp(place))
        plugin_restart(p);
    else if (!strcmp(act, "open in a thread"))
        run_in_thread(open_in_thread);
    else if (!strcmp(act, "restart in a thread"))
        run_in_thread(restart_in_thread);
    else if (!strcmp(act, "leaks of opens"))
        leaks(true, true);
    else if (!strcmp(act, "descriptors of opens"))
        leaks(true, false);
    else if (!strcmp(act, "leaks of restarts"))
        leaks(false, true);
    else if (!strncmp(act, "inside=", 7))
        inside = act + 7;
    else if (!strncmp(act, "INIT=", 5))
        setenv("INIT", act + 5, 1);
    else if (strncmp(act, "jump", 4) != 0)
        path = act;
    if (getpid() != own)
        _exit(fflush(stdout));
}

int main(int argc, char **argv)
{
    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *limit = getenv("LIMIT");
    options.timeout_ms = limit ? (unsigned)atoi(limit) : 60000;
    for (argv++; *argv; argv++)
        act(*argv);
    return 0;
}
