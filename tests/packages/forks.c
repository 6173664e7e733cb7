/* Opens the first plugin in a thread, and forks while the init of slow.c runs. The child opens all
 * plugins: forks PLUGIN... */
#include "log.h"
#include <plugin.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void *open_one(void *path)
{
    const char *result = plugin_open(path) ? "open" : plugin_error();
    puts(result);
    return NULL;
}

int main(int argc, char **argv)
{
    int status;
    pthread_t thread;
    setenv("SLOW_UNTIL", "child ends", 1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 2 || pthread_create(&thread, NULL, open_one, argv[1]) != 0)
        return 1;
    test_wait("slow begins");
    pid_t child = fork();
    if (child == 0) {
        alarm(600); /* a deadlock ends here */
        for (int i = 1; i < argc; i++)
            open_one(argv[i]);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
        return 1;
    test_log("child ends");
    pthread_join(thread, NULL);
    return 0;
}
