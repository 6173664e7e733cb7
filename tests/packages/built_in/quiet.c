/* Opens a built-in plugin where the kernel kills whoever makes another system call than read, write
 * and exit (seccomp(2), strict mode). */
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    void *reserve = malloc(100000); /* so that the C library has memory at hand */
    if (argc != 2 || !reserve)
        return 2;
    memset(reserve, 1, 100000);
    free(reserve);
    if (prctl(PR_SET_SECCOMP, 1 /* SECCOMP_MODE_STRICT, of the kernel's headers */) != 0)
        return 3;
    plugin *p = plugin_open(argv[1]);
    int (*hit)(void);
    *(void **)&hit = plugin_address(plugin_lookup(p, "hit"));
    bool done = hit && hit() == 1 && plugin_open(argv[1]) == p;
    syscall(SYS_write, 1, done ? "done\n" : "failed\n", done ? 5 : 7);
    syscall(SYS_exit, 0);
    return 0;
}
