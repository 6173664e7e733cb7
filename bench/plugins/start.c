/* A program that does nothing: what it costs to have the library, and not to use it. If asked to,
 * it prints its resident memory in KiB, but for that of the C library and its loader: how much of
 * those the kernel maps around what is used differs from run to run. */
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
