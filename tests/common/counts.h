/* What a process has, by what /proc says: for tests that compare it with what there was before. */
#ifndef TESTS_COMMON_COUNTS_H
#define TESTS_COMMON_COUNTS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries of a directory: of /proc/self/fd, the open descriptors, and some more. */
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

/* Mappings whose line in /proc/self/maps holds this: "/" for those of files, since a sanitizer's
 * allocator has mappings of its own. */
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

#endif
