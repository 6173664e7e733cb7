/* What a host sees of a hostile plugin: one attack after the other, and what came of each. */
#include "../../common/counts.h"
#include "attacker.h"

#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct attacker attacker;
static plugin *p;

static void result(const char *name, long value)
{
    if (plugin_error_code())
        printf("%s: %ld: %s\n", name, value, plugin_error());
    else
        printf("%s: %ld\n", name, value);
    plugin_error_clear();
}

/* Of any value: it may be one that changed on its way. */
static int twice(int value)
{
    return (int)(2 * (unsigned)value);
}

/* ---- the start ---- */

/* Each attack is a restart, in which the plugin's constructor speaks for its process. */
static void attack_start(char **attacks)
{
    unsigned holds = plugin_isolation_report(p);
    for (; *attacks; attacks++) {
        setenv("ATTACK", *attacks, 1);
        bool is_restarted = plugin_restart(p);
        unsetenv("ATTACK");
        result(*attacks, is_restarted);
        if (is_restarted)
            result("  number", attacker.number());
        if (is_restarted && plugin_isolation_report(p) & ~holds)
            printf("  and says that it has more of a sandbox\n");
    }
    result("restart", plugin_restart(p));
    result("number", attacker.number());
}

/* ---- words ---- */

/* The call ended in one of the ways that are documented, and the plugin can be restarted. */
static bool is_sound(int value)
{
    int code = plugin_error_code();
    bool is_known = code ? !value && (code == PLUGIN_CRASHED || code == PLUGIN_TIMEOUT ||
                                      code == PLUGIN_UNSUPPORTED || code == PLUGIN_WRONG_TYPE ||
                                      code == PLUGIN_NO_MEMORY)
                         : true;
    if (!is_known)
        printf("%d, code %d: %s\n", value, code, plugin_error());
    plugin_error_clear();
    if (attacker.number() == 1 && !plugin_error_code())
        return is_known;
    plugin_error_clear();
    if (plugin_restart(p) && attacker.number() == 1 && !plugin_error_code())
        return is_known;
    printf("after it: %s\n", plugin_error());
    return false;
}

/* Changes each word of the slot, and of the claim, in all ways. */
static void attack_words(void)
{
    static const uint32_t values[] = {0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff};
    const size_t size = sizeof(struct channel_slot) + 3 * sizeof(uint32_t);
    unsigned attacks = 0, ended = 0;
    for (size_t at = 0; at < size; at += sizeof(uint32_t)) {
        size_t apart = at % sizeof(struct channel_word);
        if (at < 2 * sizeof(struct channel_word) && apart >= offsetof(struct channel_word, apart))
            continue;
        for (int how = 0; how < ATTACK_CHANGES; how++)
            for (size_t i = 0; i < sizeof values / sizeof *values; i++)
                for (int end = 0; end < ATTACK_ENDS; end++) {
                    int value = attacker.change(at, how, values[i], end);
                    attacks++;
                    ended += plugin_error_code() == PLUGIN_CRASHED;
                    if (!is_sound(value))
                        printf("offset %zu, %s %x, end %d\n", at, how ? "add" : "set", values[i],
                               end);
                }
    }
    printf("words: %s\n", attacks > 400 && ended > 200 ? "all" : "too few");
}

/* ---- changes while the host reads ---- */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Reads all that came back: what crosses is of the types that it is said to be. */
static unsigned look(const struct record *record)
{
    unsigned sum = 0;
    for (size_t i = 0; i < record->count; i++)
        sum += (unsigned)record->values[i];
    sum += record->name ? (unsigned)strlen(record->name) : 0;
    if (record->twice)
        record->twice(1);
    return sum;
}

static bool is_over; /* atomic */

/* Calls in another slot meanwhile. */
static void *call_meanwhile(void *data)
{
    (void)data;
    while (!__atomic_load_n(&is_over, __ATOMIC_SEQ_CST))
        attacker.ask(twice, 3);
    return NULL;
}

static void flip_once(unsigned *good, unsigned *bad)
{
    static unsigned sum;
    int values[] = {1, 2, 3, 4, 5, 6, 7};
    struct record record = {7, "a record", sizeof values / sizeof *values, values, twice};
    struct record before = record;
    char text[32] = "";
    const struct record *copy = attacker.copy(&record, text, sizeof text);
    if (memcmp(&record, &before, sizeof record) != 0)
        printf("the host's own record has changed\n");
    if (!plugin_error_code()) {
        ++*good;
        sum += copy ? look(copy) : 0;
        attacker.ask(twice, 2);
    }
    if (!plugin_error_code())
        return;
    ++*bad;
    plugin_error_clear();
    if (!plugin_restart(p))
        printf("restart: %s\n", plugin_error());
    attacker.flip();
    plugin_error_clear();
}

static void attack_by_flips(int seconds)
{
    unsigned good = 0, bad = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, call_meanwhile, NULL) != 0)
        abort();
    attacker.flip();
    for (double end = now() + seconds; now() < end;)
        flip_once(&good, &bad);
    __atomic_store_n(&is_over, true, __ATOMIC_SEQ_CST);
    pthread_join(thread, NULL);
    fprintf(stderr, "# %u calls returned, %u failed\n", good, bad);
    printf("flips: %s\n", good > 10 && bad > 10 ? "calls return, and fail" : "too few");
    is_sound(0);
}

/* ---- kills ---- */

/* Returns the first child of a thread of this process; 0: none. */
static pid_t first_child(const char *directory)
{
    char path[512];
    long child = 0;
    DIR *threads = opendir(directory);
    if (!threads)
        return 0;
    for (struct dirent *entry; !child && (entry = readdir(threads));) {
        snprintf(path, sizeof path, "%s/%s/children", directory, entry->d_name);
        FILE *children = fopen(path, "re");
        if (!children)
            continue;
        if (fscanf(children, "%ld", &child) != 1)
            child = 0;
        fclose(children);
    }
    closedir(threads);
    return (pid_t)child;
}

static unsigned killed; /* atomic */
static unsigned kill_after;
static bool is_keeper; /* that one is killed */

/* Kills the plugin's process, or its keeper, after so many microseconds. */
static void *kill_later(void *data)
{
    (void)data;
    char path[64];
    struct timespec delay = {0, (long)kill_after * 1000};
    nanosleep(&delay, NULL);
    pid_t keeper = first_child("/proc/self/task");
    snprintf(path, sizeof path, "/proc/%d/task", (int)keeper);
    pid_t worker = keeper ? first_child(path) : 0;
    pid_t victim = is_keeper ? keeper : worker;
    if (victim > 0 && kill(victim, SIGKILL) == 0)
        __atomic_fetch_add(&killed, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

/* All that a plugin lives through: start, calls, calls back, stop. */
static bool live(void)
{
    bool was_started = plugin_restart(p);
    for (int i = 0; i < 20; i++) {
        attacker.number();
        attacker.ask(twice, i);
    }
    plugin_error_clear();
    /* One that is killed meanwhile has ended, too, but not by itself. */
    bool was_stopped = plugin_stop(p) || plugin_error_code() == PLUGIN_CRASHED;
    if (!was_stopped)
        printf("stop: %s\n", plugin_error());
    return was_started && was_stopped;
}

static void attack_by_kills(unsigned rounds)
{
    size_t descriptors = 0, threads = 0, mappings = 0;
    unsigned lived = 0;
    for (unsigned i = 0; i < rounds; i++) {
        pthread_t killer;
        kill_after = i * 6000 / rounds;
        is_keeper = i % 8 == 7;
        if (pthread_create(&killer, NULL, kill_later, NULL) != 0)
            abort();
        lived += live();
        pthread_join(killer, NULL);
        plugin_error_clear();
        if (i == 8 || i + 1 == rounds) {
            size_t now_open = count_entries("/proc/self/fd");
            size_t now_run = count_entries("/proc/self/task"), now_mapped = count_mappings("memfd");
            if (i > 8 && (now_open != descriptors || now_run != threads || now_mapped != mappings))
                printf("descriptors %zu %zu, threads %zu %zu, mappings %zu %zu\n", descriptors,
                       now_open, threads, now_run, mappings, now_mapped);
            descriptors = now_open;
            threads = now_run;
            mappings = now_mapped;
        }
    }
    fprintf(stderr, "# %u killed in %u rounds, %u lived\n", killed, rounds, lived);
    printf("kills: %s\n", killed > rounds / 8 ? "enough" : "too few");
    result("restart", plugin_restart(p));
    result("number", attacker.number());
}

/* ---- bombs ---- */

static void attack_by_bombs(char **bombs)
{
    for (; *bombs; bombs++) {
        int count = attacker.bomb(atoi(*bombs));
        result(*bombs, count);
        is_sound(0);
    }
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    (void)argc;
    struct plugin_isolation isolation = {.size = sizeof isolation, .memory = (size_t)64 << 20};
    struct plugin_options options = {.size = sizeof options,
                                     .placement = PLUGIN_ISOLATED,
                                     .isolation = &isolation,
                                     .timeout_ms = (unsigned)atoi(argv[2])};
    p = plugin_open_as_with(argv[1], &options, &attacker);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    if (!strcmp(argv[3], "start"))
        attack_start(argv + 4);
    else if (!strcmp(argv[3], "words"))
        attack_words();
    else if (!strcmp(argv[3], "flips"))
        attack_by_flips(atoi(argv[4]));
    else if (!strcmp(argv[3], "kills"))
        attack_by_kills((unsigned)atoi(argv[4]));
    else
        attack_by_bombs(argv + 4);
    return 0;
}
