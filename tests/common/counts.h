/* Resources of the process, counted in /proc: tests compare counts before and after. */
#ifndef TESTS_COMMON_COUNTS_H
#define TESTS_COMMON_COUNTS_H

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns the number of entries of a directory. For /proc/self/fd these are the open descriptors,
 * ".", ".." and the one that reads the directory. */
static inline size_t count_entries(const char *directory)
{
    size_t count = 0;
    DIR *open = opendir(directory);
    if (!open)
        abort();
    while (readdir(open))
        count++;
    closedir(open);
    return count;
}

/* Returns the number of mappings whose line in /proc/self/maps contains the text. "/" selects
 * files: the allocator of a sanitizer maps memory of its own. */
static inline size_t count_mappings(const char *text)
{
    char line[8192];
    size_t count = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps)
        abort();
    while (fgets(line, sizeof line, maps))
        count += strstr(line, text) != NULL;
    fclose(maps);
    return count;
}

/* The allocated memory; 0 with musl. */
#ifdef __GLIBC__
static inline size_t count_memory(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
#else
static inline size_t count_memory(void)
{
    return 0;
}
#endif

#endif
