/* Prints the paths that a program passes to system calls, a line each, from its `access("begin")`
 * on: what it opens, asks the status of, or reads as a link.
 *
 * usage: paths PROGRAM ARGUMENT... */
#include "../faults/trace.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Returns which argument of the call is a path, -1 if none is. */
static int path_argument(long number)
{
    switch (number) {
#ifdef SYS_open
    case SYS_open:
    case SYS_stat:
    case SYS_lstat:
    case SYS_access:
    case SYS_readlink:
        return 0;
#endif
    case SYS_openat:
    case SYS_openat2:
    case SYS_newfstatat:
    case SYS_statx:
    case SYS_faccessat:
    case SYS_readlinkat:
        return 1;
    default:
        return -1;
    }
}

/* Reads up to the end of the page that the string starts in, and then on. */
static void read_string(pid_t child, uint64_t address, char *string, size_t room)
{
    size_t length = 0;
    while (length < room - 1) {
        size_t size = 4096 - (size_t)((address + length) % 4096);
        if (size > room - 1 - length)
            size = room - 1 - length;
        struct iovec own = {string + length, size};
        struct iovec other = {(void *)(uintptr_t)(address + length), size};
        ssize_t count = process_vm_readv(child, &own, 1, &other, 1, 0);
        if (count <= 0)
            break;
        const char *end = memchr(string + length, '\0', (size_t)count);
        if (end)
            return;
        length += (size_t)count;
    }
    string[length] = '\0';
}

int main(int count, char **arguments)
{
    if (count < 2 || !trace_is_known || !trace_is_permitted())
        return 77;
    pid_t child = fork();
    if (child == 0) {
        trace_me();
        execv(arguments[1], arguments + 1);
        _exit(127);
    }
    struct trace_call call;
    pid_t stopped = 0;
    int status = 1;
    bool has_begun = false;
    if (child < 0 || !trace_begin(child, false))
        return 77;
    while (trace_next(child, &stopped, &call, &status)) {
        int argument = call.is_entry ? path_argument(call.number) : -1;
        char path[4200];
        if (argument < 0)
            continue;
        read_string(child, call.arguments[argument], path, sizeof path);
        if (has_begun && *path) /* "": of a descriptor */
            puts(path);
        has_begun |= !strcmp(path, "begin");
    }
    return status != 0;
}
