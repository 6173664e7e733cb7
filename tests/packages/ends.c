/* Opens the first plugin in a thread that ends during the init of slow.c, by pthread_cancel or by
 * pthread_exit, while another thread waits for it. Then opens all plugins: ends cancel|exit
 * PLUGIN... */
#include "log.h"
#include <plugin.h>
#include <pthread.h>
#include <stdio.h>

static void *open_one(void *path)
{
    const char *result = plugin_open(path) ? "open" : plugin_error();
    puts(result);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t ending, waiting;
    if (argc < 3)
        return 1;
    setenv("SLOW_UNTIL", "the thread may end", 1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!strcmp(argv[1], "exit"))
        setenv("SLOW_EXITS", "yes", 1);
    if (pthread_create(&ending, NULL, open_one, argv[2]) != 0)
        return 1;
    test_wait("slow begins");
    if (pthread_create(&waiting, NULL, open_one, argv[2]) != 0)
        return 1;
    if (!strcmp(argv[1], "exit"))
        test_log("the thread may end");
    else
        pthread_cancel(ending);
    pthread_join(ending, NULL);
    pthread_join(waiting, NULL);
    for (int i = 2; i < argc; i++)
        open_one(argv[i]);
    return 0;
}
