/* The keeper of a plugin's process asks for a signal when its host ends. Here the host ends before:
 * does the keeper end, too? */
#include "sandbox.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int asks[2], may_ask[2];
static volatile int is_host;

/* In place of the C library's: the keeper waits here until the host is dead. */
int prctl(int option, ...)
{
    va_list arguments;
    va_start(arguments, option);
    unsigned long argument = va_arg(arguments, unsigned long);
    va_end(arguments);
    char byte = 0;
    if (is_host && option == PR_SET_PDEATHSIG &&
        (write(asks[1], &byte, 1) != 1 || read(may_ask[0], &byte, 1) != 1))
        return -1;
    return (int)syscall(SYS_prctl, option, argument, 0, 0, 0);
}

static int be_host(const char *path)
{
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    is_host = 1;
    plugin_open_with(path, &options);
    return 1;
}

int main(int argc, char **argv)
{
    char byte = 0;
    if (argc < 2 || pipe(asks) || pipe(may_ask))
        return 2;
    prctl(PR_SET_CHILD_SUBREAPER, 1UL);
    pid_t host = fork();
    if (host == 0)
        return be_host(argv[1]);
    if (read(asks[0], &byte, 1) != 1 || kill(host, SIGKILL) || waitpid(host, NULL, 0) != host)
        return 2;
    if (write(may_ask[1], &byte, 1) != 1)
        return 2;
    while (waitpid(-1, NULL, __WALL) > 0)
        printf("a process of it ended\n");
    return 0;
}
