/* Upgrades a plugin many times while threads call it and open it.
 *
 * usage: load ROUNDS HOW    HOW a new version takes its place: by "copy", or by "link", so that
 * files that were mapped before come back */
#include <plugin.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { THREADS = 8, RECORDS_MAX = 8192, ROUNDS_MIN = 500 };

struct served {
    int (*version)(void);
    int (*serve)(int);
    int *calls;
};

/* A version that is or was open. For ever, since threads may be in it. */
struct instance {
    plugin *p;
    struct served served;
};

static struct instance *instances, *current; /* current: atomic */
static size_t replaced;           /* of the first instances: their file is gone. Atomic */
static bool is_done;              /* atomic */
static int inits, retires, asked; /* atomic */

void host_note(const char *what, int number);
void host_note(const char *what, int number)
{
    (void)number;
    __atomic_fetch_add(!strcmp(what, "init") ? &inits : &retires, 1, __ATOMIC_RELAXED);
}

/* Interrupts opens, retirements and calls. */
static void ask(int signal)
{
    (void)signal;
    const struct instance *instance = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    const void *address = (const void *)(size_t)instance->served.version;
    plugin *p = plugin_find(address);
    const plugin_symbol *symbol = plugin_symbol_at(p, address);
    const char *number = plugin_info(p, "version");
    if (p != instance->p || !symbol || strcmp(plugin_symbol_name(symbol), "version") != 0 ||
        !number || *number != '0' + instance->served.version() || *plugin_path(p) != '/')
        _exit(3);
    __atomic_fetch_add(&asked, 1, __ATOMIC_RELAXED);
}

static void fail(const char *why)
{
    fprintf(stderr, "%s: %s\n", why, plugin_error());
    exit(1);
}

/* Opens the plugin as others do: it must not be one whose file was replaced before. The open may
 * come between a rename and the retirement, or the rename in the midst of the open. */
static void open_some(void)
{
    size_t before = __atomic_load_n(&replaced, __ATOMIC_ACQUIRE);
    plugin *p = plugin_open("./served.so");
    if (!p && plugin_error_code() != PLUGIN_ALREADY_LOADED &&
        !strstr(plugin_error(), "the file changed while it was being"))
        fail("an open fails");
    for (size_t i = 0; p && i < before; i++)
        if (p == instances[i].p)
            fail("a stale plugin is opened");
}

static void *call(void *context)
{
    size_t *calls = context;
    while (!__atomic_load_n(&is_done, __ATOMIC_RELAXED)) {
        const struct instance *instance = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
        int argument = (int)(++*calls % 1000) + 1;
        if (instance->served.serve(argument) != argument * instance->served.version())
            fail("a call is lost");
        if (plugin_find((const void *)(size_t)instance->served.serve) != instance->p)
            fail("its code is another plugin's");
        if (*calls % 64 == 0)
            open_some();
        if (*calls % 256 == 0)
            sched_yield();
    }
    return NULL;
}

/* Puts a version in the place of the last one, by rename. */
static void replace(int version, const char *how)
{
    char name[32];
    snprintf(name, sizeof name, "version-%d.so", version);
    if (!strcmp(how, "link")) {
        if (link(name, "next.so") != 0)
            fail("link");
    } else {
        static char bytes[1 << 20];
        FILE *from = fopen(name, "rb"), *to = fopen("next.so", "wb");
        size_t size = from ? fread(bytes, 1, sizeof bytes, from) : 0;
        if (!to || !size || size == sizeof bytes || fwrite(bytes, 1, size, to) != size)
            fail("copy");
        fclose(from);
        fclose(to);
    }
    if (rename("next.so", "served.so") != 0)
        fail("rename");
}

static void upgrade(size_t round, const char *how)
{
    /* 1 2 3 2 1 2 3 ... */
    static const int order[] = {1, 2, 3, 2};
    int version = order[round % 4];
    struct instance *instance = &instances[round];
    replace(version, how);
    __atomic_store_n(&replaced, round, __ATOMIC_RELEASE);
    if (round) {
        if (plugin_is_current(instances[round - 1].p))
            fail("a replaced file is current");
        if (!plugin_retire(instances[round - 1].p) || !plugin_retire(instances[round - 1].p))
            fail("retire");
    }
    instance->p = plugin_open_as("./served.so", &instance->served);
    if (!instance->p || instance->served.version() != version || !plugin_is_current(instance->p))
        fail("an upgrade");
    __atomic_store_n(&current, instance, __ATOMIC_RELEASE);
}

static size_t descriptors(void)
{
    size_t count = 0;
    for (int i = 0; i < 1024; i++)
        count += lseek(i, 0, SEEK_CUR) != -1;
    return count;
}

/* Returns the bytes that the process has mapped, but those of the versions. */
static long own_memory(void)
{
    char line[4096];
    long size = 0;
    unsigned long start, end;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && !strstr(line, "served.so") &&
            !strstr(line, "memfd:"))
            size += (long)(end - start);
    if (maps)
        fclose(maps);
    return size;
}

int main(int argc, char **argv)
{
    size_t rounds = argc > 2 ? strtoul(argv[1], NULL, 10) : 0, made = 0, counted = 0;
    size_t calls[THREADS] = {0};
    pthread_t threads[THREADS];
    instances = calloc(rounds + 1, sizeof *instances);
    if (!rounds || !instances)
        return 2;
    upgrade(0, argv[2]);
    size_t open = descriptors();
    const struct itimerval timer = {{0, 1000}, {0, 1000}};
    signal(SIGALRM, ask);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, call, &calls[i]) != 0)
            return 2;
    long memory = 0;
    for (size_t round = 1; round < rounds; round++) {
        upgrade(round, argv[2]);
        if (round == rounds / 2)
            memory = own_memory();
    }
    memory = own_memory() - memory;
    __atomic_store_n(&is_done, true, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        made += calls[i];
    }
    for (size_t i = 0; i < rounds; i++)
        counted += (size_t)*instances[i].served.calls;
    printf("%zu upgrades, %d inits, %d retires\n", rounds, inits, retires);
    printf("signals: %s\n", asked ? "answered" : "none");
    printf("calls: %s\n", made && made == counted ? "none lost" : "lost");
    /* The library's and the dynamic loader's records of a version; few rounds show their chunks. */
    if (rounds >= ROUNDS_MIN)
        printf("memory: %s\n", memory / (long)(rounds / 2) < RECORDS_MAX ? "no more" : "more");
    printf("descriptors: %s\n", descriptors() == open ? "no more" : "more");
    return 0;
}
