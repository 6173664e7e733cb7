/* SPDX-License-Identifier: MIT */
/* Isolated plugins, a futex, a socket pair: calls, and starts of 1, 10 and 100 processes.
 * usage: host PLUGIN...    Each is another plugin. */
#include "bare.h"
#include "measure.h"

#include <plugin.h>
#include <spawn.h>
#include <sys/wait.h>

PLUGIN_COUNTED(first, bytes, count);

enum { STARTS = 21 };

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, plugin_error());
    exit(EXIT_FAILURE);
}

static plugin *open_isolated(const char *path, struct calls *calls)
{
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    plugin *p = plugin_open_as_with(path, &options, calls);
    if (!p)
        fail(path);
    return p;
}

static void measure_calls(plugin *p, const struct calls *calls)
{
    struct peer peers[] = {{"plugin", *calls, own_megabyte},
                           {"futex", bare_futex, own_megabyte},
                           {"socket", bare_socket_pair, own_megabyte}};
    measure(peers, 3);
    unsigned char *megabyte = plugin_alloc(p, MEGABYTE);
    if (!megabyte)
        fail("plugin_alloc");
    double values[2][PAUSES];
    for (size_t k = 0; k < PAUSES; k++) { /* in turns */
        double start = now();
        calls->first(megabyte, MEGABYTE);
        values[0][k] = now() - start;
        start = now();
        calls->first(NULL, 0);
        values[1][k] = now() - start;
    }
    print("arena.megabyte", "plugin", values[0], PAUSES);
    print("arena.megabyte", "nothing", values[1], PAUSES);
}

/* Starts another process of the plugin, and /bin/true, in turns. */
static void measure_starts(plugin *p)
{
    static char name[] = "true";
    char *arguments[] = {name, NULL}, *environment[] = {NULL};
    double own[STARTS], other[STARTS];
    for (int k = 0; k < STARTS; k++) {
        plugin_stop(p);
        double start = now();
        if (!plugin_restart(p))
            fail("plugin_restart");
        own[k] = now() - start;
        pid_t child;
        start = now();
        if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environment) == 0)
            waitpid(child, NULL, 0);
        other[k] = now() - start;
    }
    print("isolated.ready", "plugin", own, STARTS);
    print("isolated.ready", "spawn", other, STARTS);
}

/* Prints the private memory of each of `count` plugins' processes, in KiB: those whose parent's
 * parent is this one. */
static void print_memory(int count)
{
    char command[200];
    snprintf(command, sizeof command,
             "for k in $(pgrep -P %d); do for w in $(pgrep -P $k); do cat /proc/$w/smaps_rollup; "
             "done; done | awk '/^Private/ { s += $2 } END { print s / %d }'",
             (int)getpid(), count);
    printf("isolated-%d.memory plugin ", count);
    fflush(stdout);
    if (system(command) != 0)
        exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    struct calls calls;
    plugin *p = NULL;
    double used = 0;
    if (argc < 2)
        return EXIT_FAILURE;
    bare_start();
    for (int count = 1; count < argc; count++) {
        double start = now();
        p = open_isolated(argv[count], &calls);
        calls.value((struct bytes64){{0}});
        used += now() - start;
        if (count == 1 || count == 10 || count == 100) {
            printf("isolated-%d.open plugin %.0f\n", count, used / count);
            print_memory(count);
        }
    }
    measure_calls(p, &calls);
    measure_starts(p);
    return EXIT_SUCCESS;
}
