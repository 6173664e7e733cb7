/* host PLUGIN reads|locks: one thread lets the plugin count, the other reads the count; with
 * "locks", it takes the plugin's lock. */
#include <plugin.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { TIMES = 1000 };

static void (*count_up)(void);

static void *count_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < TIMES; i++)
        count_up();
    return NULL;
}

int main(int argc, char **argv)
{
    plugin *p = argc == 3 ? plugin_open(argv[1]) : NULL;
    count_up = plugin_as(plugin_lookup(p, "count_up"), void (*)(void));
    int *count = plugin_as(plugin_lookup(p, "count"), int *);
    pthread_mutex_t *lock = plugin_as(plugin_lookup(p, "lock"), pthread_mutex_t *);
    pthread_t thread;
    if (!count_up || !count || !lock || pthread_create(&thread, NULL, count_often, NULL) != 0) {
        fprintf(stderr, "%s\n", plugin_error());
        return 1;
    }
    int takes_lock = strcmp(argv[2], "locks") == 0, seen = 0;
    for (int i = 0; i < TIMES; i++) {
        if (takes_lock)
            pthread_mutex_lock(lock);
        if (*count > seen)
            seen = *count;
        if (takes_lock)
            pthread_mutex_unlock(lock);
    }
    pthread_join(thread, NULL);
    printf("%d\n", seen <= TIMES ? *count : -1);
    return 0;
}
