/* Opens all plugins at once, each in a thread of its own: threads PLUGIN... Prints the results in
 * order. */
#include <plugin.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_barrier_t start;

static void *open_one(void *path)
{
    pthread_barrier_wait(&start);
    return strdup(plugin_open(path) ? "open" : plugin_error());
}

int main(int argc, char **argv)
{
    pthread_t *threads = calloc((size_t)argc, sizeof *threads);
    pthread_barrier_init(&start, NULL, (unsigned)argc - 1);
    for (int i = 1; i < argc; i++)
        if (pthread_create(&threads[i], NULL, open_one, argv[i]) != 0)
            return 1;
    for (int i = 1; i < argc; i++) {
        void *text;
        pthread_join(threads[i], &text);
        puts(text);
        free(text);
    }
    free(threads);
    return 0;
}
