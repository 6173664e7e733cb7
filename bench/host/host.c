/* SPDX-License-Identifier: MIT */
/* A host that measures one peer, which PEER names: what this prints is "MEASURE PEER VALUE", times
 * in nanoseconds. The peer's functions are compiled into the loops that measure them.
 *
 * usage: host MEASURES ARGUMENT...
 *     open LABEL DIRECTORY COUNT          the plugins p00000.so ... of the directory; then again
 *     threads LABEL DIRECTORY COUNT N     the same, by N threads
 *     scan LABEL DIRECTORY COUNT          what its plugins are: by a scan with verdicts, or by
 * opening each and looking up one symbol lookup LABEL FILE COUNT             symbols s000000 ... of
 * the plugin moved LABEL LINK FIRST SECOND       a symbolic link that is moved from one plugin to
 * another int LABEL FILE                      the variable V, with its type call LABEL FILE the
 * function F */
#include PEER

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    HOT_NAMES = 16,
    HOT_ROUNDS = 1000,
    REOPENS = 200,
    NAME_SIZE = 32,
    CALLS = 50000,
    CHUNKS = 21
};

/* One for each thread: a shared one would be contended. */
static __thread void *volatile sink;

static double read_clock(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        abort();
    return memory;
}

static void print(const char *label, const char *measure, double value)
{
    printf("%s.%s %s %.2f\n", label, measure, PEER_NAME, value);
}

/* Resident memory in KiB. */
static double resident(void)
{
    unsigned long total = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%lu %lu", &total, &pages) != 2)
            pages = 0;
        fclose(file);
    }
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1024;
}

static void *open_or_die(const char *path)
{
    void *handle = peer_open(path);
    if (!handle) {
        fprintf(stderr, PEER_NAME ": %s\n", peer_error());
        exit(1);
    }
    return handle;
}

/* Page faults that read nothing from a disk, so far. */
static double faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_minflt;
}

/* ---- open ---- */

static char **make_paths(const char *directory, size_t count)
{
    char **paths = allocate(count, sizeof *paths);
    for (size_t i = 0; i < count; i++)
        if (asprintf(&paths[i], "%s/p%05zu.so", directory, i) < 0)
            abort();
    return paths;
}

/* The system call that is needed to notice that the path leads to another file. */
static void measure_stat(const char *label, const char *path)
{
    double times[CHUNKS];
    struct stat status;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        double start = now();
        for (int i = 0; i < REOPENS; i++)
            if (stat(path, &status) != 0)
                exit(1);
        times[chunk] = (now() - start) / REOPENS;
    }
    printf("%s.reopen stat %.2f\n", label, median(times, CHUNKS));
}

static void measure_reopen(const char *label, const char *path)
{
    double times[CHUNKS];
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        double start = now();
        for (int i = 0; i < REOPENS; i++)
            sink = open_or_die(path);
        times[chunk] = (now() - start) / REOPENS;
    }
    print(label, "reopen", median(times, CHUNKS));
}

/* Growth of the cost of an open: the median of each thousand. */
static void print_growth(const char *label, double *times, size_t count)
{
    enum { STEP = 1000 };
    char measure[32];
    for (size_t i = 0; i + STEP <= count; i += STEP) {
        snprintf(measure, sizeof measure, "open-at-%zu", i + STEP);
        print(label, measure, median(times + i, STEP));
    }
}

/* Wall time and processor time of many opens: other programs disturb only the first. */
struct times {
    double *wall, *processor;
    double wall_total, processor_total;
    double first_faults;
};

static void measure_opens(struct times *times, char **paths, size_t count)
{
    times->wall = allocate(count, sizeof *times->wall);
    times->processor = allocate(count, sizeof *times->processor);
    for (size_t i = 0; i < count; i++) {
        times->first_faults -= i ? 0 : faults();
        double processor = read_clock(CLOCK_THREAD_CPUTIME_ID), start = now();
        sink = open_or_die(paths[i]);
        times->wall[i] = now() - start;
        times->processor[i] = read_clock(CLOCK_THREAD_CPUTIME_ID) - processor;
        times->first_faults += i ? 0 : faults();
        times->wall_total += times->wall[i];
        times->processor_total += times->processor[i];
    }
}

static int measure_open(const char *label, char **arguments)
{
    size_t count = strtoul(arguments[1], NULL, 10);
    char **paths = make_paths(arguments[0], count);
    struct times times = {0};
    double memory = resident();
    measure_opens(&times, paths, count);
    memory = resident() - memory - (double)(2 * count * sizeof *times.wall) / 1024;
    print(label, "memory", memory / (double)count);
    print(label, "first-wall", times.wall[0]);
    print(label, "first", times.processor[0]);
    print(label, "first-faults", times.first_faults);
    print(label, "total-wall", times.wall_total);
    print(label, "total", times.processor_total);
    print_growth(label, times.processor, count);
    if (count > 1) {
        print(label, "open-wall", median(times.wall + 1, count - 1));
        print(label, "open", median(times.processor + 1, count - 1));
    }
    measure_reopen(label, paths[count / 2]);
#ifdef PLUGIN_H
    if (!strcmp(PEER_NAME, "plugin"))
        measure_stat(label, paths[count / 2]);
#endif
    return 0;
}

/* ---- scan ---- */

#ifdef PLUGIN_H
static bool count_fits(void *context, const char *path, const plugin_file *file)
{
    (void)path;
    *(size_t *)context += plugin_file_fits(file);
    return true;
}

static size_t scan(const char *directory, size_t count)
{
    size_t fits = 0;
    (void)count;
    plugin_scan(directory, NULL, count_fits, &fits);
    return fits;
}
#else
static size_t scan(const char *directory, size_t count)
{
    char **paths = make_paths(directory, count);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += peer_find(open_or_die(paths[i]), "F") != NULL;
    return found;
}
#endif

static int measure_scan(const char *label, char **arguments)
{
    size_t count = strtoul(arguments[1], NULL, 10);
    double processor = read_clock(CLOCK_THREAD_CPUTIME_ID);
    if (scan(arguments[0], count) != count)
        return 1;
    print(label, "total", read_clock(CLOCK_THREAD_CPUTIME_ID) - processor);
    return 0;
}

/* ---- threads ---- */

struct work {
    char **paths;
    size_t count, next;
    pthread_barrier_t start;
};

static void *open_some(void *context)
{
    struct work *work = context;
    size_t i;
    pthread_barrier_wait(&work->start);
    while ((i = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED)) < work->count)
        open_or_die(work->paths[i]);
    return NULL;
}

static int measure_threads(const char *label, char **arguments)
{
    size_t count = strtoul(arguments[1], NULL, 10), threads = strtoul(arguments[2], NULL, 10);
    struct work work = {.paths = make_paths(arguments[0], count), .count = count};
    pthread_t *ids = allocate(threads, sizeof *ids);
    pthread_barrier_init(&work.start, NULL, (unsigned)threads + 1);
    for (size_t i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, open_some, &work))
            return 1;
    pthread_barrier_wait(&work.start);
    double start = now();
    for (size_t i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    print(label, "total", now() - start);
    return 0;
}

/* ---- lookup ---- */

struct lookups {
    void *handle;
    char (*names)[NAME_SIZE];
    size_t count;
    pthread_barrier_t start;
    double time; /* of one lookup */
};

/* Repeated lookups of a few names. */
static double look_up_hot(const struct lookups *lookups)
{
    double times[CHUNKS];
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        double start = now();
        for (int round = 0; round < HOT_ROUNDS; round++)
            for (size_t i = 0; i < HOT_NAMES; i++)
                sink = peer_find(lookups->handle, lookups->names[i]);
        times[chunk] = (now() - start) / HOT_ROUNDS / HOT_NAMES;
    }
    return median(times, CHUNKS);
}

static void *look_up_in_thread(void *context)
{
    struct lookups *lookups = context;
    double *time = allocate(1, sizeof *time);
    pthread_barrier_wait(&lookups->start);
    *time = look_up_hot(lookups);
    return time;
}

/* Lookups of two threads, as a multiple of those of one. */
static void measure_two_threads(const char *label, struct lookups *lookups)
{
    pthread_t ids[2];
    double one = 0, together = 0;
    for (size_t threads = 1; threads <= 2; threads++) {
        together = 0;
        pthread_barrier_init(&lookups->start, NULL, (unsigned)threads);
        for (size_t i = 0; i < threads; i++)
            if (pthread_create(&ids[i], NULL, look_up_in_thread, lookups))
                exit(1);
        for (size_t i = 0; i < threads; i++) {
            void *time;
            pthread_join(ids[i], &time);
            together += 1 / *(double *)time;
            free(time);
        }
        if (threads == 1)
            one = together;
    }
    print(label, "two-threads", together / one);
}

/* Each name once, in random order. */
static void measure_cold(const char *label, struct lookups *lookups)
{
    for (size_t i = lookups->count - 1; i > 0; i--) {
        char name[NAME_SIZE];
        size_t other = (size_t)rand() % (i + 1);
        memcpy(name, lookups->names[i], NAME_SIZE);
        memcpy(lookups->names[i], lookups->names[other], NAME_SIZE);
        memcpy(lookups->names[other], name, NAME_SIZE);
    }
    double start = now();
    for (size_t i = 0; i < lookups->count; i++)
        sink = peer_find(lookups->handle, lookups->names[i]);
    print(label, "each-once", (now() - start) / (double)lookups->count);
}

static int measure_lookup(const char *label, char **arguments)
{
    struct lookups lookups = {.handle = open_or_die(arguments[0]),
                              .count = strtoul(arguments[1], NULL, 10)};
    size_t hot = lookups.count < HOT_NAMES ? lookups.count : HOT_NAMES;
    lookups.names = allocate(lookups.count + HOT_NAMES, sizeof *lookups.names);
    for (size_t i = 0; i < HOT_NAMES; i++)
        snprintf(lookups.names[i], NAME_SIZE, "s%06zu", i % hot * (lookups.count / hot));
    for (size_t i = 0; i < HOT_NAMES; i++)
        if (!peer_find(lookups.handle, lookups.names[i])) {
            fprintf(stderr, PEER_NAME ": %s\n", peer_error());
            return 1;
        }
    look_up_hot(&lookups); /* not counted */
    print(label, "lookup", look_up_hot(&lookups));
    measure_two_threads(label, &lookups);
    for (size_t i = 0; i < lookups.count; i++)
        snprintf(lookups.names[i], NAME_SIZE, "s%06zu", i);
    measure_cold(label, &lookups);
    return 0;
}

/* ---- the rest ---- */

/* The number of the plugin. */
static const char *number_of(void *handle)
{
#ifdef PLUGIN_H
    return plugin_address(plugin_lookup(handle, "Number"));
#else
    return peer_find(handle, "Number");
#endif
}

/* Does a moved link open the plugin that it leads to? */
static int measure_moved(const char *label, char **arguments)
{
    const char *link = arguments[0];
    unlink(link);
    if (symlink(arguments[1], link) != 0)
        return 1;
    const char *first = number_of(open_or_die(link));
    unlink(link);
    if (symlink(arguments[2], link) != 0)
        return 1;
    print(label, "right", strcmp(number_of(open_or_die(link)), first) != 0);
    return 0;
}

/* The median of short runs: other programs would interrupt a long one. */
static int measure_int(const char *label, char **arguments)
{
    double times[CHUNKS];
    void *handle = open_or_die(arguments[0]);
    if (!peer_find_int(handle, "V"))
        return 1;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        double start = now();
        for (int i = 0; i < CALLS; i++)
            sink = peer_find_int(handle, "V");
        times[chunk] = (now() - start) / CALLS;
    }
    print(label, "typed", median(times, CHUNKS));
    return 0;
}

static int measure_call(const char *label, char **arguments)
{
    double times[CHUNKS];
    void (*function)(void);
#ifdef PLUGIN_H
    function = plugin_as(plugin_lookup(open_or_die(arguments[0]), "F"), void (*)(void));
#else
    *(void **)&function = peer_find(open_or_die(arguments[0]), "F");
#endif
    if (!function)
        return 1;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        double start = now();
        for (int i = 0; i < CALLS; i++)
            function();
        times[chunk] = (now() - start) / CALLS;
    }
    print(label, "call", median(times, CHUNKS));
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int arguments;
        int (*measure)(const char *label, char **arguments);
    } modes[] = {
        {"open", 2, measure_open},     {"threads", 3, measure_threads}, {"scan", 2, measure_scan},
        {"lookup", 2, measure_lookup}, {"moved", 3, measure_moved},     {"int", 1, measure_int},
        {"call", 1, measure_call},
    };
    peer_start();
    for (size_t i = 0; argc > 2 && i < sizeof modes / sizeof *modes; i++)
        if (!strcmp(argv[1], modes[i].name) && argc == modes[i].arguments + 3)
            return modes[i].measure(argv[2], argv + 3);
    fprintf(stderr, "usage: host MEASURES LABEL ARGUMENT...; see host.c\n");
    return 2;
}
