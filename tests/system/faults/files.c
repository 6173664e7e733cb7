/* Reading files and directories, for the tests of `plugin stamp` and `plugin build`. */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void fail(const char *path)
{
    printf("%s: %s\n", path, strerror(errno));
    exit(1);
}

struct bytes file_load(const char *path)
{
    struct stat status;
    struct bytes bytes = {NULL, 0};
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), &status) != 0)
        fail(path);
    bytes.size = (size_t)status.st_size;
    bytes.data = malloc(bytes.size + 1);
    if (!bytes.data || fread(bytes.data, 1, bytes.size, file) != bytes.size)
        fail(path);
    fclose(file);
    return bytes;
}

void file_store(const char *path, struct bytes bytes)
{
    remove(path);
    FILE *file = fopen(path, "we");
    if (!file || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file) != 0)
        fail(path);
}

bool file_holds(const char *path, struct bytes bytes)
{
    struct bytes own = file_load(path);
    bool is_same = own.size == bytes.size && !memcmp(own.data, bytes.data, bytes.size);
    free(own.data);
    return is_same;
}

void file_list_others(const char *directory, const char *name,
                      void (*other)(const char *name, void *context), void *context)
{
    DIR *open = opendir(directory);
    struct dirent *entry;
    if (!open)
        fail(directory);
    while ((entry = readdir(open)))
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
            strcmp(entry->d_name, name))
            other(entry->d_name, context);
    closedir(open);
}
