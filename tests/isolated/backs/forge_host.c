/* Does what its arguments say with an isolated plugin, and prints what came of it. */
#include "../../common/result.h"
#include "forge.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct forge f;
static plugin *p;
static callback *held;
static jmp_buf place;
static int failures;

static int twice(int value)
{
    return 2 * value;
}

static int deeper(int depth)
{
    int reached = f.call(deeper, depth + 1);
    if (plugin_error_code() && !failures++)
        result("deeper", depth);
    return reached ? reached : depth;
}

static int crash_inside(int value)
{
    result("inside", f.crash(value));
    result("inside again", f.number());
    return 5;
}

static int codes_inside(int value)
{
    f.crash(value);
    value = plugin_error_code();
    f.number();
    return value * 100 + plugin_error_code();
}

static int wait_inside(int milliseconds)
{
    usleep((useconds_t)milliseconds * 1000);
    return milliseconds;
}

static int hang_inside(int milliseconds)
{
    result("inside", f.hang(milliseconds));
    return 1;
}

static int restart_inside(int value)
{
    result("stop", plugin_stop(p));
    result("restart", plugin_restart(p));
    return value + 1;
}

static int exit_inside(int value)
{
    (void)value;
    pthread_exit(NULL);
}

static int jump_inside(int value)
{
    longjmp(place, value);
}

static int fork_inside(int value)
{
    fflush(stdout);
    if (fork()) {
        wait(NULL);
        return value;
    }
    result("in the child", f.number());
    return value;
}

static const char *long_text(void)
{
    static char text[3 << 20];
    memset(text, 'y', sizeof text - 1);
    return text;
}

static int take_text(const char *text)
{
    return text[0];
}

static int read_two(const int *values)
{
    return values[0] + ((const volatile int *)values)[1];
}

static void *call_and_exit(void *data)
{
    f.call(exit_inside, 1);
    return data;
}

/* Does this process end if it goes beyond the one object that the plugin passes? */
static int is_ended_by_beyond(void)
{
    int status;
    if (!fork()) {
        freopen("/dev/null", "w", stderr); /* of a sanitizer's report */
        _exit(plugin_restart(p) ? f.beyond(read_two) : 0);
    }
    wait(&status);
    return status != 0;
}

/* Returns how many arguments it took. */
static int act(char **argv)
{
    int n = argv[1] ? atoi(argv[1]) : 0;
    pthread_t thread;
    if (is_act(argv, "number"))
        return result("number", f.number()), 1;
    if (is_act(argv, "call"))
        return result("call", f.call(twice, 21)), 1;
    if (is_act(argv, "forge"))
        return result("forge", f.forge(n, twice)), 2;
    if (is_act(argv, "deep"))
        return result("deep", f.call(deeper, 1)), 1;
    if (is_act(argv, "crash"))
        return result("crash", f.call(crash_inside, 1)), 1;
    if (is_act(argv, "slow"))
        return result("slow", f.slow(wait_inside, n)), 2;
    if (is_act(argv, "wait"))
        return result("wait", f.call(wait_inside, n)), 2;
    if (is_act(argv, "extend"))
        return result("extend", f.slow(hang_inside, n)), 2;
    if (is_act(argv, "within"))
        return result("within", f.call(restart_inside, 1)), 1;
    if (is_act(argv, "fork")) {
        pid_t own = getpid();
        result("fork", f.call(fork_inside, 3));
        if (getpid() != own) {
            result("restart in the child", plugin_restart(p));
            result("call in the child", f.call(twice, 4));
            fflush(stdout);
            _exit(0);
        }
        return 1;
    }
    if (is_act(argv, "exit")) {
        pthread_create(&thread, NULL, call_and_exit, NULL);
        pthread_join(thread, NULL);
        return 1;
    }
    if (is_act(argv, "jump")) {
        if (!setjmp(place))
            f.call(jump_inside, 1);
        return 1;
    }
    if (is_act(argv, "thread"))
        return result("thread", f.in_thread(codes_inside, 3)), 1;
    if (is_act(argv, "adder"))
        return result("adder", (held = f.adder(0)) != NULL), 1;
    if (is_act(argv, "held"))
        return result("held", held(1)), 1;
    if (is_act(argv, "pass"))
        return result("pass", f.call(held, 1)), 1;
    if (is_act(argv, "keep"))
        return f.keep(twice), result("keep", 0), 1;
    if (is_act(argv, "kept"))
        return result("kept", f.kept(4)), 1;
    if (is_act(argv, "many")) {
        static char functions[4096];
        int i = 0;
        while (i < n && (f.keep((callback *)(void *)&functions[i]), !plugin_error_code()))
            i++;
        return result("many", i), 2;
    }
    if (is_act(argv, "many-back")) {
        int i = 1;
        while (i < n && f.adder(i))
            i++;
        return result("many-back", i), 2;
    }
    if (is_act(argv, "endless"))
        return result("endless", f.endless(take_text)), 1;
    if (is_act(argv, "text"))
        return result("text", f.text(long_text) != NULL), 1;
    if (is_act(argv, "beyond"))
        return result("the host ends", is_ended_by_beyond()), 1;
    if (is_act(argv, "stop"))
        return result("stop", plugin_stop(p)), 1;
    if (is_act(argv, "restart"))
        return result("restart", plugin_restart(p)), 1;
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
    p = plugin_open_as_with(argv[1], &options, &f);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    for (argv += 2; *argv; argv += act(argv))
        ;
    return 0;
}
