/* Does what its arguments say with isolated Go plugins, and prints what came of it. */
#include "../../common/counts.h"
#include "../../common/result.h"
#include "go_rows.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLUGINS = 8 };

static struct {
    plugin *p;
    struct calls calls;
} plugins[PLUGINS], *own = plugins;
static int count;
static const char *bridge;
static struct Box *box;

static plugin_go_string go_string(const char *text)
{
    return (plugin_go_string){text, (ptrdiff_t)strlen(text)};
}

/* MEMORY is in MiB, LIMIT in milliseconds, READ_ONLY a path; TRUST asks for a policy. */
static struct plugin_options options(enum plugin_placement placement)
{
    static struct plugin_trust trust = {.size = sizeof trust, .check_place = true};
    trust.owner = getuid();
    static struct plugin_isolation isolation = {.size = sizeof isolation, .error = -1};
    const char *memory = getenv("MEMORY"), *limit = getenv("LIMIT");
    static const char *read_only[2];
    read_only[0] = getenv("READ_ONLY");
    isolation.read_only = read_only;
    isolation.memory = memory ? (size_t)atol(memory) << 20 : 0;
    bool is_isolated = placement == PLUGIN_ISOLATED;
    return (struct plugin_options){.size = sizeof(struct plugin_options),
                                   .placement = placement,
                                   .go_bridge = bridge,
                                   .trust = getenv("TRUST") ? &trust : NULL,
                                   .isolation = is_isolated ? &isolation : NULL,
                                   .timeout_ms = is_isolated && limit ? (unsigned)atol(limit) : 0};
}

static void open_calls(const char *path, enum plugin_placement placement)
{
    struct plugin_options with = options(placement);
    own = &plugins[count++];
    own->p = plugin_open_as_with(path, &with, &own->calls);
    result(placement == PLUGIN_ISOLATED ? "open" : "open in process", own->p != NULL);
}

/* One with other symbols. */
static void open_other(const char *path)
{
    struct plugin_options with = options(PLUGIN_ISOLATED);
    plugin_file *file = plugin_examine(path, &with);
    result("fits", plugin_file_fits(file));
    plugin_file_free(file);
    result("open", plugin_open_with(path, &with) != NULL);
}

/* A function that has no form in C. */
static void absent(const char *path)
{
    struct plugin_options with = options(PLUGIN_ISOLATED);
    plugin *p = plugin_open_with(path, &with);
    const plugin_symbol *symbol = plugin_lookup(p, "Lookup");
    result("address of Lookup", plugin_address(symbol) != NULL);
    result("Lookup", plugin_as(symbol, long (*)(void *)) != NULL);
    long (*get)(void) = plugin_as(plugin_lookup(p, "Get"), long (*)(void));
    result("Get", get ? get() : -1);
}

static void crash_often(int rounds)
{
    size_t first = 0, last = 0;
    for (int i = 0; i < rounds; i++) {
        own->calls.Exit(3);
        if (plugin_error_code() != PLUGIN_CRASHED || !plugin_restart(own->p) ||
            own->calls.Length(go_string("four")) != 4)
            printf("round %d: %s\n", i, plugin_error());
        last = count_entries("/proc/self/fd") + count_entries("/proc/self/task");
        first = i ? first : last;
    }
    plugin_error_clear();
    puts(first == last ? "nothing leaks" : "it leaks");
}

/* What the calls pass is not kept. */
static void pass_large(int rounds)
{
    enum { SIZE = 1 << 20 };
    char *large = calloc(1, SIZE);
    long sum = 0;
    for (int i = 0; large && i < rounds; i++)
        sum += own->calls.Length((plugin_go_string){large, SIZE}) >> 20;
    free(large);
    result("large", sum);
}

static void *call_one(void *data)
{
    const struct calls *calls = data;
    for (int i = 0; i < 500; i++) {
        int64_t numbers[] = {i, 1};
        if (calls->Sum((struct ints){numbers, 2, 2}) != i + 1 ||
            calls->Length(go_string("four")) != 4)
            return NULL;
    }
    return data;
}

/* Threads call all plugins at once. */
static void together(void)
{
    enum { COUNT = 8 };
    pthread_t made[COUNT];
    bool is_good = true;
    for (int i = 0; i < COUNT; i++)
        if (pthread_create(&made[i], NULL, call_one, &plugins[i % count].calls) != 0)
            abort();
    for (int i = 0; i < COUNT; i++) {
        void *returned;
        pthread_join(made[i], &returned);
        is_good &= returned != NULL;
    }
    puts(is_good ? "together: well" : "together: not well");
}

/* Returns how many arguments it took; 0: none of these. */
static int act_of_life(char **argv)
{
    if (is_act(argv, "open"))
        return open_calls(argv[1], PLUGIN_ISOLATED), 2;
    if (is_act(argv, "in-process"))
        return open_calls(argv[1], PLUGIN_IN_PROCESS), 2;
    if (is_act(argv, "other"))
        return open_other(argv[1]), 2;
    if (is_act(argv, "absent"))
        return absent(argv[1]), 2;
    if (is_act(argv, "bridge"))
        return bridge = argv[1], 2;
    if (is_act(argv, "use"))
        return own = &plugins[atoi(argv[1])], 2;
    if (is_act(argv, "run"))
        return system(argv[1]) == 0 ? 2 : 0;
    if (is_act(argv, "stop"))
        return result("stop", plugin_stop(own->p)), 1;
    if (is_act(argv, "restart"))
        return result("restart", plugin_restart(own->p)), 1;
    if (is_act(argv, "retire"))
        return result("retire", plugin_retire(own->p)), 1;
    if (is_act(argv, "together"))
        return together(), 1;
    if (is_act(argv, "large"))
        return pass_large(atoi(argv[1])), 2;
    if (is_act(argv, "crash-often"))
        return crash_often(atoi(argv[1])), 2;
    return 0;
}

static int act(char **argv)
{
    const struct calls *calls = &own->calls;
    if (is_act(argv, "rows"))
        return puts(rows_are_well(calls, own->p) ? "rows: well" : "rows: not well"), 1;
    if (is_act(argv, "version")) {
        plugin_go_string version = calls->Version();
        printf("version: %.*s\n", (int)version.len, version.data);
        return 1;
    }
    if (is_act(argv, "length"))
        return result("length", calls->Length(go_string(argv[1]))), 2;
    if (is_act(argv, "no-data"))
        return result("no-data", calls->Length((plugin_go_string){NULL, 3})), 1;
    if (is_act(argv, "negative"))
        return result("negative", calls->Length((plugin_go_string){"abc", -1})), 1;
    if (is_act(argv, "panic"))
        return result("panic", calls->Panic(go_string(argv[1]))), 2;
    if (is_act(argv, "nil"))
        return result("nil", calls->Nil()), 1;
    if (is_act(argv, "exit"))
        return calls->Exit(atoi(argv[1])), result("exit", 0), 2;
    if (is_act(argv, "fatal"))
        return calls->Fatal(), result("fatal", 0), 1;
    if (is_act(argv, "sleep"))
        return calls->Sleep(atoi(argv[1])), result("sleep", 0), 2;
    if (is_act(argv, "hang"))
        return calls->Hang(), result("hang", 0), 1;
    if (is_act(argv, "spin"))
        return calls->Spin(atoi(argv[1])), result("spin", 0), 2;
    if (is_act(argv, "hoard"))
        return result("hoard", calls->Hoard(atoi(argv[1]))), 2;
    if (is_act(argv, "lie"))
        return result("lie", calls->Lie(atoi(argv[1])).len), 2;
    if (is_act(argv, "garbage"))
        return result("garbage", calls->Garbage(atoi(argv[1]))), 2;
    if (is_act(argv, "read")) {
        struct divided read = calls->Read(go_string(argv[1]));
        printf("read: %ld %s\n", (long)read.quotient, read.error ? read.error : "");
        return 2;
    }
    if (is_act(argv, "socket"))
        return result("socket", calls->Socket()), 1;
    if (is_act(argv, "execute"))
        return result("execute", calls->Execute()), 1;
    if (is_act(argv, "print"))
        return calls->Print(go_string(argv[1])), 2;
    if (is_act(argv, "box"))
        return box = calls->NewBox(go_string("x")), result("box", box != NULL), 1;
    if (is_act(argv, "put"))
        return result("put", calls->Put(box, go_string("y"))), 1;
    return 0;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    for (int i = 1; i < argc;) {
        int taken = act_of_life(argv + i);
        if (!taken && !(taken = act(argv + i))) {
            printf("no such act: %s\n", argv[i]);
            return 2;
        }
        i += taken;
    }
    return 0;
}
