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
    /* So that the C library has memory at hand. musl has some for each class of sizes, as long as
     * one block of the class is in use. */
    void *reserve = malloc(100000);
    if (argc != 2 || !reserve)
        return 2;
    memset(reserve, 1, 100000);
    free(reserve);
    for (size_t size = 16; size < 8192; size += size / 4) {
        void *in_use = malloc(size), *spare = malloc(size);
        if (!in_use || !spare)
            return 2;
        free(spare);
    }
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
