/* Opens each plugin in a thread of its own: staggered ARGUMENT... =PATH opens by plain dlopen,
 * ?LINE waits until the log has the line, @NAME until the global scope has the symbol. Prints the
 * results in order. The init of slow.c lasts until the last thread has started. */
#include "log.h"
#include <dlfcn.h>
#include <plugin.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *open_one(void *argument)
{
    const char *path = argument;
    if (*path == '=')
        return strdup(dlopen(path + 1, RTLD_NOW) ? "loaded" : dlerror());
    return strdup(plugin_open(path) ? "open" : plugin_error());
}

/* A package's symbols are global once another plugin is bound to its live copy. */
static void wait_for_symbol(const char *name)
{
    const struct timespec pause = {0, 1000000};
    while (!dlsym(RTLD_DEFAULT, name))
        nanosleep(&pause, NULL);
}

int main(int argc, char **argv)
{
    const struct timespec pause = {0, 150000000};
    setenv("SLOW_UNTIL", "all have begun", 1);
    pthread_t *threads = calloc((size_t)argc, sizeof *threads);
    for (int i = 1; i < argc; i++)
        if (*argv[i] == '?')
            test_wait(argv[i] + 1);
        else if (*argv[i] == '@')
            wait_for_symbol(argv[i] + 1);
        else if (pthread_create(&threads[i], NULL, open_one, argv[i]) != 0)
            return 1;
    nanosleep(&pause, NULL); /* gives the last threads time to wait; nothing depends on it */
    test_log("all have begun");
    for (int i = 1; i < argc; i++) {
        void *text;
        if (*argv[i] == '?' || *argv[i] == '@')
            continue;
        pthread_join(threads[i], &text);
        puts(text);
        free(text);
    }
    free(threads);
    return 0;
}
