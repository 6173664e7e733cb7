/* Opens each plugin that it is told in a thread of its own, one after the other has begun; with a
 * leading '=' by plain dlopen. Says how that ended, in the order of the arguments. */
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

int main(int argc, char **argv)
{
    const struct timespec pause = {0, 150000000};
    pthread_t *threads = calloc((size_t)argc, sizeof *threads);
    for (int i = 1; i < argc; i++) {
        if (pthread_create(&threads[i], NULL, open_one, argv[i]) != 0)
            return 1;
        nanosleep(&pause, NULL);
    }
    for (int i = 1; i < argc; i++) {
        void *text;
        pthread_join(threads[i], &text);
        puts(text);
        free(text);
    }
    free(threads);
    return 0;
}
