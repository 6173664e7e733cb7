/* Lets every allocation of an open fail in turn, each in a process of its own: starved PLUGIN...
 * opens all of them, the last one with too little memory. Then that is an error that says so, and
 * the next open succeeds, with packages that are shared. Run with starve.c preloaded. There must be
 * as many allocations as the environment variable AT_LEAST says, or the test would be of nothing.
 */
#include <dlfcn.h>
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPENED = 0, REFUSED, WRONG };

static int *variable_of(const char *path)
{
    int *(*variable)(void) =
        plugin_as(plugin_lookup(plugin_open(path), "variable"), int *(*)(void));
    return variable ? variable() : NULL;
}

static int open_starved(int count, char **paths, long *starve_after, long number)
{
    const char *last = paths[count - 1];
    int *first = NULL;
    for (int i = 0; i < count - 1; i++)
        first = variable_of(paths[i]);
    *starve_after = number;
    plugin *p = plugin_open(last);
    long left = *starve_after;
    *starve_after = -1;
    /* The dynamic loader has words of its own for it. */
    if (!p && plugin_error_code() != PLUGIN_NO_MEMORY &&
        !strstr(plugin_error(), "dynamic loader") && !strstr(plugin_error(), "cannot share")) {
        puts(plugin_error());
        return WRONG;
    }
    int *variable = variable_of(last);
    if (!variable || (first && variable != first)) {
        puts(variable ? "two copies" : plugin_error());
        return WRONG;
    }
    return left >= 0 ? OPENED : REFUSED;
}

int main(int argc, char **argv)
{
    long *starve_after = dlsym(RTLD_DEFAULT, "starve_after");
    int status = REFUSED << 8;
    long number;
    for (number = 0; starve_after && status == REFUSED << 8; number++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            exit(open_starved(argc - 1, argv + 1, starve_after, number));
        if (child < 0 || waitpid(child, &status, 0) < 0)
            return 1;
    }
    if (status != 0)
        printf("at allocation %ld: status %x\n", number - 1, (unsigned)status);
    if (number < atol(getenv("AT_LEAST")))
        return printf("only %ld allocations\n", number), 1;
    return status != 0;
}
