/* SPDX-License-Identifier: MIT */
/* A program that does nothing: the cost of linking the library without using it. With an argument,
 * it prints its resident memory in KiB, without that of the C library and its loader, which differs
 * between runs. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    (void)argv;
    char line[4096], name[4096] = "";
    unsigned long start, end, size, resident = 0;
    FILE *file = argc > 1 ? fopen("/proc/self/smaps", "r") : NULL;
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %4000s", &start, &end, name) == 2)
            *name = '\0';
        if (sscanf(line, "Rss: %lu kB", &size) == 1 && !strstr(name, "/libc.so") &&
            !strstr(name, "/ld-linux"))
            resident += size;
    }
    if (file)
        printf("%lu\n", resident);
    return 0;
}
