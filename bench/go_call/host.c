/* SPDX-License-Identifier: MIT */
/* Cost of a call from C into Go: through the C function that plugin_as returns, and through a
 * function that cgo exports, in turns, in one process.
 *
 * usage: host PLUGIN [ROUNDS] */
#include <plugin.h>

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CALLS = 20000, ROUNDS_MAX = 1000 };

static double (*mix[2])(signed char, unsigned short, float, int, double, unsigned long, bool);
static void (*nothing[2])(void);
static long (*add[2])(long, long);
static double (*scale[2])(double, double);
static int (*load[2])(void *, long);
static volatile double sink;

static void call_nothing(int which)
{
    nothing[which]();
}

static void call_add(int which)
{
    sink = (double)add[which](3, 4);
}

static void call_scale(int which)
{
    sink = scale[which](1.5, 2);
}

static void call_mix(int which)
{
    sink = mix[which](-1, 2, 3.5F, -4, 5.25, 6, true);
}

static void call_load(int which)
{
    static int values[2] = {1, 2};
    sink = load[which](values, 4);
}

static const struct {
    const char *signature;
    void (*call)(int which);
} kinds[] = {
    {"func()", call_nothing},
    {"func(int, int) int", call_add},
    {"func(float64, float64) float64", call_scale},
    {"func(int8, uint16, float32, int32, float64, uint64, bool) float64", call_mix},
    {"func(unsafe.Pointer, int) int32", call_load},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static double measure(void (*call)(int which), int which)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < CALLS; i++)
        call(which);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
           CALLS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, int count)
{
    qsort(times, (size_t)count, sizeof *times, compare);
    return times[count / 2];
}

static void *find(void *handle, const char *name)
{
    void *address = dlsym(handle, name);
    if (!address) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return address;
}

static bool open_both(const char *path)
{
    plugin *p = plugin_open(path);
    nothing[0] = plugin_as(plugin_lookup(p, "Nothing"), void (*)(void));
    add[0] = plugin_as(plugin_lookup(p, "Add"), long (*)(long, long));
    scale[0] = plugin_as(plugin_lookup(p, "Scale"), double (*)(double, double));
    mix[0] = plugin_as(plugin_lookup(p, "Mix"), double (*)(signed char, unsigned short, float, int,
                                                           double, unsigned long, bool));
    load[0] = plugin_as(plugin_lookup(p, "Load"), int (*)(void *, long));
    if (!nothing[0] || !add[0] || !scale[0] || !mix[0] || !load[0])
        return false;
    void *handle = dlopen(plugin_path(p), RTLD_LAZY | RTLD_NOLOAD);
    *(void **)&nothing[1] = find(handle, "export_nothing");
    *(void **)&add[1] = find(handle, "export_add");
    *(void **)&scale[1] = find(handle, "export_scale");
    *(void **)&mix[1] = find(handle, "export_mix");
    *(void **)&load[1] = find(handle, "export_load");
    return true;
}

int main(int argc, char **argv)
{
    static double times[KINDS][2][ROUNDS_MAX];
    int rounds = argc > 2 ? atoi(argv[2]) : 51;
    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX)
        return 2;
    if (!open_both(argv[1])) {
        fprintf(stderr, "%s\n", plugin_error());
        return 1;
    }
    for (int round = -1; round < rounds; round++) /* the first one is not counted */
        for (int i = 0; i < KINDS; i++)
            for (int which = 0; which < 2; which++)
                times[i][which][round < 0 ? 0 : round] = measure(kinds[i].call, which);
    printf("%8s %8s %6s\n", "plugin", "cgo", "ratio");
    for (int i = 0; i < KINDS; i++) {
        double own = median(times[i][0], rounds), peer = median(times[i][1], rounds);
        printf("%5.0f ns %5.0f ns %6.2f  %s\n", own, peer, own / peer, kinds[i].signature);
    }
    return 0;
}
