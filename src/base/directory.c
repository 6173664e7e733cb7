/* SPDX-License-Identifier: MIT */
/* The files of a directory. */
#include "base/directory.h"

#include "base/array.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool directory_add(struct directory *directory, const char *path, const char *name)
{
    size_t start = strlen(path), length = strlen(name);
    start -= start && path[start - 1] == '/';
    char *added = arena_alloc(&directory->arena, start + length + 2);
    char **item = added ? array_add(&directory->arena, directory->paths, directory->count,
                                    directory->capacity)
                        : NULL;
    if (!item)
        return false;
    memcpy(added, path, start);
    added[start] = '/';
    memcpy(added + start + 1, name, length + 1);
    *item = added;
    return true;
}

static int path_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool directory_read(struct directory *directory, const char *path, struct error *error)
{
    DIR *stream = opendir(path);
    if (!stream && errno != ENOMEM)
        return error_set(error,
                         errno == EMFILE || errno == ENFILE ? PLUGIN_SYSTEM : PLUGIN_NOT_FOUND,
                         "%s", strerror(errno));
    const struct dirent *entry;
    bool has_memory = stream;
    int failure = 0;
    while (has_memory && (errno = 0, entry = readdir(stream)))
        if (*entry->d_name != '.')
            has_memory = directory_add(directory, path, entry->d_name);
    if (has_memory)
        failure = errno;
    if (stream)
        closedir(stream);
    if (!has_memory)
        return error_set_no_memory(error);
    if (directory->count)
        qsort(directory->paths, directory->count, sizeof *directory->paths, path_compare);
    return !failure || error_set(error, PLUGIN_SYSTEM, "readdir: %s", strerror(failure));
}

void directory_deinit(struct directory *directory)
{
    arena_deinit(&directory->arena);
    *directory = (struct directory){0};
}
