/* Does what its arguments say with memory that it shares with a plugin, isolated or not. */
#include "../../common/counts.h"
#include "../../common/result.h"
#include "shared.h"

/* What a forged reference is. */
#include "src/crossing/crossing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct shared s;
static plugin *p;

static void variables(void)
{
    result("first", *s.V);
    *s.V = 7;
    result("the plugin has", s.get());
    s.set(8);
    result("the host has", *s.V);
    (*s.numbers)[3] = 40;
    result("a sum", s.sum(*s.numbers, 4));
    s.corner->y = 9;
    result("points", s.sum_points(s.corner, 1));
    s.tick();
    s.tick();
    result("ticks", *s.ticks);
    result("limits", (*s.limits)[0] + (*s.limits)[2]);
    result("limits again", s.sum(*s.limits, 3));
    printf("%s %s\n", *s.name, s.get_name());
    strcpy(*s.name, "host");
    printf("%s %d\n", s.get_name(), s.get_name() == *s.name);
}

static void pointers(void)
{
    result("V", s.address(0) == s.V);
    result("a number", s.address(2) == &(*s.numbers)[2]);
    result("is V", s.is_V(s.V));
    result("the same", s.same(s.V) == s.V);
    result("static", s.address(-1) != NULL && *s.address(-1) == 77);
    s.remember(&(*s.numbers)[1]);
    result("poke", s.poke(22));
    result("poked", (*s.numbers)[1]);
}

static void life(void)
{
    int *v = s.V;
    *v = 50;
    s.crash();
    plugin_error_clear();
    result("after the end", *v);
    *v = 51;
    result("written", *v);
    result("restart", plugin_restart(p));
    result("the same place", plugin_as(plugin_lookup(p, "V"), int *) == v);
    result("reset", *v);
    *v = 52;
    result("get", s.get());
    result("stop", plugin_stop(p));
    result("after the stop", *v);
}

static void in_child(int *block)
{
    result("in the child", *s.V + *block);
    *s.V = 1;
    *block = 2;
    result("its own", *s.V + *block);
    result("restart", plugin_restart(p));
    result("its own plugin's", *s.V);
    *s.V = 10;
    result("get", s.get());
    result("allocated before", s.sum(block, 1));
    s.fill(block, 4, 0);
    result("filled", *block);
    int *more = plugin_alloc(p, 64);
    result("more", more && s.sum(more, 16) == 0);
    plugin_free(p, block);
    fflush(stdout);
    _exit(0);
}

static void forks(void)
{
    int *block = plugin_alloc(p, 100000);
    *s.V = 100;
    *block = 11;
    fflush(stdout);
    pid_t child = fork();
    if (!child)
        in_child(block);
    waitpid(child, NULL, 0);
    result("in the parent", *s.V + *block);
    result("get", s.get() + (int)s.sum(block, 1));
}

static void memory(void)
{
    int *block = plugin_alloc(p, 1000 * sizeof *block);
    for (int i = 0; i < 1000; i++)
        block[i] = i;
    result("sum", s.sum(block, 1000));
    result("a part", s.sum(block + 10, 2));
    result("none", s.sum(block + 1000, 0));
    s.fill(block, 1000 * sizeof *block, 1);
    result("filled", block[999] == 0x01010101);
    result("the same", s.same(block + 3) == block + 3);
    s.remember(block);
    block[0] = 5;
    result("poke", s.poke(6));
    result("poked", block[0]);
    struct point *points = plugin_alloc(p, 2 * sizeof *points);
    points[0].y = 3;
    points[1].y = 4;
    result("points", s.sum_points(points, 2));
    char *text = plugin_alloc(p, 8);
    strcpy(text, "arena");
    result("text", (long)s.length(text));
    memset(text, 'x', 8);
    result("no end", (long)s.length(text));
    result("restart", plugin_restart(p));
    result("sum", s.sum(block + 1, 2));
    s.remember(block);
    s.crash();
    plugin_error_clear();
    plugin_free(p, points);
    block[1] = 9;
    result("restart", plugin_restart(p));
    result("sum", s.sum(block + 1, 1));
    plugin_free(p, block);
    plugin_free(p, text);
    plugin_free(p, NULL);
    result("freed", 0);
}

static void refused(void)
{
    int *block = plugin_alloc(p, 100 * sizeof *block), *other = plugin_alloc(p, 20 << 10);
    result("beyond", s.sum(block, 101));
    result("beyond", s.sum(block + 99, 2));
    result("beyond V", s.sum(s.V, 2000));
    result("beyond, large", s.sum(other, (20 << 10) / 4 + 1));
    result("absurd", s.sum(block, SIZE_MAX / 4 + 2));
    result("unaligned", s.sum((int *)((char *)block + 1), 1));
    struct node *node = plugin_alloc(p, sizeof *node);
    s.reverse(node);
    result("pointers", 0);
    plugin_free(p, block);
    result("freed", s.sum(block, 1));
    plugin_free(p, block);
    result("freed twice", 0);
    plugin_free(p, other + 1);
    result("the middle", 0);
    plugin_free(p, other);
    result("freed, large", s.sum(other, 1));
    plugin_free(p, &p);
    result("none of it", 0);
    result("too much", plugin_alloc(p, ((size_t)1 << 30) + 1) != NULL);
    result("the plugin lives", s.get());
    result("pointers in name", s.list() != NULL);
}

static void forged(const char *name, enum reference_kind kind, uint32_t number, uint32_t offset)
{
    result(name, s.forge(reference_make(kind, number, offset)) != NULL);
    plugin_restart(p);
    plugin_error_clear();
}

static void hostile(void)
{
    result("descriptors", s.descriptors());
    forged("nothing allocated", REFERENCE_SHARED, 0, 0);
    int *block = plugin_alloc(p, 62);
    block[0] = 12;
    result("forged well", *s.forge(reference_make(REFERENCE_SHARED, 0, 0)));
    result("restart", plugin_restart(p));
    forged("beyond it", REFERENCE_SHARED, 0, 60);
    forged("unaligned", REFERENCE_SHARED, 0, 2);
    forged("behind it", REFERENCE_SHARED, 0, 64);
    forged("beyond all", REFERENCE_SHARED, 0, UINT32_MAX);
    forged("no such variable", REFERENCE_SHARED, 1000, 0);
    forged("beyond a variable", REFERENCE_SHARED, 1, 4096);
    forged("the largest", REFERENCE_SHARED, (1U << 28) - 1, 0);
    plugin_free(p, block);
    forged("freed", REFERENCE_SHARED, 0, 0);
    /* What the plugin writes beyond what it was given harms nobody's records. */
    block = plugin_alloc(p, 16);
    s.remember(block);
    result("spoil", s.spoil());
    int *next = plugin_alloc(p, 16);
    result("zeroed", next[0] + next[3]);
    plugin_free(p, next);
    plugin_free(p, block);
    result("freed", 0);
}

static void leaks(void)
{
    size_t files = 0, maps = 0;
    for (int i = 0; i < 100; i++) {
        int *block = plugin_alloc(p, 1 << 20);
        s.remember(block);
        *s.V = s.poke(i);
        s.crash();
        if (!plugin_restart(p))
            printf("round %d: %s\n", i, plugin_error());
        plugin_free(p, block);
        if (i == 3) {
            files = count_entries("/proc/self/fd");
            maps = count_mappings("");
        }
    }
    plugin_error_clear();
    result("more descriptors", (int)(count_entries("/proc/self/fd") - files));
    /* The C library maps memory for itself now and then. */
    result("more mappings", count_mappings("") > maps + 8);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A call without arguments, and one with 1 MiB of plugin_alloc: nanoseconds. */
static void measure(void)
{
    enum { ROUNDS = 20000, COUNT = (1 << 20) / sizeof(int) };
    int *block = plugin_alloc(p, 1 << 20), *own = calloc(COUNT, sizeof *own);
    for (int turn = 0; turn < 3; turn++) {
        double start = seconds();
        for (int i = 0; i < ROUNDS; i++)
            s.nothing();
        double nothing = seconds() - start;
        start = seconds();
        for (int i = 0; i < ROUNDS; i++)
            s.pass(block, COUNT);
        double shared = seconds() - start;
        start = seconds();
        for (int i = 0; i < ROUNDS / 100; i++)
            s.pass(own, COUNT);
        double copied = (seconds() - start) * 100;
        printf("nothing %.0f, 1 MiB shared %.0f, copied %.0f ns\n", nothing / ROUNDS * 1e9,
               shared / ROUNDS * 1e9, copied / ROUNDS * 1e9);
    }
    result("measured", 0);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct plugin_options options = {.size = sizeof options};
    if (argc > 3)
        options.placement = PLUGIN_ISOLATED;
    p = plugin_open_as_with(argv[1], &options, &s);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    static const struct {
        const char *name;
        void (*run)(void);
    } acts[] = {{"variables", variables}, {"pointers", pointers}, {"life", life},
                {"forks", forks},         {"memory", memory},     {"refused", refused},
                {"hostile", hostile},     {"leaks", leaks},       {"measure", measure}};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (!strcmp(acts[i].name, argv[2]))
            acts[i].run();
    return 0;
}
